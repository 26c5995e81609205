/**
 * The Arrow schema that a Parquet file carries as key-value metadata, without
 * which pyarrow would read a FixedSizeList back as a list of any length.
 *
 *    bytes  field
 *        4  0xFFFFFFFF, continuation
 *        4  length of what follows, little-endian
 *        …  flatbuffer `Message` with a `Schema`, padded to 8 bytes
 *
 * all of it in base64. Slots are those of the tables of
 * https://github.com/apache/arrow/blob/main/format/Schema.fbs and Message.fbs
 */
import type { ColumnType } from "./column_type.ts";
import { flatBuffer, type FlatTable, type FlatTarget } from "./flat_buffer.ts";
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
  const schema = [reference(1, { tables: leaves.map(columnField) })];
  const message = flatBuffer([
    number(0, 2, METADATA_V5),
    number(1, 1, MESSAGE_SCHEMA),
    reference(2, { table: schema }),
  ]);
  return toBase64(encapsulate(message));
}

function columnField(leaf: Leaf): FlatTable {
  if (leaf.listSize === null) return scalarField(leaf.name, leaf.type);
  const list = [number(0, 4, leaf.listSize)];
  const element = scalarField("element", leaf.type);
  return field(leaf.name, TYPE.fixedSizeList, list, [element]);
}

function scalarField(name: string, type: ColumnType): FlatTable {
  return field(name, TYPE[type.arrowType], scalarType(type), []);
}

function scalarType(type: ColumnType): FlatTable {
  switch (type.arrowType) {
    case "int":
      return [number(0, 4, type.bitWidth), number(1, 1, +type.isSigned)];
    case "float":
      return [number(0, 2, PRECISION[type.bitWidth]!)];
    case "bool":
    case "binary":
    case "utf8":
      return [];
  }
}

function field(
  name: string,
  typeMember: number,
  type: FlatTable,
  children: readonly FlatTable[],
): FlatTable {
  return [
    reference(0, { text: name }),
    number(1, 1, 1), // nullable
    number(2, 1, typeMember),
    reference(3, { table: type }),
    reference(5, { tables: children }),
  ];
}

function number(slot: number, byteCount: 1 | 2 | 4, value: number) {
  return { slot, byteCount, value };
}

function reference(slot: number, target: FlatTarget) {
  return { slot, target };
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
