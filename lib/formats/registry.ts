/**
 * The formats that Stoker has: one line each.
 */
import type { Format } from "./format.ts";
import { PARQUET } from "./parquet.ts";

/** All formats by name. */
export const FORMATS: Readonly<Record<string, Format>> = {
  parquet: PARQUET,
};
