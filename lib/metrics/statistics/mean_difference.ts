/**
 * By how much the mean of one group of values differs from that of another,
 * with an interval: Welch's t, which does not take both to vary alike.
 *
 *     variance of the difference   v = sum of v_k   over the parts of both sides
 *     degrees of freedom           v² / sum of (v_k² / df_k)   (Welch-Satterthwaite)
 *     interval                     difference ± t(1 - level, df) · sqrt(v)
 *
 * Values are independent measurements, runs, wherever a side has several:
 *
 *     a side of n >= 2 runs         one part, s²/n, df = n - 1
 *     a side of one run            takes the other side's s: v = s²(1 + 1/n),
 *                                  df = n - 1
 *
 * Epochs of one run are not independent: what makes a run slower or faster
 * than the next one is in all of them. From epochs alone a run is taken to
 * differ from the next as much as its epochs do from each other, at least by
 * {@linkcode MIN_RUN_SPREAD}:
 *
 *     a run of n >= 2 epochs        s²/n + max(s, 1 %)²
 *
 * Sources: Welch's test and its degrees of freedom,
 * https://www.itl.nist.gov/div898/handbook/eda/section3/eda353.htm; that
 * levels of repetition vary by themselves, T. Kalibera and R. Jones, Rigorous
 * Benchmarking in Reasonable Time, https://kar.kent.ac.uk/33611/.
 */
import { twoSidedProbability, twoSidedQuantile } from "./student_t.ts";

/**
 * Least standard deviation between runs that is taken where only one run of
 * a side is there; relative to the mean.
 */
export const MIN_RUN_SPREAD = 0.01;

/** What the values of a side are. */
export type ValueUnit = "runs" | "epochs";

/** A difference of two means. */
export interface MeanDifference {
  /** Mean of the second side less that of the first. */
  readonly difference: number;
  /** Null if nothing tells how much values vary, as the two below. */
  readonly low: number | null;
  readonly high: number | null;
  /** Probability of a difference at least as large where there is none. */
  readonly probability: number | null;
}

/** A part of the variance of a difference. */
interface Part {
  readonly variance: number;
  readonly degreesOfFreedom: number;
}

/** How values are compared. */
export interface DifferenceOptions {
  readonly unit: ValueUnit;
  /** Of the interval, in (0, 1): 0.95. */
  readonly level: number;
  /**
   * Least standard deviation between runs, in the values' unit; only for
   * epochs.
   */
  readonly minRunSpread: number;
}

/**
 * Compares two means.
 *
 * @param first Values of the first side, at least one.
 * @param second Values of the second side, at least one.
 * @param options What the values are, and how sure the interval shall be.
 * @returns The difference; without an interval if each side has one value.
 */
export function meanDifference(
  first: readonly number[],
  second: readonly number[],
  options: DifferenceOptions,
): MeanDifference {
  return withInterval(
    meanOf(second) - meanOf(first),
    partsOf(first, second, options),
    options.level,
  );
}

/**
 * The ratio of two means. Its logarithm has the interval, so that twice as
 * fast and half as slow are as far from 1; the variance of the logarithm of a
 * mean is that of the values divided by their mean (first-order Taylor, see
 * https://arxiv.org/abs/0710.2024).
 *
 * @param first Values of the first side, all > 0.
 * @param second Values of the second side, all > 0.
 * @param options As for {@linkcode meanDifference}; the spread is relative.
 * @returns `difference`, `low` and `high` are ratios.
 */
export function meanRatio(
  first: readonly number[],
  second: readonly number[],
  options: DifferenceOptions,
): MeanDifference {
  const [one, other] = [meanOf(first), meanOf(second)];
  const { difference, low, high, probability } = withInterval(
    Math.log(other / one),
    partsOf(
      first.map((value) => value / one),
      second.map((value) => value / other),
      options,
    ),
    options.level,
  );
  return {
    difference: Math.exp(difference),
    low: low === null ? null : Math.exp(low),
    high: high === null ? null : Math.exp(high),
    probability,
  };
}

function withInterval(
  difference: number,
  parts: readonly Part[],
  level: number,
): MeanDifference {
  if (parts.length === 0) {
    return { difference, low: null, high: null, probability: null };
  }
  const variance = parts.reduce((sum, part) => sum + part.variance, 0);
  if (variance === 0) {
    const probability = difference === 0 ? 1 : 0;
    return { difference, low: difference, high: difference, probability };
  }
  const df = variance ** 2 /
    parts.reduce(
      (sum, part) => sum + part.variance ** 2 / part.degreesOfFreedom,
      0,
    );
  const error = Math.sqrt(variance);
  const half = twoSidedQuantile(1 - level, df) * error;
  return {
    difference,
    low: difference - half,
    high: difference + half,
    probability: twoSidedProbability(difference / error, df),
  };
}

/** Empty if nothing tells how much values vary. */
function partsOf(
  first: readonly number[],
  second: readonly number[],
  { unit, minRunSpread }: DifferenceOptions,
): Part[] {
  if (first.length === 1 && second.length === 1) return [];
  if (first.length === 1 || second.length === 1) {
    const many = first.length === 1 ? second : first;
    return sharedParts(many, unit === "runs" ? 0 : minRunSpread);
  }
  return unit === "runs"
    ? [meanPart(first), meanPart(second)]
    : [first, second].flatMap((values) => epochParts(values, minRunSpread));
}

/** Of the mean of independent values. */
function meanPart(values: readonly number[]): Part {
  return {
    variance: sampleVariance(values) / values.length,
    degreesOfFreedom: values.length - 1,
  };
}

/** Of a run that is known by its epochs. */
function epochParts(values: readonly number[], minRunSpread: number): Part[] {
  const variance = sampleVariance(values);
  const ofMean = meanPart(values);
  if (variance >= minRunSpread ** 2) {
    return [{ ...ofMean, variance: ofMean.variance + variance }];
  }
  return [
    ofMean,
    { variance: minRunSpread ** 2, degreesOfFreedom: Infinity },
  ];
}

/** Of both sides where only one of them shows how much values vary. */
function sharedParts(values: readonly number[], minRunSpread: number): Part[] {
  const variance = sampleVariance(values);
  const degreesOfFreedom = values.length - 1;
  const ofMeans = variance * (1 + 1 / values.length);
  // Of two runs; none where the values are runs already.
  const ofRuns = 2 * minRunSpread ** 2;
  if (minRunSpread === 0) return [{ variance: ofMeans, degreesOfFreedom }];
  if (2 * variance >= ofRuns) {
    return [{ variance: ofMeans + 2 * variance, degreesOfFreedom }];
  }
  return [
    { variance: ofMeans, degreesOfFreedom },
    { variance: ofRuns, degreesOfFreedom: Infinity },
  ];
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** With n - 1 in the denominator. */
function sampleVariance(values: readonly number[]): number {
  const mean = meanOf(values);
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) /
    (values.length - 1);
}
