/**
 * Student's t distribution.
 *
 *     P(|T| > t) = I_x(df/2, 1/2),  x = df / (df + t²)
 *
 * I is the regularized incomplete beta function, by its continued fraction:
 * https://dlmf.nist.gov/8.17#E22, evaluated with the modified Lentz
 * algorithm. The logarithm of the gamma function is Lanczos's approximation
 * (g = 7, 9 terms), good to 15 digits.
 */

/** Terms of the fraction; it converges in about sqrt(df) of them. */
const MAX_TERMS = 20_000;
/** Where the fraction's next factor no longer changes it. */
const PRECISION = 1e-15;
/** Stands for zero in a denominator, as Lentz's algorithm wants it. */
const TINY = 1e-300;
/** Beyond it the distribution is the normal one to all digits shown. */
const MAX_DEGREES = 1e7;
/** Halvings of the interval in which a quantile is searched. */
const HALVINGS = 200;

const LANCZOS = [
  0.99999999999980993,
  676.5203681218851,
  -1259.1392167224028,
  771.32342877765313,
  -176.61502916214059,
  12.507343278686905,
  -0.13857109526572012,
  9.9843695780195716e-6,
  1.5056327351493116e-7,
] as const;

/**
 * How probable a value at least as far from 0 is.
 *
 * @param t The value, of either sign.
 * @param degreesOfFreedom > 0; `Infinity` gives the normal distribution.
 * @returns 0 to 1, both sides together.
 */
export function twoSidedProbability(
  t: number,
  degreesOfFreedom: number,
): number {
  const df = Math.min(degreesOfFreedom, MAX_DEGREES);
  return incompleteBeta(df / (df + t * t), df / 2, 1 / 2);
}

/**
 * The value that is exceeded, on both sides together, with a probability.
 *
 * @param probability In (0, 1): 0.05 for an interval of 95 %.
 * @param degreesOfFreedom > 0; `Infinity` gives the normal distribution.
 * @returns The value, > 0.
 */
export function twoSidedQuantile(
  probability: number,
  degreesOfFreedom: number,
): number {
  let low = 0;
  let high = 1;
  while (twoSidedProbability(high, degreesOfFreedom) > probability) high *= 2;
  for (let i = 0; i < HALVINGS && high - low > high * 1e-12; i++) {
    const middle = (low + high) / 2;
    if (twoSidedProbability(middle, degreesOfFreedom) > probability) {
      low = middle;
    } else high = middle;
  }
  return (low + high) / 2;
}

/** I_x(a, b), for x in 0 to 1. */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  // The fraction converges fast on one side of the mean only.
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(
    logGamma(a + b) - logGamma(a) - logGamma(b) +
      a * Math.log(x) + b * Math.log1p(-x),
  );
  return front * betaFraction(x, a, b) / a;
}

function betaFraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / awayFromZero(1 - (a + b) * x / (a + 1));
  let value = d;
  for (let m = 1; m <= MAX_TERMS; m++) {
    const even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / awayFromZero(1 + even * d);
    c = awayFromZero(1 + even / c);
    value *= d * c;
    const odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / awayFromZero(1 + odd * d);
    c = awayFromZero(1 + odd / c);
    value *= d * c;
    if (Math.abs(d * c - 1) < PRECISION) break;
  }
  return value;
}

function awayFromZero(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}

/** ln gamma(z) for z >= 1/2. */
function logGamma(z: number): number {
  const x = z - 1;
  let sum: number = LANCZOS[0];
  for (let i = 1; i < LANCZOS.length; i++) sum += LANCZOS[i]! / (x + i);
  const t = x + 7.5;
  return Math.log(2 * Math.PI) / 2 + (x + 0.5) * Math.log(t) - t +
    Math.log(sum);
}
