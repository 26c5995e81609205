/**
 * The footer's schema: a list of elements in depth-first order, the root
 * first.
 *
 * Spec: `SchemaElement` in
 * https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift
 */
import type { Leaf } from "./leaf.ts";
import { PHYSICAL_TYPE } from "./column_type.ts";
import { THRIFT_TYPE, type ThriftWriter } from "./thrift_writer.ts";

const REPETITION = { optional: 1, repeated: 2 } as const;

const CONVERTED_TYPE = {
  utf8: 0,
  list: 3,
  /** Of 8 bits; 16, 32 and 64 bits follow in order. */
  uint8: 11,
  int8: 15,
} as const;

/** Members of the union `LogicalType`. */
const LOGICAL_TYPE = { string: 1, list: 3, integer: 10, float16: 15 } as const;

/** Writes the schema as field `id` of the footer. */
export function writeSchema(
  writer: ThriftWriter,
  id: number,
  leaves: readonly Leaf[],
): void {
  let count = 1;
  for (const leaf of leaves) count += leaf.listSize === null ? 1 : 3;
  writer.listField(id, THRIFT_TYPE.struct, count);
  // What pyarrow and parquet-mr call the root.
  writeGroup(writer, "schema", null, leaves.length);
  for (const leaf of leaves) {
    if (leaf.listSize === null) {
      writeLeaf(writer, leaf.name, leaf);
    } else {
      writeGroup(writer, leaf.name, REPETITION.optional, 1);
      writeGroup(writer, "list", REPETITION.repeated, 1);
      writeLeaf(writer, "element", leaf);
    }
  }
}

function writeGroup(
  writer: ThriftWriter,
  name: string,
  repetition: number | null,
  childCount: number,
): void {
  writer.beginStruct();
  if (repetition !== null) writer.i32Field(3, repetition);
  writer.stringField(4, name);
  writer.i32Field(5, childCount);
  if (repetition === REPETITION.optional) {
    writer.i32Field(6, CONVERTED_TYPE.list);
    writeLogicalType(writer, LOGICAL_TYPE.list);
  }
  writer.endStruct();
}

function writeLeaf(writer: ThriftWriter, name: string, leaf: Leaf): void {
  const { type } = leaf;
  writer.beginStruct();
  writer.i32Field(1, type.physicalType);
  if (type.physicalType === PHYSICAL_TYPE.fixedLengthByteArray) {
    writer.i32Field(2, type.valueBytes);
  }
  writer.i32Field(3, REPETITION.optional);
  writer.stringField(4, name);
  if (type.arrowType === "utf8") {
    writer.i32Field(6, CONVERTED_TYPE.utf8);
    writeLogicalType(writer, LOGICAL_TYPE.string);
  } else if (type.arrowType === "int" && !isPhysical(leaf)) {
    const first = type.isSigned ? CONVERTED_TYPE.int8 : CONVERTED_TYPE.uint8;
    writer.i32Field(6, first + Math.log2(type.bitWidth / 8));
    writeIntegerType(writer, type.bitWidth, type.isSigned);
  } else if (type.arrowType === "float" && type.bitWidth === 16) {
    writeLogicalType(writer, LOGICAL_TYPE.float16);
  }
  writer.endStruct();
}

/** Whether the physical type alone says which integer it is. */
function isPhysical({ type }: Leaf): boolean {
  return type.isSigned && type.bitWidth >= 32;
}

function writeLogicalType(writer: ThriftWriter, member: number): void {
  writer.structField(10);
  writer.structField(member);
  writer.endStruct();
  writer.endStruct();
}

function writeIntegerType(
  writer: ThriftWriter,
  bitWidth: number,
  isSigned: boolean,
): void {
  writer.structField(10);
  writer.structField(LOGICAL_TYPE.integer);
  writer.byteField(1, bitWidth);
  writer.boolField(2, isSigned);
  writer.endStruct();
  writer.endStruct();
}
