/**
 * Duration and throughput of one checkpoint.
 *
 *     duration   = that of the slowest rank
 *     throughput = bytes of all ranks / duration
 *
 * A checkpoint is complete when its last rank is done. MLPerf Storage's
 * guidelines define the duration in the same way. DLIO divides by the time of
 * rank 0, which may be a fast one.
 */
import type { PhaseRecord } from "./run_record.ts";

const BYTES_PER_GIB = 2 ** 30;

/** What one rank did of a checkpoint. */
export interface CheckpointShare {
  readonly seconds: number;
  readonly bytes: number;
  /** Null if no time passed. */
  readonly gibPerSecond: number | null;
}

/** One saved or loaded checkpoint. */
export interface CheckpointMetrics {
  /** Seconds of the slowest rank. */
  readonly durationSeconds: number;
  /** Bytes of all ranks. */
  readonly bytes: number;
  /** GiB/s over all ranks; null if no time passed. */
  readonly gibPerSecond: number | null;
  readonly slowestRank: number;
  /** Seconds that the rank with the longest wait for fsync waited. */
  readonly fsyncSeconds: number;
  /** Rank to its share. */
  readonly shares: ReadonlyMap<number, CheckpointShare>;
}

/** Kept, because the files of every rank need the figures of all phases. */
const known = new WeakMap<PhaseRecord, CheckpointMetrics>();

/**
 * Duration and throughput of a checkpoint.
 *
 * @param phase A save_checkpoint or load_checkpoint phase, which is over.
 * @returns The checkpoint as a whole and its slowest rank.
 */
export function checkpointMetrics(phase: PhaseRecord): CheckpointMetrics {
  const before = known.get(phase);
  if (before !== undefined) return before;
  const metrics = metricsOf(phase);
  known.set(phase, metrics);
  return metrics;
}

function metricsOf(phase: PhaseRecord): CheckpointMetrics {
  const secondsOf = new Map<number, number>();
  const bytesOf = new Map<number, number>();
  let bytes = 0;
  let fsyncSeconds = 0;
  for (const { rank, doneSeconds } of phase.ranks) {
    secondsOf.set(rank, doneSeconds);
  }
  for (const worker of phase.workers) {
    const { rank } = worker;
    bytes += worker.bytes;
    fsyncSeconds = Math.max(fsyncSeconds, worker.fsyncSeconds ?? 0);
    bytesOf.set(rank, (bytesOf.get(rank) ?? 0) + worker.bytes);
    const seconds = secondsOf.get(rank) ?? 0;
    secondsOf.set(rank, Math.max(seconds, worker.lastDoneSeconds));
  }
  const shares = new Map<number, CheckpointShare>();
  let slowestRank = 0;
  let durationSeconds = secondsOf.size === 0 ? phase.durationSeconds : 0;
  for (const [rank, seconds] of secondsOf) {
    const rankBytes = bytesOf.get(rank) ?? 0;
    const gibPerSecond = rateGib(rankBytes, seconds);
    shares.set(rank, { seconds, bytes: rankBytes, gibPerSecond });
    if (seconds <= durationSeconds) continue;
    slowestRank = rank;
    durationSeconds = seconds;
  }
  return {
    durationSeconds,
    bytes,
    gibPerSecond: rateGib(bytes, durationSeconds),
    slowestRank,
    fsyncSeconds,
    shares,
  };
}

function rateGib(bytes: number, seconds: number): number | null {
  return seconds > 0 ? bytes / BYTES_PER_GIB / seconds : null;
}
