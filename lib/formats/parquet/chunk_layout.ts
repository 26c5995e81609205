/**
 * What the column chunk of a row group consists of: a dictionary page where
 * that makes it shorter, then data pages of whole rows.
 */
import { concatBytes } from "../../bytes/concat_bytes.ts";
import type { Leaf } from "./leaf.ts";
import { dictionaryPageHeader, ENCODING } from "./page_header.ts";
import { type PageLayout, pageLayout, rowBodyBytes } from "./page_layout.ts";
import {
  dictionaryBody,
  dictionaryBytes,
  dictionaryEntryCount,
} from "./rle_dictionary.ts";

/** Bytes of values that a page is filled up to: pyarrow's default, 1 MiB. */
const PAGE_TARGET_BYTES = 2 ** 20;

/** Pages of one layout, one after another. */
export interface PageRun {
  readonly page: PageLayout;
  readonly count: number;
}

/** The dictionary page of a column. */
export interface DictionaryLayout {
  readonly body: Uint8Array;
  readonly entryCount: number;
  /** The uncompressed page. */
  readonly bytes: Uint8Array;
}

/** One column of one row group. */
export interface ChunkLayout {
  readonly leaf: Leaf;
  readonly dictionary: DictionaryLayout | null;
  readonly runs: readonly PageRun[];
  readonly valueCount: number;
  /** Uncompressed, with all headers. */
  readonly byteCount: number;
  /** Codes of the encodings used, levels included. */
  readonly encodings: readonly number[];
}

/**
 * Lays out a column chunk.
 *
 * @param rows Rows of the row group, > 0.
 */
export function chunkLayout(leaf: Leaf, rows: number): ChunkLayout {
  const valueCount = rows * (leaf.listSize ?? 1);
  const dictionary = dictionaryOf(leaf, valueCount);
  const runs = pageRuns(leaf, rows, dictionary !== null);
  let byteCount = dictionary?.bytes.length ?? 0;
  const encodings = new Set<number>([ENCODING.plain, ENCODING.rle]);
  for (const { page, count } of runs) {
    byteCount += page.byteCount * count;
    encodings.add(page.encoding);
  }
  return {
    leaf,
    dictionary,
    runs,
    valueCount,
    byteCount,
    encodings: [...encodings],
  };
}

/** Bytes of the largest page's body; cheaper than laying it out. */
export function largestBodyBytes(leaf: Leaf, rows: number): number {
  const hasDictionary = dictionaryPays(leaf, rows * (leaf.listSize ?? 1));
  const pageRows = Math.min(rows, rowsPerPage(leaf, hasDictionary));
  return rowBodyBytes(leaf, hasDictionary) * pageRows;
}

function dictionaryOf(
  leaf: Leaf,
  valueCount: number,
): DictionaryLayout | null {
  if (!dictionaryPays(leaf, valueCount)) return null;
  const body = dictionaryBody(leaf.type);
  const entryCount = dictionaryEntryCount(leaf.type);
  const header = dictionaryPageHeader({
    valueCount: entryCount,
    encoding: ENCODING.plain,
    uncompressedBytes: body.length,
    compressedBytes: body.length,
  });
  return { body, entryCount, bytes: concatBytes([header, body]) };
}

function dictionaryPays({ type }: Leaf, valueCount: number): boolean {
  return type.kind === "narrow" &&
    dictionaryBytes(type) + valueCount * type.valueBytes < valueCount * 4;
}

function pageRuns(
  leaf: Leaf,
  rows: number,
  hasDictionary: boolean,
): PageRun[] {
  const pageRows = rowsPerPage(leaf, hasDictionary);
  const fullPages = Math.floor(rows / pageRows);
  const restRows = rows - fullPages * pageRows;
  const runs: PageRun[] = [];
  if (fullPages > 0) {
    const page = pageLayout(leaf, pageRows, hasDictionary);
    runs.push({ page, count: fullPages });
  }
  if (restRows > 0) {
    runs.push({ page: pageLayout(leaf, restRows, hasDictionary), count: 1 });
  }
  return runs;
}

/** A multiple of 8 where possible: then packed groups have no filling. */
function rowsPerPage(leaf: Leaf, hasDictionary: boolean): number {
  const rows = Math.floor(
    PAGE_TARGET_BYTES / rowBodyBytes(leaf, hasDictionary),
  );
  return rows >= 8 ? rows - rows % 8 : Math.max(rows, 1);
}
