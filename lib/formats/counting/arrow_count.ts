/**
 * Samples in Arrow files and streams: the rows of their record batches.
 */
import { whenThere } from "../../bytes/awaitable.ts";
import { openArrowRows } from "../arrow/open.ts";
import type { SampleCounting } from "./sample_counting.ts";

/** How the rows of a file are counted. */
export const arrowCounting: SampleCounting = {
  reads: "head",
  count: (source) =>
    whenThere(openArrowRows(source), ({ rowCount }) => rowCount),
};
