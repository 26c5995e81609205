/**
 * Log-linear latency histogram over a fixed run of float64 slots.
 *
 * Summary: 1,156 slots (9,248 bytes) hold any number of latencies between
 * 0.1 µs and 1.9 h. A percentile read from it is off by at most 1/64
 * (1.57 %) of itself; count, sum, least and greatest are exact.
 *
 * Every power of two of the range is cut into 32 groups of equal width. A
 * value is known by its group's middle, so it is off by at most half a width,
 * which is 1/64 of the group's lower end or less:
 *
 *    slot    groups  from         to           width      error <=
 *       0         -  number of values
 *       1         -  sum of the values, milliseconds
 *       2         -  least value, milliseconds; meaningless while slot 0 is 0
 *       3         -  greatest value, milliseconds
 *       4        32  0.1 µs       0.2 µs       3.1 ns     1/64
 *      36        32  0.2 µs       0.4 µs       6.3 ns     1/64
 *       ...
 *    1124        32  57 min       1.9 h        107 s      1/64
 *
 * Below 0.1 µs a value is counted in the first group (error <= 0.1 µs), above
 * the last in the last; least and greatest stay exact.
 *
 * Because the cuts are at fixed fractions of powers of two, the group is the
 * upper bits of the value's IEEE 754 form: no logarithm, no search.
 *
 * A row has one writer. Its counts may live in shared memory and be read by
 * another thread while it is written: a reader can be late by one value.
 * Histograms are merged by adding counts; percentiles are never averaged.
 */

/** Power of two of the number of groups per power of two of latency. */
const GROUP_BITS = 5;
const OCTAVES = 36;
const HEADER_SLOTS = 4;
const COUNT = 0;
const SUM = 1;
const MIN = 2;
const MAX = 3;
/** A tick is the smallest difference of latencies, 0.1 µs. */
const TICKS_PER_MS = 10_000;
const US_PER_TICK = 0.1;

/** Number of groups, least latency first. */
export const HISTOGRAM_GROUPS = OCTAVES << GROUP_BITS;

/** Length of a histogram's `Float64Array`. All zero is an empty one. */
export const HISTOGRAM_SLOTS = HEADER_SLOTS + HISTOGRAM_GROUPS;

// The group of a value is read from its bits. Deno runs on little-endian
// machines only, so the upper half is the second word.
const ticksView = new Float64Array(1);
const wordsView = new Uint32Array(ticksView.buffer);
const MANTISSA_BITS_DROPPED = 20 - GROUP_BITS;
const EXPONENT_BIAS = 1023 << GROUP_BITS;
const TICKS_END = 2 ** OCTAVES;

/**
 * Counts one latency. Allocates nothing.
 *
 * @param slots {@linkcode HISTOGRAM_SLOTS} slots that only this thread writes.
 * @param ms Latency in milliseconds; what is not above 0 counts as 0.
 */
export function recordMs(slots: Float64Array, ms: number): void {
  const valueMs = ms > 0 ? ms : 0;
  const ticks = valueMs * TICKS_PER_MS;
  let group = 0;
  if (ticks >= TICKS_END) {
    group = HISTOGRAM_GROUPS - 1;
  } else if (ticks >= 1) {
    ticksView[0] = ticks;
    // In range by construction, as are the fixed slots below: `as number`
    // costs nothing where a check would run for every operation of a run.
    group = ((wordsView[1] as number) >>> MANTISSA_BITS_DROPPED) -
      EXPONENT_BIAS;
  }
  const count = slots[COUNT] as number;
  if (count === 0 || valueMs < (slots[MIN] as number)) slots[MIN] = valueMs;
  if (valueMs > (slots[MAX] as number)) slots[MAX] = valueMs;
  slots[SUM] = (slots[SUM] as number) + valueMs;
  const slot = HEADER_SLOTS + group;
  slots[slot] = (slots[slot] as number) + 1;
  slots[COUNT] = count + 1;
}

/**
 * Adds the values of one histogram to another.
 *
 * @param into Histogram that grows.
 * @param from Histogram that stays as it is.
 * @throws {RangeError} If one of them has not {@linkcode HISTOGRAM_SLOTS}.
 */
export function mergeHistogram(into: Float64Array, from: Float64Array): void {
  assertSlots(into);
  assertSlots(from);
  const fromCount = from[COUNT] ?? 0;
  if (fromCount === 0) return;
  const min = from[MIN] ?? 0;
  if (into[COUNT] === 0 || min < (into[MIN] ?? 0)) into[MIN] = min;
  into[MAX] = Math.max(into[MAX] ?? 0, from[MAX] ?? 0);
  into[COUNT] = (into[COUNT] ?? 0) + fromCount;
  into[SUM] = (into[SUM] ?? 0) + (from[SUM] ?? 0);
  for (let slot = HEADER_SLOTS; slot < HISTOGRAM_SLOTS; slot++) {
    into[slot] = (into[slot] ?? 0) + (from[slot] ?? 0);
  }
}

/**
 * Empties a histogram. One that is empty is not written, so that the memory
 * of histograms never used is never taken.
 */
export function clearHistogram(slots: Float64Array): void {
  if (slots[COUNT] !== 0) slots.fill(0);
}

/** What a histogram contains exactly. */
export interface HistogramTotals {
  readonly count: number;
  /** Milliseconds; 0 if the histogram is empty, as the two below. */
  readonly sumMs: number;
  readonly minMs: number;
  readonly maxMs: number;
}

/**
 * The exact part of a histogram.
 *
 * @param slots A histogram, {@linkcode HISTOGRAM_SLOTS} long.
 * @returns Count, sum, least and greatest.
 * @throws {RangeError} If `slots` has another length.
 */
export function histogramTotals(slots: Float64Array): HistogramTotals {
  assertSlots(slots);
  return {
    count: slots[COUNT] ?? 0,
    sumMs: slots[SUM] ?? 0,
    minMs: slots[MIN] ?? 0,
    maxMs: slots[MAX] ?? 0,
  };
}

/**
 * How many values a group has.
 *
 * @param slots A histogram.
 * @param group From 0 to {@linkcode HISTOGRAM_GROUPS} - 1.
 * @returns The count.
 */
export function groupCount(slots: Float64Array, group: number): number {
  return slots[HEADER_SLOTS + group] ?? 0;
}

/**
 * Lower end of a group; its upper end is the next one's lower end.
 *
 * @param group From 0 to {@linkcode HISTOGRAM_GROUPS}.
 * @returns Microseconds.
 */
export function groupStartUs(group: number): number {
  const octave = group >>> GROUP_BITS;
  const part = group & ((1 << GROUP_BITS) - 1);
  return (2 ** octave) * (1 + part / (1 << GROUP_BITS)) * US_PER_TICK;
}

/**
 * Fills an empty histogram with counts that were saved.
 *
 * @param slots An empty histogram.
 * @param saved Totals, and pairs of group and count.
 * @throws {RangeError} If a group is not one of {@linkcode HISTOGRAM_GROUPS}.
 */
export function setHistogram(
  slots: Float64Array,
  saved: {
    readonly totals: HistogramTotals;
    readonly groups: readonly (readonly [number, number])[];
  },
): void {
  assertSlots(slots);
  for (const [group, count] of saved.groups) {
    if (!(group >= 0 && group < HISTOGRAM_GROUPS)) {
      throw new RangeError(
        `Cannot use a histogram group as it must be < ${HISTOGRAM_GROUPS}: ` +
          `current value is ${group}`,
      );
    }
    slots[HEADER_SLOTS + group] = count;
  }
  slots[COUNT] = saved.totals.count;
  slots[SUM] = saved.totals.sumMs;
  slots[MIN] = saved.totals.minMs;
  slots[MAX] = saved.totals.maxMs;
}

function assertSlots(slots: Float64Array): void {
  if (slots.length === HISTOGRAM_SLOTS) return;
  throw new RangeError(
    `Cannot use a histogram as it must have ${HISTOGRAM_SLOTS} slots: ` +
      `current value is ${slots.length}`,
  );
}
