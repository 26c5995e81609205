/**
 * What is derived from all phases of one kind of a run: plain fields, null
 * where there is no value. How they are called in files: `summary_json.ts`.
 *
 *     cache                  sums over the phases
 *     latencies              from the counts of all phases together
 *     firstDone, lastDone    mean over the phases
 *     slowestRank            with steps: waited longest for its batches over
 *                            all phases; of checkpoints: the slowest of the
 *                            longest one
 */
import { cacheDropTotals } from "./cache_drop.ts";
import type { CacheDropTotals } from "./cache_drop.ts";
import { cacheTruth } from "./cache_truth.ts";
import type { CacheTruth } from "./cache_truth.ts";
import { type CpuTruth, cpuTruth } from "./cpu_truth.ts";
import { histogramTotals } from "./histogram.ts";
import { checkpointMetrics } from "./checkpoint_metrics.ts";
import type { LatencyUs } from "./latency.ts";
import { TRANSFERS } from "./operations.ts";
import { PHASE_KINDS } from "./phase_kinds.ts";
import type { PhaseKind } from "./phase_kinds.ts";
import { mergedLatency, phaseMetrics } from "./phase_metrics.ts";
import type { PhaseMetrics } from "./phase_metrics.ts";
import type { PhaseRecord } from "./run_record.ts";
import { figureOf, scaleSpread, spreadOf } from "./spread.ts";
import type { Figure, Spread } from "./spread.ts";
import { type Settling, settlingOf } from "./settling.ts";
import type { SummarySettings } from "./summary_settings.ts";
import {
  overrunPercent,
  stepTotals,
  type TimeSplit,
  timeSplit,
  type WorstOverrun,
} from "./time_split.ts";

const BYTES_PER_MIB = 2 ** 20;

/** Figures of phases in which accelerators do steps. */
export interface StepSummary {
  /** Accelerator utilization, percent; one value for each phase. */
  readonly auPercent: Figure;
  readonly samplesPerSecond: Figure;
  /** Samples per second times a sample's nominal bytes. */
  readonly nominalMibPerSecond: Spread;
  /** Whether all phases were run to their ends with AU at the goal. */
  readonly meetsGoal: boolean;
  /** AU of all steps from the gate on, percent; one value for each phase. */
  readonly sustainedAuPercent: Figure;
  readonly sustainedSamplesPerSecond: Figure;
  /** The least settled phase: with the fewest steps that count. */
  readonly settling: Settling;
  /** Null if no time passed. */
  readonly timeSplit: TimeSplit | null;
  /** Compute beyond what was asked for, percent; null if none was asked. */
  readonly overrunPercent: number | null;
  readonly worstOverrun: WorstOverrun | null;
  /** Bytes that the steps' samples have by `recordBytes`. */
  readonly nominalBytes: number;
}

/** Figures of saved or of loaded checkpoints. */
export interface CheckpointSummary {
  /** Seconds of the slowest rank. */
  readonly durationSeconds: Spread;
  /** Bytes of all ranks by these seconds. */
  readonly gibPerSecond: Spread;
  /** Of the slowest rank of the longest one; null if no time passed. */
  readonly slowestRankGibPerSecond: number | null;
  /** How long the rank slowest in it waited for fsync; mean of all. */
  readonly fsyncSeconds: number;
  /** Of these seconds in the mean duration; null if no time passed. */
  readonly fsyncFraction: number | null;
}

/** Shards that were copied to this host before samples of them were read. */
export interface DownloadSummary {
  readonly shardCount: number;
  readonly bytes: number;
  /** Of one whole shard, from asking for it until its copy was written. */
  readonly latencyUs: LatencyUs;
}

/** Figures of all phases of one kind. */
export interface KindSummary {
  readonly kind: PhaseKind;
  readonly phaseCount: number;
  /** Bytes asked for, bytes that the device moved, hits. */
  readonly cache: CacheTruth;
  /** Null if nothing was dropped before any phase. */
  readonly cacheDrop: CacheDropTotals | null;
  /** Bytes that calls really returned or accepted. */
  readonly bytesMoved: number;
  /** Of these bytes in each phase. */
  readonly mibPerSecond: Spread;
  /** Of reads from files and GETs; null if there was none, as the next. */
  readonly readLatencyUs: LatencyUs | null;
  /** Of writes to files and PUTs. */
  readonly writeLatencyUs: LatencyUs | null;
  /** When the first worker had finished its share. */
  readonly firstDoneSeconds: number | null;
  /** Absent where no shard was copied. */
  readonly downloads?: DownloadSummary;
  /** When the last one had. */
  readonly lastDoneSeconds: number | null;
  readonly slowestRank: number | null;
  /** Seconds of all phases, from gate to end. */
  readonly durationSeconds: number;
  /** Of the busiest phase, 0 to 1 of its host's processors; null if unknown. */
  readonly hostCpuBusyFraction: number | null;
  /** Processor time, and who took it. */
  readonly cpu: CpuTruth;
  /** Null where there are no steps. */
  readonly steps: StepSummary | null;
  /** Null where no checkpoint is saved or loaded. */
  readonly checkpoints: CheckpointSummary | null;
}

/**
 * Derives the figures of one kind of phase.
 *
 * @param kind The kind.
 * @param phases All phases of that kind, at least one, in order.
 * @param run `settings`: what formulas use. `isComplete`: whether the run
 *   was; one that was cut short has met no goal, whatever it measured so far.
 * @returns The figures.
 */
export function summarizeKind(
  kind: PhaseKind,
  phases: readonly PhaseRecord[],
  run: { readonly settings: SummarySettings; readonly isComplete: boolean },
): KindSummary {
  const { hasSteps, isCheckpoint } = PHASE_KINDS[kind];
  const { settings } = run;
  const metrics = phases.map((phase) => phaseMetrics(phase, settings));
  const isDone = run.isComplete && phases.every(({ complete }) => complete);
  const longest = isCheckpoint ? longestCheckpoint(phases) : null;
  return {
    kind,
    phaseCount: phases.length,
    cache: cacheTruth(phases),
    cacheDrop: cacheDropTotals(phases),
    bytesMoved: metrics.reduce((sum, m) => sum + m.bytesMoved, 0),
    mibPerSecond: spreadOf(metrics.map((m) => m.mibPerSecond)),
    readLatencyUs: mergedLatency(phases, TRANSFERS.read),
    writeLatencyUs: mergedLatency(phases, TRANSFERS.write),
    ...downloadSummary(phases),
    firstDoneSeconds: spreadOf(metrics.map((m) => m.firstDoneSeconds)).mean,
    lastDoneSeconds: spreadOf(metrics.map((m) => m.lastDoneSeconds)).mean,
    slowestRank: longest?.slowestRank ?? slowestReader(metrics),
    durationSeconds: phases.reduce((sum, p) => sum + p.durationSeconds, 0),
    hostCpuBusyFraction: busiest(phases),
    cpu: cpuTruth(phases),
    steps: hasSteps ? stepSummary(phases, metrics, { settings, isDone }) : null,
    checkpoints: isCheckpoint ? checkpointSummary(phases) : null,
  };
}

function downloadSummary(
  phases: readonly PhaseRecord[],
): Pick<KindSummary, "downloads"> {
  const latency = mergedLatency(phases, ["shard_download"]);
  if (latency === null) return {};
  let bytes = 0;
  let shardCount = 0;
  for (const { workers, latencies } of phases) {
    for (const { downloadBytes } of workers) bytes += downloadBytes ?? 0;
    const counts = latencies.shard_download;
    if (counts !== undefined) shardCount += histogramTotals(counts).count;
  }
  return { downloads: { shardCount, bytes, latencyUs: latency } };
}

/** Largest part of a host's processors that was busy in a phase. */
function busiest(phases: readonly PhaseRecord[]): number | null {
  const known = phases.flatMap(({ hosts }) =>
    hosts.map(({ hostCpu }) => hostCpu.busyFraction)
  ).filter((fraction) => fraction !== null);
  return known.length === 0 ? null : Math.max(...known);
}

function stepSummary(
  phases: readonly PhaseRecord[],
  metrics: readonly PhaseMetrics[],
  { settings, isDone }: {
    readonly settings: SummarySettings;
    readonly isDone: boolean;
  },
): StepSummary {
  const totals = stepTotals(phases);
  const au = figureOf(metrics.map((m) => m.utilization?.au ?? null));
  const rate = figureOf(
    metrics.map((m) => m.utilization?.samplesPerSecond ?? null),
  );
  return {
    auPercent: au,
    samplesPerSecond: rate,
    nominalMibPerSecond: scaleSpread(
      rate,
      settings.recordBytes / BYTES_PER_MIB,
    ),
    meetsGoal: isDone && au.mean !== null && au.mean >= 100 * settings.auGoal,
    sustainedAuPercent: figureOf(
      metrics.map((m) => m.utilization?.sustainedAu ?? null),
    ),
    sustainedSamplesPerSecond: figureOf(
      metrics.map((m) => m.utilization?.sustainedSamplesPerSecond ?? null),
    ),
    settling: leastSettled(metrics, settings),
    timeSplit: timeSplit(totals),
    overrunPercent: overrunPercent(totals),
    worstOverrun: totals.worst,
    nominalBytes: settings.recordBytes * sampleCount(phases),
  };
}

function leastSettled(
  metrics: readonly PhaseMetrics[],
  settings: SummarySettings,
): Settling {
  const all = metrics.flatMap(({ utilization }) =>
    utilization === null
      ? []
      : settlingOf(utilization, settings.batchesAhead ?? null)
  );
  return all.reduce((least, one) => {
    if (one.isSettled !== least.isSettled) return one.isSettled ? least : one;
    return one.windowSteps < least.windowSteps ? one : least;
  });
}

/** Samples of all steps that ranks ended. */
function sampleCount(phases: readonly PhaseRecord[]): number {
  let samples = 0;
  for (const { ranks, batchSize } of phases) {
    for (const { stepCount } of ranks) samples += stepCount * batchSize;
  }
  return samples;
}

function checkpointSummary(phases: readonly PhaseRecord[]): CheckpointSummary {
  const metrics = phases.map(checkpointMetrics);
  const longest = longestCheckpoint(phases);
  const fsyncSeconds = metrics.reduce((sum, m) => sum + m.fsyncSeconds, 0);
  const seconds = metrics.reduce((sum, m) => sum + m.durationSeconds, 0);
  return {
    durationSeconds: spreadOf(metrics.map((m) => m.durationSeconds)),
    gibPerSecond: spreadOf(metrics.map((m) => m.gibPerSecond)),
    slowestRankGibPerSecond:
      longest.shares.get(longest.slowestRank)?.gibPerSecond ?? null,
    fsyncSeconds: fsyncSeconds / metrics.length,
    fsyncFraction: seconds > 0 ? fsyncSeconds / seconds : null,
  };
}

function longestCheckpoint(phases: readonly PhaseRecord[]) {
  return phases.map(checkpointMetrics).reduce((a, b) =>
    b.durationSeconds > a.durationSeconds ? b : a
  );
}

/** The rank that waited longest for its batches; null without steps. */
function slowestReader(metrics: readonly PhaseMetrics[]): number | null {
  const loadSeconds = new Map<number, number>();
  for (const { utilization } of metrics) {
    for (const rank of utilization?.ranks ?? []) {
      const before = loadSeconds.get(rank.rank) ?? 0;
      loadSeconds.set(rank.rank, before + rank.loadSeconds);
    }
  }
  let slowest: number | null = null;
  let longest = -1;
  for (const [rank, seconds] of loadSeconds) {
    if (seconds <= longest) continue;
    slowest = rank;
    longest = seconds;
  }
  return slowest;
}
