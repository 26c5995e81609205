/**
 * Mean and population standard deviation, as `numpy.mean` and `numpy.std`
 * give them to DLIO's summaries. Values that could not be computed are left
 * out; with none left there is no mean.
 */

/** Mean and spread of some values. */
export interface Spread {
  /** Null if there is no value. */
  readonly mean: number | null;
  /** Population standard deviation; null if there is no value. */
  readonly stdev: number | null;
}

/** A figure of several phases: its values, then their mean and spread. */
export interface Figure extends Spread {
  /** In the order of the phases; null where there is none. */
  readonly values: readonly (number | null)[];
}

/**
 * A figure of several phases.
 *
 * @param values One per phase; null where there is none.
 * @returns The values with mean and standard deviation of those there are.
 */
export function figureOf(values: readonly (number | null)[]): Figure {
  return { values, ...spreadOf(values) };
}

/**
 * Mean and population standard deviation.
 *
 * @param values One per epoch or checkpoint; null where there is none.
 * @returns Both; null if no value is left.
 */
export function spreadOf(values: readonly (number | null)[]): Spread {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return { mean: null, stdev: null };
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  const squares = known.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, stdev: Math.sqrt(squares / known.length) };
}

/**
 * The same values in another unit.
 *
 * @param spread Mean and standard deviation.
 * @param factor By which both are multiplied, >= 0.
 * @returns Both, null where they were.
 */
export function scaleSpread(spread: Spread, factor: number): Spread {
  return {
    mean: spread.mean === null ? null : spread.mean * factor,
    stdev: spread.stdev === null ? null : spread.stdev * factor,
  };
}
