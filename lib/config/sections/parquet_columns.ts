/**
 * `dataset.parquet.columns`: the columns of a Parquet file, in file order.
 *
 * `read: false` is honored (DLIO ignores it): training leaves the column's
 * bytes where they are. A column that says nothing is read.
 */
import { z } from "zod";
import type { SettingOptions } from "../setting.ts";
import { spelledBoolean, spelledNumber } from "../spelling.ts";

const COLUMN_TYPES = [
  "float32",
  "float64",
  "float16",
  "int8",
  "int16",
  "int32",
  "int64",
  "uint8",
  "uint16",
  "uint32",
  "uint64",
  "list",
  "string",
  "binary",
  "bool",
] as const;

const SIZE_RULE = "its size must be an integer >= 1";

const column = z.strictObject({
  name: z.string({ error: "its name must be a text that is not empty" })
    .min(1, { error: "its name must be a text that is not empty" })
    .default("data"),
  dtype: z.enum(COLUMN_TYPES, {
    error: `its dtype must be one of ${COLUMN_TYPES.join(", ")}`,
  }).default("float32"),
  size: z.preprocess(
    spelledNumber,
    z.int({ error: SIZE_RULE }).min(1, { error: SIZE_RULE }),
  ).default(1),
  read: z.preprocess(
    spelledBoolean,
    z.boolean({ error: "its read must be true or false" }),
  ).default(true),
});

/** The setting `dataset.parquet.columns`. */
export function parquetColumns(options: SettingOptions) {
  return z.array(column, { error: "it must be a list of maps" })
    .default([])
    .meta({ description: options.help });
}
