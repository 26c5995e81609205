/**
 * Everything that is derived from one phase, or from all phases of a kind.
 *
 * "First done" is when the first worker had finished its share, "last done"
 * when the last one had, both from the gate. If they are far apart, workers
 * were idle at the end of the phase. (The words are elbencho's.)
 */
import { cacheTruth } from "./cache_truth.ts";
import type { CacheTruth } from "./cache_truth.ts";
import { HISTOGRAM_SLOTS, mergeHistogram } from "./histogram.ts";
import { latencyUs } from "./latency.ts";
import type { LatencyUs } from "./latency.ts";
import { OPERATIONS } from "./operations.ts";
import type { Operation } from "./operations.ts";
import { PHASE_KINDS } from "./phase_kinds.ts";
import type { PhaseRecord } from "./run_record.ts";
import { phaseUtilization } from "./utilization.ts";
import type { PhaseUtilization, WindowOptions } from "./utilization.ts";

const BYTES_PER_MIB = 2 ** 20;

/** What is derived from one phase. */
export interface PhaseMetrics {
  /** Null for phases without steps. */
  readonly utilization: PhaseUtilization | null;
  /** Null if no worker finished an operation. */
  readonly firstDoneSeconds: number | null;
  readonly lastDoneSeconds: number | null;
  /** Bytes that calls really returned or accepted. */
  readonly bytesMoved: number;
  /** Of these bytes over the whole phase, from the gate to its end. */
  readonly mibPerSecond: number | null;
  readonly cache: CacheTruth;
  readonly latencies: Readonly<Partial<Record<Operation, LatencyUs>>>;
}

/**
 * Derives the metrics of one phase.
 *
 * @param phase The phase as it was measured.
 * @param options The steps that do not count.
 * @returns Its metrics.
 */
export function phaseMetrics(
  phase: PhaseRecord,
  options: WindowOptions,
): PhaseMetrics {
  const { hasSteps } = PHASE_KINDS[phase.kind];
  let firstDoneSeconds: number | null = null;
  let lastDoneSeconds: number | null = null;
  let bytesMoved = 0;
  for (const worker of phase.workers) {
    bytesMoved += worker.bytes;
    if (worker.operations === 0) continue;
    const doneSeconds = worker.lastDoneSeconds;
    firstDoneSeconds = Math.min(firstDoneSeconds ?? Infinity, doneSeconds);
    lastDoneSeconds = Math.max(lastDoneSeconds ?? 0, doneSeconds);
  }
  const seconds = phase.durationSeconds;
  return {
    utilization: hasSteps ? phaseUtilization(phase, options) : null,
    firstDoneSeconds,
    lastDoneSeconds,
    bytesMoved,
    mibPerSecond: seconds > 0 ? bytesMoved / BYTES_PER_MIB / seconds : null,
    cache: cacheTruth([phase]),
    latencies: mergedLatencies([phase]),
  };
}

/**
 * Percentiles of each operation over some phases, from merged counts.
 *
 * @param phases Phases of one kind.
 * @returns One entry for each operation that happened.
 */
export function mergedLatencies(
  phases: readonly PhaseRecord[],
): Partial<Record<Operation, LatencyUs>> {
  const latencies: Partial<Record<Operation, LatencyUs>> = {};
  for (const operation of OPERATIONS) {
    const latency = mergedLatency(phases, [operation]);
    if (latency !== null) latencies[operation] = latency;
  }
  return latencies;
}

/**
 * Percentiles of several operations taken as one, from merged counts.
 *
 * @param phases Phases of one kind.
 * @param operations Such as "read" and "get", which never mix in a run.
 * @returns Microseconds; null if none of them happened.
 */
export function mergedLatency(
  phases: readonly PhaseRecord[],
  operations: readonly Operation[],
): LatencyUs | null {
  const merged = new Float64Array(HISTOGRAM_SLOTS);
  for (const phase of phases) {
    for (const operation of operations) {
      const counts = phase.latencies[operation];
      if (counts !== undefined) mergeHistogram(merged, counts);
    }
  }
  return latencyUs(merged);
}
