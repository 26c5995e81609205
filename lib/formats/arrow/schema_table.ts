/**
 * Arrow's schema as a FlatBuffers table: one field per column, a scalar or a
 * FixedSizeList.
 *
 * Slots are those of the tables of
 * https://github.com/apache/arrow/blob/main/format/Schema.fbs
 */
import type { ColumnType } from "../parquet/column_type.ts";
import type { Leaf } from "../parquet/leaf.ts";
import type {
  FlatNumber,
  FlatReference,
  FlatTable,
  FlatTarget,
} from "./flat_buffer.ts";

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

/** The table `Schema` of columns. */
export function schemaTable(leaves: readonly Leaf[]): FlatTable {
  return [reference(1, { tables: leaves.map(columnField) })];
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

/** A number in a slot of a table. */
export function number(
  slot: number,
  byteCount: FlatNumber["byteCount"],
  value: number,
): FlatNumber {
  return { slot, byteCount, value };
}

/** A reference in a slot of a table. */
export function reference(slot: number, target: FlatTarget): FlatReference {
  return { slot, target };
}
