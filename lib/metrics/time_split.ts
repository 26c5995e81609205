/**
 * Where the accelerators' time went in a phase of steps, and how much of it
 * the host took for itself.
 *
 *    |<-- load -->|<-- asked -->|<- overrun ->|<-- barrier -->|
 *                 |<-------- compute -------->|
 *    |<------------------------ step ------------------------>| other | …
 *
 * `other` is what lies between steps: checkpoints and the phase's end. All
 * are sums over steps and ranks, as parts of the time from the gate to the
 * last step's end.
 */
import type { PhaseRecord } from "./run_record.ts";

/** Parts of the accelerators' time, 0…1 each; their sum is 1. */
export interface TimeSplit {
  /** Compute that was asked for. */
  readonly compute: number;
  /** Waiting for batches. */
  readonly load: number;
  /** Waiting for the slowest accelerator. */
  readonly barrier: number;
  /** Compute beyond what was asked for: the host was late. */
  readonly overrun: number;
  readonly other: number;
}

/** The step whose compute took longest beyond what it asked for. */
export interface WorstOverrun {
  readonly rank: number;
  /** From 1. */
  readonly step: number;
  /** From 1. */
  readonly epoch: number;
  readonly excessSeconds: number;
}

/** Seconds of some phases, all steps and ranks together. */
export interface StepTotals {
  readonly askedSeconds: number;
  readonly loadSeconds: number;
  readonly barrierSeconds: number;
  readonly overrunSeconds: number;
  readonly otherSeconds: number;
  /** Null without steps. */
  readonly worst: WorstOverrun | null;
}

/** Adds up the times of some phases. */
export function stepTotals(phases: readonly PhaseRecord[]): StepTotals {
  let askedSeconds = 0;
  let loadSeconds = 0;
  let barrierSeconds = 0;
  let overrunSeconds = 0;
  let otherSeconds = 0;
  let worst: WorstOverrun | null = null;
  for (const { ranks, epoch } of phases) {
    for (const rank of ranks) {
      let stepsSeconds = 0;
      for (let step = 0; step < rank.stepCount; step++) {
        const load = rank.loadSeconds[step] ?? 0;
        const compute = rank.computeSeconds[step] ?? 0;
        const asked = rank.computeRequestedSeconds[step] ?? 0;
        const seconds = rank.stepSeconds[step] ?? 0;
        const excessSeconds = Math.max(0, compute - asked);
        stepsSeconds += seconds;
        loadSeconds += load;
        askedSeconds += compute - excessSeconds;
        overrunSeconds += excessSeconds;
        barrierSeconds += Math.max(0, seconds - load - compute);
        if (worst === null || excessSeconds > worst.excessSeconds) {
          worst = { rank: rank.rank, step: step + 1, epoch, excessSeconds };
        }
      }
      otherSeconds += Math.max(0, rank.doneSeconds - stepsSeconds);
    }
  }
  return {
    askedSeconds,
    loadSeconds,
    barrierSeconds,
    overrunSeconds,
    otherSeconds,
    worst,
  };
}

/** The parts of a total; null if no time passed. */
export function timeSplit(totals: StepTotals): TimeSplit | null {
  const seconds = totals.askedSeconds + totals.loadSeconds +
    totals.barrierSeconds + totals.overrunSeconds + totals.otherSeconds;
  if (!(seconds > 0)) return null;
  return {
    compute: totals.askedSeconds / seconds,
    load: totals.loadSeconds / seconds,
    barrier: totals.barrierSeconds / seconds,
    overrun: totals.overrunSeconds / seconds,
    other: totals.otherSeconds / seconds,
  };
}

/** Compute beyond what was asked for, percent of it; null if none was. */
export function overrunPercent(totals: StepTotals): number | null {
  return totals.askedSeconds > 0
    ? 100 * totals.overrunSeconds / totals.askedSeconds
    : null;
}
