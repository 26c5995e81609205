/**
 * The footer of a file, written piece by piece: that of 153,600 column
 * chunks is 9 MB long.
 *
 * Spec: `FileMetaData`, `RowGroup` and `ColumnMetaData` in
 * https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift
 */
import { ARROW_SCHEMA_KEY, arrowSchema } from "./arrow_schema.ts";
import type { ChunkLayout } from "./chunk_layout.ts";
import { type FileLayout, type GroupLayout, MAGIC } from "./file_layout.ts";
import { pathOf } from "./leaf.ts";
import { writeSchema } from "./schema.ts";
import { THRIFT_TYPE, ThriftWriter } from "./thrift_writer.ts";

const FORMAT_VERSION = 2;
const CODEC_UNCOMPRESSED = 0;

/** Field of ColumnChunk that is a ColumnMetaData. */
const CHUNK_METADATA = 3;
/** Last field of ColumnMetaData that {@linkcode chunkHead} writes. */
const LAST_HEAD_FIELD = 5;

/** Readers look for "parquet-... version ..." only to work around old writers. */
const CREATED_BY = "stoker";

/** Lengths of what compression made of the chunks, in file order. */
export interface ChunkLengths {
  readonly chunkBytes: Float64Array;
  readonly dictionaryBytes: Float64Array;
}

/**
 * All that follows the row groups.
 *
 * @param lengths Of compressed chunks; null where nothing is compressed.
 * @returns Pieces, each valid until the next is requested.
 */
export function* footerPieces(
  layout: FileLayout,
  lengths: ChunkLengths | null,
): Generator<Uint8Array, void> {
  const writer = new ThriftWriter();
  writer.beginStruct();
  writer.i32Field(1, FORMAT_VERSION);
  writeSchema(writer, 2, layout.leaves);
  writer.i64Field(3, layout.rows);
  writer.listField(4, THRIFT_TYPE.struct, layout.groupCount);
  const codec = layout.codec?.code ?? CODEC_UNCOMPRESSED;
  const heads = new Map<GroupLayout, Uint8Array[]>();
  let footerBytes = 0;
  let firstChunk = 0;
  let offset = MAGIC.length;
  for (const group of layout.groups()) {
    let groupHeads = heads.get(group);
    if (groupHeads === undefined) {
      groupHeads = group.chunks.map((chunk) => chunkHead(chunk, codec));
      heads.set(group, groupHeads);
    }
    offset = writeGroup(writer, group, groupHeads, lengths, firstChunk, offset);
    firstChunk += group.chunks.length;
    footerBytes += writer.length;
    yield writer.view();
    writer.clear();
  }
  writeKeyValues(writer, layout);
  writer.stringField(6, CREATED_BY);
  writer.endStruct();
  footerBytes += writer.length;
  yield writer.view();
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, footerBytes, true);
  yield length;
  yield MAGIC;
}

/** @returns Offset of the next row group. */
function writeGroup(
  writer: ThriftWriter,
  group: GroupLayout,
  heads: readonly Uint8Array[],
  lengths: ChunkLengths | null,
  firstChunk: number,
  firstOffset: number,
): number {
  let offset = firstOffset;
  writer.beginStruct();
  writer.listField(1, THRIFT_TYPE.struct, group.chunks.length);
  for (let i = 0; i < group.chunks.length; i++) {
    const chunk = group.chunks[i]!;
    const chunkBytes = lengths?.chunkBytes[firstChunk + i] ?? chunk.byteCount;
    const dictionaryBytes = lengths?.dictionaryBytes[firstChunk + i] ??
      chunk.dictionary?.bytes.length ?? 0;
    writeChunk(writer, heads[i]!, chunk, offset, chunkBytes, dictionaryBytes);
    offset += chunkBytes;
  }
  writer.i64Field(2, group.byteCount);
  writer.i64Field(3, group.rows);
  writer.i64Field(5, firstOffset);
  writer.i64Field(6, offset - firstOffset);
  writer.endStruct();
  return offset;
}

/**
 * The head of a chunk's metadata, up to what differs from row group to row
 * group: made once, since a file has so many.
 */
function chunkHead(chunk: ChunkLayout, codec: number): Uint8Array {
  const writer = new ThriftWriter();
  writer.beginStruct();
  // file_offset: deprecated, "writers should set this field to 0".
  writer.i64Field(2, 0);
  writer.structField(CHUNK_METADATA);
  writer.i32Field(1, chunk.leaf.type.physicalType);
  writer.listField(2, THRIFT_TYPE.i32, chunk.encodings.length);
  for (const encoding of chunk.encodings) writer.integer(encoding);
  const path = pathOf(chunk.leaf);
  writer.listField(3, THRIFT_TYPE.binary, path.length);
  for (const name of path) writer.string(name);
  writer.i32Field(4, codec);
  writer.i64Field(LAST_HEAD_FIELD, chunk.valueCount);
  return writer.toBytes();
}

function writeChunk(
  writer: ThriftWriter,
  head: Uint8Array,
  chunk: ChunkLayout,
  offset: number,
  chunkBytes: number,
  dictionaryBytes: number,
): void {
  writer.raw(head);
  writer.beginStruct(CHUNK_METADATA);
  writer.beginStruct(LAST_HEAD_FIELD);
  writer.i64Field(6, chunk.byteCount);
  writer.i64Field(7, chunkBytes);
  writer.i64Field(9, offset + dictionaryBytes);
  if (dictionaryBytes > 0) writer.i64Field(11, offset);
  writer.endStruct();
  writer.endStruct();
}

function writeKeyValues(writer: ThriftWriter, layout: FileLayout): void {
  writer.listField(5, THRIFT_TYPE.struct, 1);
  writer.beginStruct();
  writer.stringField(1, ARROW_SCHEMA_KEY);
  writer.stringField(2, arrowSchema(layout.leaves));
  writer.endStruct();
}
