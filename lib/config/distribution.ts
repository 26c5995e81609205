/**
 * Durations that are drawn: `computation_time`, `preprocess_time`,
 * `eval_time`. All parameters are seconds but `shape`, which has no unit.
 *
 *    written                               means
 *    0.323                                 constant
 *    {mean: 0.3}                           constant
 *    {mean: 0.3, stdev: 0.1}               normal
 *    {type: uniform, min: 0.1, max: 0.2}   uniform in [min, max)
 *    {type: gamma, shape: 2, scale: 0.1}   gamma
 *    {type: exponential, scale: 0.1}       exponential
 *    {type: poisson, lam: 1}               Poisson, whole seconds
 *
 * Reference: DLIO's `utility.py` sleep. What it draws from a wrong map as 0
 * is an error here.
 */
import { z } from "zod";
import type { Distribution } from "../random/distribution.ts";
import type { SettingOptions } from "./setting.ts";
import { spelledSeconds } from "./spelling.ts";

/** Suffix of a setting that belongs to the distribution before it. */
export const STDEV_SUFFIX = "_stdev";

/** Settings that a `*_stdev` key may go with. */
export const DISTRIBUTION_KEYS: readonly string[] = [
  "train.computation_time",
  "reader.preprocess_time",
  "evaluation.eval_time",
];

/** What each type needs, in the order in which it is written. */
const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  constant: ["mean"],
  normal: ["mean", "stdev"],
  uniform: ["min", "max"],
  gamma: ["shape", "scale"],
  exponential: ["scale"],
  poisson: ["lam"],
};

/** A duration of 0: no wait at all. */
const NO_TIME: Distribution = { type: "constant", mean: 0 };

/** A setting that is a distribution; its default is no time at all. */
export function distribution(options: SettingOptions) {
  return z.unknown().transform((value, context): Distribution => {
    const read = readDistribution(value);
    if (typeof read !== "string") return read;
    context.addIssue({ code: "custom", message: read });
    return z.NEVER;
  }).default(NO_TIME).meta({
    description: options.help,
    anyOf: [{ type: "number", minimum: 0 }, { type: "object" }],
  });
}

/**
 * Adds a `*_stdev` setting to the value of its distribution.
 *
 * @param value What stands under `computation_time`; undefined if nothing.
 * @param stdev What stands under `computation_time_stdev`, in seconds.
 * @returns The map that means both.
 */
export function withStdev(value: unknown, stdev: unknown): unknown {
  if (typeof value === "object" && value !== null) return { ...value, stdev };
  return { mean: value ?? 0, stdev };
}

/** @returns The distribution, or the rule that the value breaks. */
function readDistribution(value: unknown): Distribution | string {
  const scalar = spelledSeconds(value);
  if (typeof scalar === "number") return checked({ mean: scalar }, "constant");
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return "it must be a number of seconds or a map of a distribution";
  }
  const { type, ...parameters } = value as Record<string, unknown>;
  if (type === undefined && Object.keys(parameters).length === 0) {
    return NO_TIME;
  }
  const implied = "stdev" in parameters ? "normal" : "constant";
  return checked(parameters, type ?? implied);
}

function checked(
  parameters: Record<string, unknown>,
  type: unknown,
): Distribution | string {
  const name = String(type).toLowerCase();
  const needed = Object.hasOwn(PARAMETERS, name) ? PARAMETERS[name] : undefined;
  if (needed === undefined) {
    return `its type must be one of ${Object.keys(PARAMETERS).join(", ")}`;
  }
  for (const parameter of Object.keys(parameters)) {
    if (!needed.includes(parameter)) {
      return `${name} has no ${parameter}, only ${needed.join(" and ")}`;
    }
  }
  const read: Record<string, unknown> = { type: name };
  for (const parameter of needed) {
    const number = spelledSeconds(parameters[parameter]);
    if (typeof number !== "number" || !Number.isFinite(number) || number < 0) {
      return `${name} needs ${parameter}, a number of seconds >= 0`;
    }
    read[parameter] = number;
  }
  if (name === "uniform" && (read.min as number) > (read.max as number)) {
    return "min must be <= max";
  }
  if (name === "gamma" && read.shape === 0) return "shape must be > 0";
  return read as Distribution;
}
