/**
 * What a row of `deno task perf` is: a value beside the limit that the same
 * machine showed in the same run. A figure without its limit says nothing
 * about Stoker, and one measured at another time little.
 */

/** What one measure found. */
export interface Measured {
  readonly value: number;
  /** Of value and limit: "GB/s", "us", "files/s" … */
  readonly unit: string;
  /** The best that could be had, or null where there is no such thing. */
  readonly limit: number | null;
}

/** One row. */
export interface Measure {
  /** "group.what", such as "encode.npz". */
  readonly id: string;
  run(): Promise<Measured> | Measured;
}

/** A value and its limit, measured in turns. */
export interface Rounds {
  /** Rounds after one that warms up and does not count. */
  readonly roundCount: number;
  /** One measurement, in the row's unit. */
  value(): number;
  /** One measurement of the limit. */
  limit(): number;
}

/**
 * Measures value and limit alternately, so that whatever else the machine
 * does hits both.
 *
 * @returns The medians.
 */
export function interleave(rounds: Rounds): { value: number; limit: number } {
  const values: number[] = [];
  const limits: number[] = [];
  for (let round = 0; round <= rounds.roundCount; round++) {
    const value = rounds.value();
    const limit = rounds.limit();
    if (round === 0) continue;
    values.push(value);
    limits.push(limit);
  }
  return { value: median(values), limit: median(limits) };
}

/** One measurement and the limit measured beside it. */
export interface Pair {
  readonly value: number;
  readonly limit: number;
}

/**
 * Measures pairs, each half first in turn, and takes the pair whose ratio is
 * the middle one: a machine that is busy for a while slows both halves of a
 * pair, not one column more than the other.
 *
 * @param roundCount Pairs after one that warms up and does not count.
 * @param value One measurement, in the row's unit.
 * @param limit One measurement of the limit.
 */
export async function medianPair(
  roundCount: number,
  value: () => Promise<number> | number,
  limit: () => Promise<number> | number,
): Promise<Pair> {
  const pairs: Pair[] = [];
  for (let round = 0; round <= roundCount; round++) {
    const isValueFirst = round % 2 === 0;
    const early = await (isValueFirst ? value() : limit());
    const late = await (isValueFirst ? limit() : value());
    if (round === 0) continue;
    pairs.push(
      isValueFirst
        ? { value: early, limit: late }
        : { value: late, limit: early },
    );
  }
  const ratioOf = (pair: Pair) => pair.value / pair.limit;
  const middle = median(pairs.map(ratioOf));
  return pairs.find((pair) => ratioOf(pair) === middle)!;
}

/**
 * Measures what has no limit to hold it against.
 *
 * @param roundCount Rounds after one that warms up and does not count.
 * @param value One measurement, in the row's unit.
 * @returns The median.
 */
export async function medianOf(
  roundCount: number,
  value: () => Promise<number> | number,
): Promise<number> {
  await value();
  return median(await rounds(roundCount, value));
}

/**
 * Measures what other processes can only make slower.
 *
 * @param roundCount Rounds, all of which count.
 * @param cost One measurement of a cost, in the row's unit.
 * @returns The smallest.
 */
export async function leastOf(
  roundCount: number,
  cost: () => Promise<number> | number,
): Promise<number> {
  return Math.min(...await rounds(roundCount, cost));
}

async function rounds(
  roundCount: number,
  value: () => Promise<number> | number,
): Promise<number[]> {
  const values: number[] = [];
  for (let round = 0; round < roundCount; round++) values.push(await value());
  return values;
}

/** The middle value; of an even number of values, the upper of the two. */
export function median(values: readonly number[]): number {
  if (values.length === 0) {
    throw new RangeError("Cannot take the median of no values");
  }
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1]!;
}

/**
 * Times one pass.
 *
 * @param byteCount What `pass` handles.
 * @returns 10^9 bytes per second.
 */
export function gigabytesPerSecond(
  byteCount: number,
  pass: () => void,
): number {
  return byteCount / 1e9 / secondsOf(pass);
}

/** Times one pass. @returns Seconds. */
export function secondsOf(pass: () => void): number {
  const startMs = performance.now();
  pass();
  return (performance.now() - startMs) / 1000;
}
