/**
 * DLIO's `{rank}_per_epoch_stats.json` and `per_epoch_stats.json`: when each
 * epoch, block, evaluation and checkpoint began and ended.
 *
 *    {"1": {"start", "block1": {"start", "end", "duration": "6.84"},
 *           "save_ckpt1": {"start", "end", "duration": 0.1, "throughput"},
 *           "eval": {…}, "end", "duration": "8.32"}, …}
 *
 * Durations are texts with two decimals; those of checkpoints are numbers. An
 * epoch's duration is that of its training.
 *
 * `dlio_postprocessor` reads the file without a rank. It knows only `ckptN`,
 * counted over saves and loads together, and fails on `save_ckptN`. The
 * checkpoints of that file are those of all ranks; a rank's file has the
 * rank's own.
 */
import { checkpointMetrics } from "../../metrics/checkpoint_metrics.ts";
import { epochsOf, spanName } from "./epochs.ts";
import type { EpochSpan } from "./epochs.ts";
import { PHASE_KINDS } from "../../metrics/phase_kinds.ts";
import type { RunRecord } from "../../metrics/run_record.ts";
import type { ResultContext } from "../result_context.ts";
import { localTimestamp } from "./timestamp.ts";

/** A span in one of the files. */
export interface EpochStatsSpan {
  readonly start: string;
  readonly end: string;
  /** Seconds: "%.2f", or a number for checkpoints. */
  readonly duration: string | number;
  /** GiB/s, checkpoints only. */
  readonly throughput?: number | null;
}

/** An epoch: `start`, `end`, `duration` and its spans by name. */
export type EpochStats = Readonly<Record<string, string | EpochStatsSpan>>;

/**
 * The content of `{rank}_per_epoch_stats.json`.
 *
 * @param record The run.
 * @param context For the time zone.
 * @param rank The accelerator.
 * @returns Epoch number to epoch.
 */
export function rankEpochStats(
  record: RunRecord,
  context: ResultContext,
  rank: number,
): Record<string, EpochStats> {
  return epochStats(record, context, { rank, isForPostprocessor: false });
}

/**
 * The content of `per_epoch_stats.json`, for `dlio_postprocessor`.
 *
 * @param record The run.
 * @param context For the time zone.
 * @returns Epoch number to epoch, checkpoints named `ckptN`.
 */
export function runEpochStats(
  record: RunRecord,
  context: ResultContext,
): Record<string, EpochStats> {
  return epochStats(record, context, { rank: 0, isForPostprocessor: true });
}

interface EpochStatsOptions {
  readonly rank: number;
  readonly isForPostprocessor: boolean;
}

function epochStats(
  record: RunRecord,
  context: ResultContext,
  options: EpochStatsOptions,
): Record<string, EpochStats> {
  const { utcOffsetMinutes } = context;
  const stats: Record<string, EpochStats> = {};
  for (const epoch of epochsOf(record, options.rank)) {
    const entry: Record<string, string | EpochStatsSpan> = {
      start: localTimestamp(epoch.startMs, utcOffsetMinutes),
    };
    let checkpoints = 0;
    for (const span of epoch.spans) {
      const isRenamed = options.isForPostprocessor &&
        PHASE_KINDS[span.phase.kind].isCheckpoint;
      const name = isRenamed ? `ckpt${++checkpoints}` : spanName(span);
      entry[name] = statsSpan(span, utcOffsetMinutes, options);
    }
    entry.end = localTimestamp(epoch.endMs, utcOffsetMinutes);
    entry.duration = epoch.durationSeconds.toFixed(2);
    stats[String(epoch.number)] = entry;
  }
  return stats;
}

function statsSpan(
  span: EpochSpan,
  utcOffsetMinutes: number,
  options: EpochStatsOptions,
): EpochStatsSpan {
  const start = localTimestamp(span.startMs, utcOffsetMinutes);
  if (!PHASE_KINDS[span.phase.kind].isCheckpoint) {
    return {
      start,
      end: localTimestamp(span.endMs, utcOffsetMinutes),
      duration: span.durationSeconds.toFixed(2),
    };
  }
  const checkpoint = checkpointMetrics(span.phase);
  const share = options.isForPostprocessor
    ? undefined
    : checkpoint.shares.get(options.rank);
  const duration = share?.seconds ?? checkpoint.durationSeconds;
  return {
    start,
    end: localTimestamp(span.startMs + duration * 1e3, utcOffsetMinutes),
    duration,
    throughput: share?.gibPerSecond ?? checkpoint.gibPerSecond,
  };
}
