/**
 * The groups of measures that `deno task perf` has: one line each.
 */
import { measures as encode } from "./encode.ts";
import type { Measure } from "./measure.ts";
import { measures as random } from "./random.ts";

/** All rows in the order in which they are measured. */
export const MEASURES: readonly Measure[] = [
  ...random,
  ...encode,
];
