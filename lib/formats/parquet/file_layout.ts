/**
 * What a Parquet file consists of, known exactly before a byte is written.
 *
 *    "PAR1"
 *    row group × n     each: one column chunk per column
 *    footer            Thrift
 *    u32               bytes of the footer, little-endian
 *    "PAR1"
 *
 * A file has row groups of at most three different lengths, so its layout is
 * small however many row groups it has.
 *
 * Spec: https://parquet.apache.org/docs/file-format/
 */
import type { FileSpec } from "../format.ts";
import { type ChunkLayout, chunkLayout } from "./chunk_layout.ts";
import { type Leaf, leavesOf } from "./leaf.ts";
import type { PageCodec } from "./codec.ts";
import { pageCodec } from "./page_codec.ts";

/** First and last bytes of a file: "PAR1". */
export const MAGIC: Uint8Array = Uint8Array.of(0x50, 0x41, 0x52, 0x31);

/** A row group of a certain number of rows. */
export interface GroupLayout {
  readonly rows: number;
  readonly chunks: readonly ChunkLayout[];
  /** Uncompressed. */
  readonly byteCount: number;
}

/** All that the files of one dataset and one sample size share. */
export interface FileLayout {
  readonly leaves: readonly Leaf[];
  readonly rows: number;
  readonly groupCount: number;
  /** Null where nothing is compressed. */
  readonly codec: PageCodec | null;
  /** The row groups in order. */
  groups(): Iterable<GroupLayout>;
}

/** Lays out a file. */
export function fileLayout(spec: FileSpec): FileLayout {
  const leaves = leavesOf(spec);
  const layouts = new Map<number, GroupLayout>();
  let groupCount = 0;
  for (const _ of groupRows(spec)) groupCount++;
  return {
    leaves,
    rows: spec.dataset.samplesPerFile,
    groupCount,
    codec: pageCodec(spec.dataset.compression, spec.dataset.compressionLevel),
    *groups() {
      for (const rows of groupRows(spec)) {
        let layout = layouts.get(rows);
        if (layout === undefined) {
          layout = groupLayout(leaves, rows);
          layouts.set(rows, layout);
        }
        yield layout;
      }
    },
  };
}

/**
 * Rows of each row group: rows are written in batches, and a row group ends
 * with its batch.
 */
export function* groupRows(spec: FileSpec): Generator<number, void> {
  const { rowGroupRows, generationBatchRows } = spec.dataset.parquet;
  // DLIO: no batch size means a row group's.
  const batchRows = generationBatchRows > 0
    ? generationBatchRows
    : rowGroupRows;
  const rows = spec.dataset.samplesPerFile;
  for (let first = 0; first < rows; first += batchRows) {
    let leftRows = Math.min(batchRows, rows - first);
    while (leftRows > 0) {
      const groupRows = Math.min(leftRows, rowGroupRows);
      yield groupRows;
      leftRows -= groupRows;
    }
  }
}

function groupLayout(leaves: readonly Leaf[], rows: number): GroupLayout {
  const chunks = leaves.map((leaf) => chunkLayout(leaf, rows));
  let byteCount = 0;
  for (const chunk of chunks) byteCount += chunk.byteCount;
  return { rows, chunks, byteCount };
}
