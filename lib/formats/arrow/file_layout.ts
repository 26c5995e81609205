/**
 * What an Arrow file of Stoker's consists of, known before a byte is written.
 *
 *    file                     stream
 *    "ARROW1", 0, 0
 *    schema                   schema
 *    record batch × n         record batch × n
 *    end of stream            end of stream
 *    footer, flatbuffer
 *    i32 length of the footer
 *    "ARROW1"
 *
 * The one column, `data`, is a FixedSizeList of the sample's elements. All
 * record batches but the last have `batchRows` rows, so their messages are
 * equal and their places are arithmetic. Messages and bodies begin at
 * multiples of 64.
 *
 * Spec: https://arrow.apache.org/docs/format/Columnar.html#ipc-file-format
 * Slots of the footer: https://github.com/apache/arrow/blob/main/format/File.fbs
 */
import { type FileSpec, sampleBytes, sampleElementCount } from "../format.ts";
import { NUMBER_TYPES } from "../parquet/column_type.ts";
import { type Leaf, soleColumn } from "../parquet/leaf.ts";
import { flatBuffer } from "./flat_buffer.ts";
import {
  batchMessage,
  END_OF_STREAM,
  METADATA_V5,
  schemaMessage,
} from "./message.ts";
import { number, reference, schemaTable } from "./schema_table.ts";

/** First and last bytes of a file. */
export const MAGIC: Uint8Array = new TextEncoder().encode("ARROW1");
/** Bytes of an entry of the footer: offset, metadata, body. */
export const BLOCK_BYTES = 24;

/** What the specification recommends, for SIMD. */
const ALIGNMENT = 64;
/** Bytes before the schema of a file: the magic ones, and two zeros. */
export const PADDED_MAGIC_BYTES = 8;

/** A record batch of a certain number of rows. */
export interface BatchLayout {
  readonly rows: number;
  /** All before the body. */
  readonly message: Uint8Array;
  readonly dataBytes: number;
  /** With the zeros behind the data. */
  readonly bodyBytes: number;
}

/** A whole file. */
export interface FileLayout {
  /** All before the first record batch. */
  readonly head: Uint8Array;
  readonly batchCount: number;
  /** Rows of all record batches but the last. */
  readonly batchRows: number;
  /** All record batches but the last. */
  readonly full: BatchLayout;
  readonly last: BatchLayout;
  /** Before the footer's entries of record batches; empty in a stream. */
  readonly footerHead: Uint8Array;
  readonly fileBytes: number;
}

/** Lays out a file. */
export function fileLayout(spec: FileSpec): FileLayout {
  const { samplesPerFile, arrow } = spec.dataset;
  const leaves = [columnOf(spec)];
  const batchRows = Math.min(arrow.batchRows, samplesPerFile);
  const batchCount = Math.ceil(samplesPerFile / batchRows);
  const lastRows = samplesPerFile - (batchCount - 1) * batchRows;
  const head = headOf(leaves, arrow.isStream);
  const full = batchLayout(spec, batchRows);
  const last = batchLayout(spec, lastRows);
  const footerHead = arrow.isStream
    ? new Uint8Array(0)
    : footerHeadOf(leaves, batchCount);
  const tailBytes = arrow.isStream
    ? 0
    : footerHead.length + batchCount * BLOCK_BYTES + 4 + MAGIC.length;
  const fileBytes = head.length + (batchCount - 1) * batchBytes(full) +
    batchBytes(last) + END_OF_STREAM.length + tailBytes;
  return { head, batchCount, batchRows, full, last, footerHead, fileBytes };
}

/** Bytes of a record batch with its message. */
export function batchBytes({ message, bodyBytes }: BatchLayout): number {
  return message.length + bodyBytes;
}

/** Where a record batch begins. */
export function batchOffset(layout: FileLayout, batch: number): number {
  return layout.head.length + batch * batchBytes(layout.full);
}

/** The layout of one record batch of a file. */
export function batchAt(layout: FileLayout, batch: number): BatchLayout {
  return batch === layout.batchCount - 1 ? layout.last : layout.full;
}

function columnOf(spec: FileSpec): Leaf {
  const type = NUMBER_TYPES[spec.dataset.elementType];
  if (type === undefined) throw new RangeError("an element type without a row");
  return soleColumn(type, sampleElementCount(spec));
}

function headOf(leaves: readonly Leaf[], isStream: boolean): Uint8Array {
  const offset = isStream ? 0 : PADDED_MAGIC_BYTES;
  const schema = schemaMessage(leaves, { multiple: ALIGNMENT, offset });
  const head = new Uint8Array(offset + schema.length);
  if (!isStream) head.set(MAGIC);
  head.set(schema, offset);
  return head;
}

function batchLayout(spec: FileSpec, rows: number): BatchLayout {
  const dataBytes = rows * sampleBytes(spec);
  const bodyBytes = Math.ceil(dataBytes / ALIGNMENT) * ALIGNMENT;
  const message = batchMessage({
    rows,
    bodyBytes,
    nodes: [[rows, 0], [rows * sampleElementCount(spec), 0]],
    // Nothing is null, so the bitmaps of list and elements may be absent.
    buffers: [[0, 0], [0, 0], [0, dataBytes]],
  }, ALIGNMENT);
  return { rows, message, dataBytes, bodyBytes };
}

function footerHeadOf(leaves: readonly Leaf[], batchCount: number): Uint8Array {
  return flatBuffer([
    number(0, 2, METADATA_V5),
    reference(1, { table: schemaTable(leaves) }),
    reference(3, { structsBehind: batchCount }),
  ]);
}
