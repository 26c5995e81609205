/**
 * Times that vary: `computation_time`, `preprocess_time`, `eval_time`.
 *
 * The formulas are d3-random's; the source is ours and seeded, so the draws of
 * a run repeat. A negative draw counts as 0 (DLIO mirrors it, which shifts the
 * mean). Parameters are seconds unless they are shapes.
 * Settings: `config/distribution.ts`.
 */
import {
  randomExponential,
  randomGamma,
  randomNormal,
  randomPoisson,
  randomUniform,
} from "d3-random";
import { combine32 } from "./seeds.ts";

/** A distribution of durations: plain data. */
export type Distribution =
  | { readonly type: "constant"; readonly mean: number }
  | { readonly type: "normal"; readonly mean: number; readonly stdev: number }
  | { readonly type: "uniform"; readonly min: number; readonly max: number }
  | { readonly type: "gamma"; readonly shape: number; readonly scale: number }
  | { readonly type: "exponential"; readonly scale: number }
  | { readonly type: "poisson"; readonly lam: number };

/**
 * Makes a generator of durations.
 *
 * @param distribution What to draw from.
 * @param seed 32 bits.
 * @returns A function that returns the next duration in milliseconds, >= 0.
 */
export function createDraw(
  distribution: Distribution,
  seed: number,
): () => number {
  if (distribution.type === "constant") {
    const ms = Math.max(0, distribution.mean) * 1000;
    return () => ms;
  }
  let counter = 0;
  const uniform = () => combine32(seed, counter++) / 0x1_0000_0000;
  const drawSeconds = drawOf(distribution, uniform);
  return () => Math.max(0, drawSeconds()) * 1000;
}

/** Mean of a distribution in seconds. */
export function meanSeconds(distribution: Distribution): number {
  switch (distribution.type) {
    case "constant":
    case "normal":
      return distribution.mean;
    case "uniform":
      return (distribution.min + distribution.max) / 2;
    case "gamma":
      return distribution.shape * distribution.scale;
    case "exponential":
      return distribution.scale;
    case "poisson":
      return distribution.lam;
  }
}

function drawOf(
  distribution: Exclude<Distribution, { readonly type: "constant" }>,
  uniform: () => number,
): () => number {
  switch (distribution.type) {
    case "normal":
      return randomNormal.source(uniform)(
        distribution.mean,
        distribution.stdev,
      );
    case "uniform":
      return randomUniform.source(uniform)(distribution.min, distribution.max);
    case "gamma":
      return randomGamma.source(uniform)(
        distribution.shape,
        distribution.scale,
      );
    case "exponential":
      // d3 takes the rate, NumPy and DLIO the scale.
      return randomExponential.source(uniform)(1 / distribution.scale);
    case "poisson":
      return randomPoisson.source(uniform)(distribution.lam);
  }
}
