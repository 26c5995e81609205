/**
 * The `metric` object of `summary.json`: DLIO's keys, then Stoker's.
 *
 * A kind of phase that a run did not have leaves no key, as in DLIO. Per
 * kind (`train_`, `eval_`, `save_checkpoint_`, `load_checkpoint_`) ours are
 *
 *     bytes_requested, bytes_from_device, bytes_from_device_source,
 *     cache_hit_fraction      sums over the phases of the kind
 *     cache_drop              in words, where the page cache was dropped
 *     bytes_read | bytes_written   what calls really returned or accepted
 *     read_latency_us (also write_latency_us for saves)   merged counts
 *     first_done_seconds, last_done_seconds     mean over the phases
 *     slowest_rank                              of all phases together
 *     io_real_mean_MiB_per_second, io_real_stdev_MiB_per_second
 *     fsync_seconds (saves)   mean over them, of the rank slowest in it
 *     fsync_fraction (saves)  of these seconds in the mean duration
 */
import { cacheDropText } from "./cache_drop.ts";
import { cacheTruth } from "./cache_truth.ts";
import { checkpointMetrics } from "./checkpoint_metrics.ts";
import type { LatencyUs } from "./latency.ts";
import { mergedLatency, phaseMetrics } from "./phase_metrics.ts";
import type { PhaseMetrics } from "./phase_metrics.ts";
import type { ResultContext } from "./result_context.ts";
import type { PhaseKind, PhaseRecord, RunRecord } from "./run_record.ts";
import { scaleSpread, spreadOf } from "./spread.ts";

const BYTES_PER_MIB = 2 ** 20;
const BYTES_PER_GIB = 2 ** 30;

/** A value of the `metric` object. */
export type MetricValue =
  | number
  | string
  | null
  | readonly (number | null)[]
  | LatencyUs;

/** The metrics of a run by DLIO's names. */
export type SummaryMetric = Readonly<Record<string, MetricValue>>;

type Entries = Record<string, MetricValue>;
type Checkpointing = "save_checkpoint" | "load_checkpoint";

/**
 * Derives the metrics of a run.
 *
 * @param record The run as it was measured.
 * @param context The settings that formulas use.
 * @returns DLIO's keys and Stoker's; null where there is no value.
 */
export function summaryMetric(
  record: RunRecord,
  context: ResultContext,
): SummaryMetric {
  const own: Entries = {};
  const dlio: Entries = {};
  const phasesOf = (kind: PhaseKind) =>
    record.phases.filter((phase) => phase.kind === kind);
  for (const kind of ["train", "eval"] as const) {
    const phases = phasesOf(kind);
    if (phases.length === 0) continue;
    const metrics = phases.map((phase) => phaseMetrics(phase, context));
    const isDone = record.complete && phases.every((p) => p.complete);
    Object.assign(dlio, steppedEntries(kind, metrics, context, isDone));
    Object.assign(own, ownEntries(kind, phases, metrics));
    own[`${kind}_slowest_rank`] = slowestRank(metrics);
  }
  let hasCheckpoint = false;
  for (const kind of ["save_checkpoint", "load_checkpoint"] as const) {
    const phases = phasesOf(kind);
    if (phases.length === 0) continue;
    hasCheckpoint = true;
    const metrics = phases.map((phase) => phaseMetrics(phase, context));
    Object.assign(dlio, checkpointEntries(kind, phases));
    Object.assign(own, ownEntries(kind, phases, metrics));
    Object.assign(own, slowestCheckpoint(kind, phases));
    if (kind === "save_checkpoint") Object.assign(own, fsyncEntries(phases));
  }
  if (hasCheckpoint && context.checkpointBytes !== null) {
    dlio.checkpoint_size_GB = context.checkpointBytes / BYTES_PER_GIB;
  }
  return { ...dlio, ...own };
}

/** DLIO's nine keys of training or evaluation. */
function steppedEntries(
  kind: "train" | "eval",
  metrics: readonly PhaseMetrics[],
  context: ResultContext,
  isDone: boolean,
): Entries {
  const aus = metrics.map((m) => m.utilization?.au ?? null);
  const rates = metrics.map((m) => m.utilization?.samplesPerSecond ?? null);
  const au = spreadOf(aus);
  const rate = spreadOf(rates);
  const io = scaleSpread(rate, context.recordBytes / BYTES_PER_MIB);
  // A run that was cut short has met nothing, whatever it measured so far.
  const isMet = isDone && au.mean !== null && au.mean >= 100 * context.auGoal;
  return {
    [`${kind}_au_percentage`]: aus,
    [`${kind}_au_mean_percentage`]: au.mean,
    [`${kind}_au_meet_expectation`]: isMet ? "success" : "fail",
    [`${kind}_au_stdev_percentage`]: au.stdev,
    [`${kind}_throughput_samples_per_second`]: rates,
    [`${kind}_throughput_mean_samples_per_second`]: rate.mean,
    [`${kind}_throughput_stdev_samples_per_second`]: rate.stdev,
    [`${kind}_io_mean_MB_per_second`]: io.mean,
    [`${kind}_io_stdev_MB_per_second`]: io.stdev,
  };
}

function checkpointEntries(
  kind: Checkpointing,
  phases: readonly PhaseRecord[],
): Entries {
  const metrics = phases.map(checkpointMetrics);
  const io = spreadOf(metrics.map((m) => m.gibPerSecond));
  const duration = spreadOf(metrics.map((m) => m.durationSeconds));
  return {
    [`${kind}_io_mean_GB_per_second`]: io.mean,
    [`${kind}_io_stdev_GB_per_second`]: io.stdev,
    [`${kind}_duration_mean_seconds`]: duration.mean,
    [`${kind}_duration_stdev_seconds`]: duration.stdev,
  };
}

/** Cache truth, bytes, latency and completion of one kind of phase. */
function ownEntries(
  kind: PhaseKind,
  phases: readonly PhaseRecord[],
  metrics: readonly PhaseMetrics[],
): Entries {
  const truth = cacheTruth(phases);
  const drop = cacheDropText(phases);
  const isSave = kind === "save_checkpoint";
  const moved = metrics.reduce((sum, m) => sum + m.bytesMoved, 0);
  const rate = spreadOf(metrics.map((m) => m.mibPerSecond));
  const entries: Entries = {
    [`${kind}_bytes_requested`]: truth.bytesRequested,
    [`${kind}_bytes_from_device`]: truth.bytesFromDevice,
    [`${kind}_bytes_from_device_source`]: truth.source,
    [`${kind}_cache_hit_fraction`]: truth.hitFraction,
    ...(drop === null ? {} : { [`${kind}_cache_drop`]: drop }),
    [`${kind}_bytes_${isSave ? "written" : "read"}`]: moved,
    [`${kind}_read_latency_us`]: mergedLatency(phases, ["read", "get"]),
  };
  if (isSave) {
    entries[`${kind}_write_latency_us`] = mergedLatency(phases, [
      "write",
      "put",
    ]);
  }
  entries[`${kind}_first_done_seconds`] =
    spreadOf(metrics.map((m) => m.firstDoneSeconds)).mean;
  entries[`${kind}_last_done_seconds`] =
    spreadOf(metrics.map((m) => m.lastDoneSeconds)).mean;
  entries[`${kind}_io_real_mean_MiB_per_second`] = rate.mean;
  entries[`${kind}_io_real_stdev_MiB_per_second`] = rate.stdev;
  return entries;
}

/** The rank that waited longest for its batches over all phases. */
function slowestRank(metrics: readonly PhaseMetrics[]): number | null {
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

/** The slowest rank of the longest checkpoint. */
function slowestCheckpoint(
  kind: Checkpointing,
  phases: readonly PhaseRecord[],
): Entries {
  const metrics = phases.map(checkpointMetrics);
  const longest = metrics.reduce((a, b) =>
    b.durationSeconds > a.durationSeconds ? b : a
  );
  return {
    [`${kind}_slowest_rank`]: longest.slowestRank,
    [`${kind}_slowest_rank_GiB_per_second`]:
      longest.shares.get(longest.slowestRank)?.gibPerSecond ?? null,
  };
}

/** How much of the saves was the wait for stable storage. */
function fsyncEntries(saves: readonly PhaseRecord[]): Entries {
  let fsyncSeconds = 0;
  let durationSeconds = 0;
  for (const save of saves) {
    const metrics = checkpointMetrics(save);
    fsyncSeconds += metrics.fsyncSeconds;
    durationSeconds += metrics.durationSeconds;
  }
  return {
    save_checkpoint_fsync_seconds: fsyncSeconds / saves.length,
    save_checkpoint_fsync_fraction: durationSeconds > 0
      ? fsyncSeconds / durationSeconds
      : null,
  };
}
