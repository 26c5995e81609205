/**
 * A look at a running phase: what progress lines, live views and monitoring
 * show while it goes on. All of it is of this process.
 *
 * A look costs little, so that there may be many a second: the arrays are the
 * same at every look of a phase and go on changing. Copy what you keep.
 */
import type { PhaseKind } from "./phase_kinds.ts";
import type { CpuTime } from "./run_record.ts";

/** What all threads of one role have done in the phase so far. */
export interface RoleProgress {
  /** As in the phase's record: "reader", "generator" ... */
  readonly role: string;
  /** Bytes that calls returned or accepted. */
  readonly bytes: number;
  readonly operations: number;
  readonly files: number;
  readonly samples: number;
  /** Requests that failed for good. */
  readonly errors: number;
  /** Attempts that failed and were made again. */
  readonly retries: number;
}

/**
 * Times of every step of one accelerator, in milliseconds. They are views of
 * shared memory: only the first `stepCounts` entries hold this phase.
 */
export interface StepTimes {
  /** Wait for the batch. */
  readonly loadMs: Float64Array;
  /** Emulated compute. */
  readonly computeMs: Float64Array;
  /** Load, compute and the wait for the other accelerators. */
  readonly stepMs: Float64Array;
  /** Compute that was asked for. */
  readonly requestedMs: Float64Array;
}

/** The accelerators of this process; entry i is rank `firstRank` + i. */
export interface RankProgress {
  /** Global rank of the first one. */
  readonly firstRank: number;
  /** Steps that each has done in the phase. */
  readonly stepCounts: Float64Array;
  /** Sums over these steps, milliseconds. */
  readonly loadMs: Float64Array;
  readonly computeMs: Float64Array;
  readonly stepMs: Float64Array;
  readonly requestedMs: Float64Array;
  /** Each step by itself. */
  readonly steps: readonly StepTimes[];
}

/** What reached the device of what a running phase moved. */
export interface DeviceProgress {
  /** Read from or written to the device so far; null if not known. */
  readonly bytes: number | null;
  /** Bytes that calls moved until the device was looked at. */
  readonly ofBytes: number;
  /** How it is known, or why not. */
  readonly source: string;
}

/** A look at a running phase. */
export interface Snapshot {
  readonly kind: PhaseKind;
  readonly epoch: number;
  /** Name of this host. */
  readonly host: string;
  /** Steps of all accelerators of this process, or files. */
  readonly done: number;
  readonly total: number;
  readonly unit: "steps" | "files";
  /** Of all roles. */
  readonly bytes: number;
  readonly elapsedSeconds: number;
  /** Percent, without each accelerator's first step; null before there is. */
  readonly auPercent: number | null;
  readonly roles: readonly RoleProgress[];
  readonly ranks: RankProgress;
  /** Since the process began; read a few times a second. */
  readonly cpu: CpuTime;
  /**
   * Histogram of the latencies of the phase's reads, or writes, and requests
   * so far; read once a second.
   */
  readonly latency: Float64Array;
  /** Read once a second. */
  readonly device: DeviceProgress;
}

/**
 * AU over the steps so far, without each accelerator's first one: its load is
 * the queue filling.
 *
 * @returns Percent; null while no accelerator has done a second step.
 */
export function auSoFar(ranks: RankProgress): number | null {
  let requestedMs = 0;
  let stepMs = 0;
  for (const [index, stepCount] of ranks.stepCounts.entries()) {
    if (stepCount < 2) continue;
    const first = ranks.steps[index];
    requestedMs += (ranks.requestedMs[index] ?? 0) -
      (first?.requestedMs[0] ?? 0);
    stepMs += (ranks.stepMs[index] ?? 0) - (first?.stepMs[0] ?? 0);
  }
  return stepMs > 0 ? 100 * requestedMs / stepMs : null;
}
