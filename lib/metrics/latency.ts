/**
 * Percentiles of a latency histogram, in microseconds.
 *
 * A percentile is the nearest rank: the least group whose cumulated count
 * reaches ceil(fraction × count), known by the group's middle and kept
 * between the exact least and greatest. Error bound: see `histogram.ts`.
 */
import {
  groupCount,
  groupStartUs,
  HISTOGRAM_GROUPS,
  histogramTotals,
} from "./histogram.ts";

const US_PER_MS = 1000;

/** Latency of one kind of operation, microseconds. */
export interface LatencyUs {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p99_9: number;
  /** Exact, unlike the percentiles. */
  readonly max: number;
}

/**
 * One percentile.
 *
 * @param slots A histogram.
 * @param fraction In 0 to 1: 0.99 for p99.
 * @returns Microseconds; null if nothing was recorded.
 */
export function percentileUs(
  slots: Float64Array,
  fraction: number,
): number | null {
  const { count, minMs, maxMs } = histogramTotals(slots);
  if (count === 0) return null;
  const rank = Math.max(1, Math.ceil(fraction * count));
  if (rank >= count) return maxMs * US_PER_MS;
  let seen = 0;
  for (let group = 0; group < HISTOGRAM_GROUPS; group++) {
    seen += groupCount(slots, group);
    if (seen < rank) continue;
    const middleUs = (groupStartUs(group) + groupStartUs(group + 1)) / 2;
    return Math.min(
      Math.max(middleUs, minMs * US_PER_MS),
      maxMs * US_PER_MS,
    );
  }
  return maxMs * US_PER_MS;
}

/**
 * The percentiles that summaries show.
 *
 * @param slots A histogram.
 * @returns Microseconds; null if nothing was recorded.
 */
export function latencyUs(slots: Float64Array): LatencyUs | null {
  const p50 = percentileUs(slots, 0.5);
  if (p50 === null) return null;
  return {
    p50,
    p90: percentileUs(slots, 0.9) ?? p50,
    p99: percentileUs(slots, 0.99) ?? p50,
    p99_9: percentileUs(slots, 0.999) ?? p50,
    max: histogramTotals(slots).maxMs * US_PER_MS,
  };
}
