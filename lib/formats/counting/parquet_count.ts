/**
 * Samples in Parquet files: the rows that the footer speaks of.
 */
import { whenThere } from "../../bytes/awaitable.ts";
import { openParquetRows } from "../parquet/open.ts";
import type { SampleCounting } from "./sample_counting.ts";

/** How the rows of a file are counted. */
export const parquetCounting: SampleCounting = {
  reads: "head",
  count: (source) =>
    whenThere(openParquetRows(source), ({ groups }) => groups.rowCount),
};
