/**
 * What keeps a Parquet file from being made.
 */
import type { FileSpec } from "../format.ts";
import { largestBodyBytes } from "./chunk_layout.ts";
import { groupRows } from "./file_layout.ts";
import { leafProblems, leavesOf } from "./leaf.ts";
import { MAX_PAGE_BYTES } from "./page_header.ts";
import { partitionProblems } from "./partition.ts";

/** Left for levels and prefixes; they are far shorter than the values. */
const PAGE_RESERVE_BYTES = 2 ** 20;

/** Says what keeps the file from being made; empty if nothing does. */
export function parquetProblems(spec: FileSpec): string[] {
  const { samplesPerFile, parquet } = spec.dataset;
  const problems = leafProblems(spec);
  if (parquet.rowGroupRows < 1) {
    problems.push(
      `Cannot use dataset.parquet.row_group_size = ${parquet.rowGroupRows}: ` +
        "it must be an integer >= 1",
    );
  }
  problems.push(...partitionProblems(spec.dataset));
  if (problems.length > 0 || samplesPerFile < 1) return problems;
  const firstRows = groupRows(spec).next().value ?? 1;
  for (const leaf of leavesOf(spec)) {
    const bodyBytes = largestBodyBytes(leaf, firstRows);
    if (bodyBytes > MAX_PAGE_BYTES - PAGE_RESERVE_BYTES) {
      problems.push(
        `Cannot write column "${leaf.name}" to Parquet: one row is ` +
          `${bodyBytes} bytes, and a page with a row must be <= ` +
          `${MAX_PAGE_BYTES - PAGE_RESERVE_BYTES} bytes`,
      );
    }
  }
  return problems;
}
