/**
 * The figures by which runs are compared: one row for each, with the value
 * that a phase gives it. A kind of phase has the rows that its traits call
 * for.
 *
 * One figure of each kind is judged: what its storage delivered per second.
 * It counts all steps, from the gate on, so that a short run cannot look fast
 * by what its readers held when counting began. The others are shown with
 * their intervals and decide nothing: of many figures some would differ by
 * chance.
 */
import { checkpointMetrics } from "../metrics/checkpoint_metrics.ts";
import { TRANSFERS } from "../metrics/operations.ts";
import { PHASE_KINDS } from "../metrics/phase_kinds.ts";
import type { PhaseKind } from "../metrics/phase_kinds.ts";
import { percentileUs } from "../metrics/latency.ts";
import { mergedLatency, phaseMetrics } from "../metrics/phase_metrics.ts";
import type { PhaseRecord } from "../metrics/run_record.ts";
import type { WindowOptions } from "../metrics/utilization.ts";
import { phaseUtilization } from "../metrics/utilization.ts";

/** A figure that runs are compared by. */
export interface ComparedMetric {
  /** In JSON, after the kind's prefix. */
  readonly key: string;
  readonly title: string;
  /** "samples/s", "%", "ms" …. */
  readonly unit: string;
  readonly better: "higher" | "lower";
  /** Ratios of rates and times, differences of percentages. */
  readonly scale: "ratio" | "difference";
  /** Whether the verdict goes by it. */
  readonly isJudged: boolean;
  /** Of one phase; null if it has none. */
  valueOf(phase: PhaseRecord, options: WindowOptions): number | null;
}

const MS_PER_SECOND = 1000;
const US_PER_MS = 1000;
/** Load times are compared by this part of them, and by their mean. */
const HIGH_PERCENTILE = 0.99;

const STEP_METRICS: readonly ComparedMetric[] = [
  {
    key: "sustained_throughput_samples_per_second",
    title: "throughput, all steps",
    unit: "samples/s",
    better: "higher",
    scale: "ratio",
    isJudged: true,
    valueOf: (phase, options) =>
      phaseUtilization(phase, options).sustainedSamplesPerSecond,
  },
  {
    key: "throughput_samples_per_second",
    title: "throughput, as DLIO counts",
    unit: "samples/s",
    better: "higher",
    scale: "ratio",
    isJudged: false,
    valueOf: (phase, options) =>
      phaseUtilization(phase, options).samplesPerSecond,
  },
  {
    key: "sustained_au_percentage",
    title: "AU, all steps",
    unit: "%",
    better: "higher",
    scale: "difference",
    isJudged: false,
    valueOf: (phase, options) => phaseUtilization(phase, options).sustainedAu,
  },
  {
    key: "au_percentage",
    title: "AU, as DLIO counts",
    unit: "%",
    better: "higher",
    scale: "difference",
    isJudged: false,
    valueOf: (phase, options) => phaseUtilization(phase, options).au,
  },
  {
    key: "load_mean_ms",
    title: "load time of a step, mean",
    unit: "ms",
    better: "lower",
    scale: "ratio",
    isJudged: false,
    valueOf: (phase) => {
      const steps = phase.ranks.reduce((sum, rank) => sum + rank.stepCount, 0);
      if (steps === 0) return null;
      const sum = loadTimes(phase).reduce((total, one) => total + one, 0);
      return MS_PER_SECOND * sum / steps;
    },
  },
  {
    key: "load_p99_ms",
    title: "load time of a step, p99",
    unit: "ms",
    better: "lower",
    scale: "ratio",
    isJudged: false,
    valueOf: (phase) => {
      const { stepTimes } = phase;
      if (stepTimes !== undefined) {
        const us = percentileUs(stepTimes.load, HIGH_PERCENTILE);
        return us === null ? null : us / US_PER_MS;
      }
      const times = loadTimes(phase).sort();
      const index = Math.ceil(HIGH_PERCENTILE * times.length) - 1;
      const seconds = times[index];
      return seconds === undefined ? null : MS_PER_SECOND * seconds;
    },
  },
];

const CHECKPOINT_METRICS: readonly ComparedMetric[] = [
  {
    key: "gib_per_second",
    title: "throughput",
    unit: "GiB/s",
    better: "higher",
    scale: "ratio",
    isJudged: true,
    valueOf: (phase) => checkpointMetrics(phase).gibPerSecond,
  },
  {
    key: "duration_seconds",
    title: "duration",
    unit: "s",
    better: "lower",
    scale: "ratio",
    isJudged: false,
    valueOf: (phase) => checkpointMetrics(phase).durationSeconds,
  },
  {
    key: "fsync_seconds",
    title: "waiting for fsync",
    unit: "s",
    better: "lower",
    scale: "ratio",
    isJudged: false,
    valueOf: (phase) => positive(checkpointMetrics(phase).fsyncSeconds),
  },
];

const SHARED_METRICS: readonly ComparedMetric[] = [
  {
    key: "mib_per_second",
    title: "bytes moved",
    unit: "MiB/s",
    better: "higher",
    scale: "ratio",
    isJudged: false,
    valueOf: (phase, options) => phaseMetrics(phase, options).mibPerSecond,
  },
  latencyMetric("read", "p50"),
  latencyMetric("read", "p99"),
  latencyMetric("write", "p50"),
  latencyMetric("write", "p99"),
  {
    key: "cache_hit_percentage",
    title: "from memory",
    unit: "%",
    better: "lower",
    scale: "difference",
    isJudged: false,
    valueOf: (phase, options) => {
      const { hitFraction } = phaseMetrics(phase, options).cache;
      return hitFraction === null ? null : 100 * hitFraction;
    },
  },
];

/**
 * The figures that phases of a kind are compared by.
 *
 * @param kind The kind.
 * @returns The judged one first; none for what only prepares or checks.
 */
export function metricsOfKind(kind: PhaseKind): readonly ComparedMetric[] {
  const { hasSteps, isCheckpoint, keyPrefix } = PHASE_KINDS[kind];
  if (keyPrefix === null) return [];
  return [
    ...(hasSteps ? STEP_METRICS : []),
    ...(isCheckpoint ? CHECKPOINT_METRICS : []),
    ...SHARED_METRICS,
  ];
}

function latencyMetric(
  way: "read" | "write",
  percentile: "p50" | "p99",
): ComparedMetric {
  const operations = TRANSFERS[way];
  return {
    key: `${way}_latency_${percentile}_ms`,
    title: `latency of ${way}s, ${percentile}`,
    unit: "ms",
    better: "lower",
    scale: "ratio",
    isJudged: false,
    valueOf: (phase) => {
      const latency = mergedLatency([phase], operations);
      return latency === null ? null : latency[percentile] / US_PER_MS;
    },
  };
}

/** Seconds of all ranks' steps; of long runs, sums of several. */
function loadTimes({ ranks }: PhaseRecord): Float64Array {
  const count = ranks.reduce((sum, rank) => sum + rank.loadSeconds.length, 0);
  const times = new Float64Array(count);
  let end = 0;
  for (const { loadSeconds } of ranks) {
    times.set(loadSeconds, end);
    end += loadSeconds.length;
  }
  return times;
}

/** Nothing was waited for: there is nothing to compare. */
function positive(seconds: number): number | null {
  return seconds > 0 ? seconds : null;
}
