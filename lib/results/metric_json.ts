/**
 * The `metric` object of `summary.json` and `stoker.json`: DLIO's keys, then
 * Stoker's. Nothing is derived here; the figures are those of the summary.
 *
 * A kind of phase that a run did not have leaves no key, as in DLIO. For each
 * kind (`train_`, `eval_`, `save_checkpoint_`, `load_checkpoint_`) Stoker's
 * keys are
 *
 *     bytes_requested, bytes_from_device, bytes_from_device_source,
 *     cache_hit_fraction      sums over the phases of the kind
 *     not_from_device         what may be why the device moved too little
 *     cache_drop              in words, where the page cache was dropped
 *     bytes_read | bytes_written   what calls really returned or accepted
 *     read_latency_us (also write_latency_us for saves)   merged counts
 *     shards_downloaded, shard_download_bytes, shard_download_latency_us
 *                             where shards were copied to this host first;
 *                             bytes_read and read_latency_us are of the copies
 *     first_done_seconds, last_done_seconds     mean over the phases
 *     io_real_mean_MiB_per_second, io_real_stdev_MiB_per_second
 *     slowest_rank            of all phases together
 *     cpu                     processor time, and who took it: cpu_truth.ts
 *     sustained_au_percentage, sustained_au_mean_percentage,
 *     sustained_throughput_mean_samples_per_second   (with steps) over all
 *                             steps, from the gate to the end of the last
 *     settled (with steps)    true if AU is not that of a short run
 *     compute_overrun_percentage, time_split (with steps)   see time_split.ts
 *     nominal_bytes (with steps)   samples times dataset.record_length_bytes
 *     slowest_rank_GiB_per_second (checkpoints)
 *     fsync_seconds (saves)   mean over them, of the rank slowest in it
 *     fsync_fraction (saves)  of these seconds in the mean duration
 *
 * DLIO's names say MB and GB where its values are MiB and GiB.
 */
import { cacheDropText } from "../metrics/cache_drop.ts";
import type {
  CheckpointSummary,
  KindSummary,
  StepSummary,
} from "../metrics/kind_summary.ts";
import { type PlainRecord, recordToPlain } from "./key_case.ts";
import type { LatencyUs } from "../metrics/latency.ts";
import { PHASE_KINDS } from "../metrics/phase_kinds.ts";
import type { TimeSplit } from "../metrics/time_split.ts";
import { measuredKinds } from "../metrics/summary.ts";
import type { RunSummary } from "../metrics/summary.ts";

const BYTES_PER_GIB = 2 ** 30;

/** A value of the `metric` object. */
export type MetricValue =
  | number
  | string
  | boolean
  | null
  | readonly (number | null)[]
  | LatencyUs
  | TimeSplit
  | PlainRecord;

/** The metrics of a run by their keys. */
export type MetricJson = Readonly<Record<string, MetricValue>>;

/** Keys without the prefix of their kind. */
type Entries = Record<string, MetricValue>;

/**
 * Renders the metrics of a run.
 *
 * @param summary The run's summary.
 * @returns DLIO's keys and Stoker's; null where there is no value.
 */
export function metricJson(summary: RunSummary): MetricJson {
  const kinds = measuredKinds(summary);
  const { checkpointBytes } = summary;
  return {
    ...prefixed(kinds, dlioEntries),
    ...(checkpointBytes === null
      ? {}
      : { checkpoint_size_GB: checkpointBytes / BYTES_PER_GIB }),
    ...prefixed(kinds, ownEntries),
  };
}

function prefixed(
  kinds: readonly KindSummary[],
  entriesOf: (kind: KindSummary) => Entries,
): Entries {
  return Object.fromEntries(
    kinds.flatMap((kind) =>
      Object.entries(entriesOf(kind)).map(([key, value]) => [
        `${PHASE_KINDS[kind.kind].keyPrefix}_${key}`,
        value,
      ])
    ),
  );
}

function dlioEntries({ steps, checkpoints }: KindSummary): Entries {
  return {
    ...(steps === null ? {} : stepEntries(steps)),
    ...(checkpoints === null ? {} : checkpointEntries(checkpoints)),
  };
}

/** DLIO's nine keys of training or evaluation. */
function stepEntries(steps: StepSummary): Entries {
  const { auPercent: au, samplesPerSecond: rate } = steps;
  const io = steps.nominalMibPerSecond;
  return {
    au_percentage: au.values,
    au_mean_percentage: au.mean,
    au_meet_expectation: expectationText(steps),
    au_stdev_percentage: au.stdev,
    throughput_samples_per_second: rate.values,
    throughput_mean_samples_per_second: rate.mean,
    throughput_stdev_samples_per_second: rate.stdev,
    io_mean_MB_per_second: io.mean,
    io_stdev_MB_per_second: io.stdev,
  };
}

/** DLIO's four keys of saved or of loaded checkpoints. */
function checkpointEntries(checkpoints: CheckpointSummary): Entries {
  const { gibPerSecond, durationSeconds } = checkpoints;
  return {
    io_mean_GB_per_second: gibPerSecond.mean,
    io_stdev_GB_per_second: gibPerSecond.stdev,
    duration_mean_seconds: durationSeconds.mean,
    duration_stdev_seconds: durationSeconds.stdev,
  };
}

/**
 * DLIO's words for a goal that was or was not met.
 *
 * @param steps The figures of a kind of phase.
 * @returns "success" or "fail".
 */
export function expectationText({ meetsGoal }: StepSummary): string {
  return meetsGoal ? "success" : "fail";
}

/** What says whether AU can be trusted, and where the time went. */
function truthEntries(steps: StepSummary): Entries {
  const { sustainedAuPercent: au, sustainedSamplesPerSecond: rate } = steps;
  return {
    sustained_au_percentage: au.values,
    sustained_au_mean_percentage: au.mean,
    sustained_throughput_mean_samples_per_second: rate.mean,
    settled: steps.settling.isSettled,
    compute_overrun_percentage: steps.overrunPercent,
    time_split: steps.timeSplit,
    nominal_bytes: steps.nominalBytes,
  };
}

/** Cache truth, bytes, latency and the slowest of one kind of phase. */
function ownEntries(summary: KindSummary): Entries {
  const { cache, cacheDrop, mibPerSecond, checkpoints } = summary;
  const isWrite = PHASE_KINDS[summary.kind].direction === "write";
  return {
    bytes_requested: cache.bytesRequested,
    bytes_from_device: cache.bytesFromDevice,
    bytes_from_device_source: cache.source,
    cache_hit_fraction: cache.hitFraction,
    ...(cache.shortfall === null
      ? {}
      : { not_from_device: cache.shortfall.reasons.join("; ") }),
    ...(cacheDrop === null ? {} : { cache_drop: cacheDropText(cacheDrop) }),
    [isWrite ? "bytes_written" : "bytes_read"]: summary.bytesMoved,
    read_latency_us: summary.readLatencyUs,
    ...(isWrite ? { write_latency_us: summary.writeLatencyUs } : {}),
    ...(summary.downloads === undefined ? {} : {
      shards_downloaded: summary.downloads.shardCount,
      shard_download_bytes: summary.downloads.bytes,
      shard_download_latency_us: summary.downloads.latencyUs,
    }),
    first_done_seconds: summary.firstDoneSeconds,
    last_done_seconds: summary.lastDoneSeconds,
    io_real_mean_MiB_per_second: mibPerSecond.mean,
    io_real_stdev_MiB_per_second: mibPerSecond.stdev,
    slowest_rank: summary.slowestRank,
    cpu: {
      ...recordToPlain(summary.cpu),
      roles: summary.cpu.roles.map(recordToPlain),
    },
    ...(summary.steps === null ? {} : truthEntries(summary.steps)),
    ...(checkpoints === null ? {} : {
      slowest_rank_GiB_per_second: checkpoints.slowestRankGibPerSecond,
      ...(isWrite
        ? {
          fsync_seconds: checkpoints.fsyncSeconds,
          fsync_fraction: checkpoints.fsyncFraction,
        }
        : {}),
    }),
  };
}
