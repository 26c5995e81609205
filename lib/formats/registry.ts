/**
 * The formats that Stoker has: one line each.
 */
import type { Format } from "./format.ts";

/** All formats by name. */
export const FORMATS: Readonly<Record<string, Format>> = {};
