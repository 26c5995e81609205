/**
 * Series over the whole run on one time axis, reduced to buckets: each has
 * the mean of the values that fall into it, weighted by the time that they
 * stand for, and the least and the greatest of them. So a single slow second
 * of a long run stays visible.
 */
import { MAX_POINTS } from "./chart_data.ts";
import type { ChartLine } from "./chart_data.ts";

/** Buckets per second of a run at most; finer ones would hold no step. */
const MIN_BUCKET_SECONDS = 0.001;
/** Buckets of a run whose phases are too short for a series per second. */
const SHORT_RUN_POINTS = 200;

/** The buckets of a time axis. */
export interface TimeGrid {
  readonly startSeconds: number;
  readonly bucketSeconds: number;
  readonly count: number;
}

/**
 * Buckets for a stretch of time.
 *
 * @param span From and to, seconds since the run began.
 * @param intervalSeconds Of the series that go in; null: there is none.
 */
export function timeGrid(
  { from, to }: { readonly from: number; readonly to: number },
  intervalSeconds: number | null,
): TimeGrid {
  const seconds = Math.max(0, to - from);
  const least = intervalSeconds ??
    Math.max(MIN_BUCKET_SECONDS, seconds / SHORT_RUN_POINTS);
  // Whole multiples of the interval, so that every bucket holds as many.
  const factor = Math.max(1, Math.ceil(seconds / least / (MAX_POINTS - 1)));
  const bucketSeconds = least * factor;
  return {
    startSeconds: from,
    bucketSeconds,
    count: Math.min(MAX_POINTS, Math.floor(seconds / bucketSeconds) + 1),
  };
}

/** Middles of the buckets, seconds since the run began. */
export function gridTimes({ startSeconds, bucketSeconds, count }: TimeGrid) {
  return Array.from(
    { length: count },
    (_, bucket) =>
      // Tenths of milliseconds: any bucket is longer.
      Number((startSeconds + (bucket + 0.5) * bucketSeconds).toFixed(4)),
  );
}

/** One line that is being filled. */
export class GridLine {
  readonly #grid: TimeGrid;
  readonly #sums: Float64Array;
  readonly #weights: Float64Array;
  readonly #low: Float64Array;
  readonly #high: Float64Array;
  #isReduced = false;

  /** @param grid Its buckets. */
  constructor(grid: TimeGrid) {
    this.#grid = grid;
    this.#sums = new Float64Array(grid.count);
    this.#weights = new Float64Array(grid.count);
    this.#low = new Float64Array(grid.count).fill(Infinity);
    this.#high = new Float64Array(grid.count).fill(-Infinity);
  }

  /**
   * Adds a value.
   *
   * @param atSeconds Since the run began: the middle of what it stands for.
   * @param value NaN is left out: not known.
   * @param weight Seconds, or steps, that it stands for.
   */
  add(atSeconds: number, value: number, weight: number): void {
    if (!Number.isFinite(value) || !(weight > 0)) return;
    const bucket = bucketOf(this.#grid, atSeconds);
    this.addBucket(bucket, {
      sum: value * weight,
      weight,
      low: value,
      high: value,
      isOne: true,
    });
  }

  /** Adds values of one bucket that were added up before. */
  addBucket(bucket: number, part: BucketPart): void {
    const { sum, weight, low, high, isOne } = part;
    if (!isOne || (this.#weights[bucket] ?? 0) > 0) this.#isReduced = true;
    this.#sums[bucket] = (this.#sums[bucket] ?? 0) + sum;
    this.#weights[bucket] = (this.#weights[bucket] ?? 0) + weight;
    this.#low[bucket] = Math.min(this.#low[bucket] ?? low, low);
    this.#high[bucket] = Math.max(this.#high[bucket] ?? high, high);
  }

  /** Whether a bucket has several values. */
  get isReduced(): boolean {
    return this.#isReduced;
  }

  /**
   * The line.
   *
   * @param name Its name.
   * @returns Null if nothing was added.
   */
  line(name: string): ChartLine | null {
    if (!this.#weights.some((weight) => weight > 0)) return null;
    const known = (valueOf: (bucket: number) => number) =>
      Array.from(
        this.#weights,
        (weight, bucket) => weight > 0 ? tidy(valueOf(bucket)) : null,
      );
    return {
      name,
      values: known((b) => (this.#sums[b] ?? 0) / (this.#weights[b] ?? 1)),
      ...(this.#isReduced
        ? {
          low: known((b) => this.#low[b] ?? 0),
          high: known((b) => this.#high[b] ?? 0),
        }
        : {}),
    };
  }
}

/** Values of one bucket, added up. */
export interface BucketPart {
  /** Of value times weight. */
  readonly sum: number;
  readonly weight: number;
  readonly low: number;
  readonly high: number;
  /** Whether it is a single value. */
  readonly isOne: boolean;
}

/** Adds up values that come in the order of time, bucket by bucket. */
export class BucketSum {
  readonly #line: GridLine;
  #bucket = -1;
  #count = 0;
  #sum = 0;
  #weight = 0;
  #low = Infinity;
  #high = -Infinity;

  /** @param line Where buckets go. */
  constructor(line: GridLine) {
    this.#line = line;
  }

  /** Adds a value; what is not finite is left out. Allocates nothing. */
  add(bucket: number, value: number, weight: number): void {
    if (!(weight > 0) || !(value < Infinity)) return;
    if (bucket !== this.#bucket) {
      this.flush();
      this.#bucket = bucket;
    }
    this.#count++;
    this.#sum += value * weight;
    this.#weight += weight;
    if (value < this.#low) this.#low = value;
    if (value > this.#high) this.#high = value;
  }

  /** Hands over the last bucket. */
  flush(): void {
    if (this.#count > 0) {
      this.#line.addBucket(this.#bucket, {
        sum: this.#sum,
        weight: this.#weight,
        low: this.#low,
        high: this.#high,
        isOne: this.#count === 1,
      });
    }
    this.#count = 0;
    this.#sum = 0;
    this.#weight = 0;
    this.#low = Infinity;
    this.#high = -Infinity;
  }
}

/** The bucket of a moment; moments outside are in the first or last. */
export function bucketOf(
  { startSeconds, bucketSeconds, count }: TimeGrid,
  atSeconds: number,
): number {
  const bucket = Math.floor((atSeconds - startSeconds) / bucketSeconds);
  return Math.max(0, Math.min(count - 1, bucket));
}

/** Four digits are more than a chart shows, and half as long in the page. */
export function tidy(value: number): number {
  return Number(value.toPrecision(4));
}
