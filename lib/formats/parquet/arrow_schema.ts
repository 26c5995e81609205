/**
 * The Arrow schema that a Parquet file carries as key-value metadata, without
 * which pyarrow would read a FixedSizeList back as a list of any length.
 *
 *    bytes  field
 *        4  0xFFFFFFFF, continuation
 *        4  length of what follows, little-endian
 *        …  flatbuffer `Message` with a `Schema`, padded to 8 bytes
 *
 * all of it in base64. The numbers in `add…` are slots of the tables of
 * https://github.com/apache/arrow/blob/main/format/Schema.fbs and Message.fbs
 */
import { Builder } from "flatbuffers";
import type { ColumnType } from "./column_type.ts";
import type { Leaf } from "./leaf.ts";

/** Key of the metadata. */
export const ARROW_SCHEMA_KEY = "ARROW:schema";

const METADATA_V5 = 4;
const MESSAGE_SCHEMA = 1;

/** Members of the union `Type`. */
const TYPE = {
  int: 2,
  float: 3,
  binary: 4,
  utf8: 5,
  bool: 6,
  fixedSizeList: 16,
} as const;

/** `Precision` of a float by its bits. */
const PRECISION: Readonly<Record<number, number>> = { 16: 0, 32: 1, 64: 2 };

const CONTINUATION = 0xffffffff;

/** The schema of a file's columns, in base64. */
export function arrowSchema(leaves: readonly Leaf[]): string {
  const builder = new Builder(1024);
  const fields = leaves.map((leaf) => addColumn(builder, leaf));
  const fieldVector = addOffsets(builder, fields);
  builder.startObject(4);
  builder.addFieldOffset(1, fieldVector, 0);
  const schema = builder.endObject();
  builder.startObject(5);
  builder.addFieldInt16(0, METADATA_V5, 0);
  builder.addFieldInt8(1, MESSAGE_SCHEMA, 0);
  builder.addFieldOffset(2, schema, 0);
  builder.finish(builder.endObject());
  return toBase64(encapsulate(builder.asUint8Array()));
}

function addColumn(builder: Builder, leaf: Leaf): number {
  if (leaf.listSize === null) return addScalar(builder, leaf.name, leaf.type);
  const item = addScalar(builder, "element", leaf.type);
  const children = addOffsets(builder, [item]);
  builder.startObject(1);
  builder.addFieldInt32(0, leaf.listSize, 0);
  const type = builder.endObject();
  return addField(builder, leaf.name, TYPE.fixedSizeList, type, children);
}

function addScalar(builder: Builder, name: string, type: ColumnType): number {
  const children = addOffsets(builder, []);
  builder.startObject(2);
  if (type.arrowType === "int") {
    builder.addFieldInt32(0, type.bitWidth, 0);
    builder.addFieldInt8(1, type.isSigned ? 1 : 0, 0);
  } else if (type.arrowType === "float") {
    builder.addFieldInt16(0, PRECISION[type.bitWidth]!, 0);
  }
  const table = builder.endObject();
  return addField(builder, name, TYPE[type.arrowType], table, children);
}

function addField(
  builder: Builder,
  name: string,
  typeMember: number,
  type: number,
  children: number,
): number {
  const nameOffset = builder.createString(name);
  builder.startObject(7);
  builder.addFieldOffset(0, nameOffset, 0);
  builder.addFieldInt8(1, 1, 0); // nullable
  builder.addFieldInt8(2, typeMember, 0);
  builder.addFieldOffset(3, type, 0);
  builder.addFieldOffset(5, children, 0);
  return builder.endObject();
}

function addOffsets(builder: Builder, offsets: readonly number[]): number {
  builder.startVector(4, offsets.length, 4);
  for (const offset of offsets.toReversed()) builder.addOffset(offset);
  return builder.endVector();
}

function encapsulate(message: Uint8Array): Uint8Array {
  const paddedBytes = Math.ceil(message.length / 8) * 8;
  const bytes = new Uint8Array(8 + paddedBytes);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, CONTINUATION, true);
  view.setUint32(4, paddedBytes, true);
  bytes.set(message, 8);
  return bytes;
}

function toBase64(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}
