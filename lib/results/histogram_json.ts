/**
 * A histogram as plain data and back, for `stoker.json`: counts stay counts,
 * so results can be merged and their percentiles computed again later.
 *
 *    {"count", "sum_ms", "min_ms", "max_ms",
 *     "groups": [[group, from µs, count], …]}   groups with a count only
 *
 * "from µs" is for people; the group's number alone decides.
 */
import {
  groupCount,
  groupStartUs,
  HISTOGRAM_GROUPS,
  HISTOGRAM_SLOTS,
  histogramTotals,
  setHistogram,
} from "../metrics/histogram.ts";

/** A histogram in `stoker.json`. */
export interface PlainHistogram {
  readonly count: number;
  readonly sum_ms: number;
  readonly min_ms: number;
  readonly max_ms: number;
  /** Group number, its lower end in µs, its count. */
  readonly groups: readonly (readonly [number, number, number])[];
}

/**
 * Turns a histogram into plain data.
 *
 * @param slots A histogram.
 * @returns Its totals and its groups that have a count.
 */
export function histogramToPlain(slots: Float64Array): PlainHistogram {
  const { count, sumMs, minMs, maxMs } = histogramTotals(slots);
  const groups: [number, number, number][] = [];
  for (let group = 0; group < HISTOGRAM_GROUPS; group++) {
    const inGroup = groupCount(slots, group);
    if (inGroup > 0) groups.push([group, groupStartUs(group), inGroup]);
  }
  return { count, sum_ms: sumMs, min_ms: minMs, max_ms: maxMs, groups };
}

/**
 * Turns plain data back into a histogram.
 *
 * @param plain What {@linkcode histogramToPlain} gave.
 * @returns The same counts.
 */
export function histogramFromPlain(plain: PlainHistogram): Float64Array {
  const slots = new Float64Array(HISTOGRAM_SLOTS);
  setHistogram(slots, {
    totals: {
      count: plain.count,
      sumMs: plain.sum_ms,
      minMs: plain.min_ms,
      maxMs: plain.max_ms,
    },
    groups: plain.groups.map(([group, , inGroup]) => [group, inGroup]),
  });
  return slots;
}
