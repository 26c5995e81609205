/**
 * A phase's series as plain data and back. What is not known is NaN in the
 * program and null in JSON.
 */
import type { PhaseSeries } from "../metrics/phase_series.ts";
import {
  type PlainRecord,
  recordFromPlain,
  recordToPlain,
} from "./key_case.ts";

/**
 * Turns a series into plain data; its lists are shared, not copied.
 *
 * @returns What `jsonPieces` can write.
 */
export function seriesToPlain(series: PhaseSeries): PlainRecord {
  return recordToPlain(series);
}

/**
 * Turns plain data back into a series.
 *
 * @param plain What {@linkcode seriesToPlain} gave, perhaps through JSON.
 */
export function seriesFromPlain(plain: PlainRecord): PhaseSeries {
  const lists = Object.entries(plain).map(([key, value]) => [
    key,
    isList(value) ? Float64Array.from(value, (one) => one ?? NaN) : value,
  ]);
  return recordFromPlain<PhaseSeries>(Object.fromEntries(lists));
}

function isList(value: unknown): value is Iterable<number | null> {
  return value instanceof Float64Array || Array.isArray(value);
}
