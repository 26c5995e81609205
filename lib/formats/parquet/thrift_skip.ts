/**
 * Skips compact Thrift that is not needed: four fifths of the footer of a dlrm
 * file, so opening such a file spends its time in this loop.
 *
 * Free functions on local variables take 1 ns per byte, methods on private
 * fields take three. A read beyond the end gives `undefined`, which ends every
 * loop here; the position shows it afterwards.
 *
 * For the layout see `thrift_writer.ts`.
 */
import { failAtEnd, ThriftSyntaxError } from "./thrift_error.ts";
import { THRIFT_TYPE } from "./thrift_writer.ts";

/** Structs and lists inside each other; Parquet has less than ten. */
const MAX_DEPTH = 32;

/** Of a field: its type is its value. Of an element: a byte. */
const FIELD_TRUTH_BYTES = 0;
const ELEMENT_TRUTH_BYTES = 1;

/**
 * Steps over the fields of a struct.
 *
 * @param start Offset of a field.
 * @param outerDepth Structs and lists around it.
 * @returns Offset behind the struct.
 * @throws {ThriftSyntaxError} If it does not end inside `bytes`.
 */
export function skipStruct(
  bytes: Uint8Array,
  start: number,
  outerDepth = 0,
): number {
  let position = start;
  let depth = outerDepth + 1;
  while (depth > outerDepth) {
    const header = bytes[position++];
    if (header === 0) {
      depth--;
      continue;
    }
    if (header === undefined) failAtEnd(bytes, position);
    // A field's id, where it is too far from the last for 4 bits.
    if (header < 0x10) { while (bytes[position++]! > 0x7f); }
    const type = header & 0x0f;
    if (type === THRIFT_TYPE.i32 || type === THRIFT_TYPE.i64) {
      while (bytes[position++]! > 0x7f);
    } else if (type === THRIFT_TYPE.struct) {
      if (++depth > MAX_DEPTH) failTooDeep(position);
    } else {
      position = skipValue(bytes, position, type, depth, FIELD_TRUTH_BYTES);
    }
  }
  if (position > bytes.length) failAtEnd(bytes, position);
  return position;
}

/**
 * Steps over the value of a field.
 *
 * @param type Of the field.
 * @returns Offset behind the value.
 * @throws {ThriftSyntaxError} If it does not end inside `bytes`.
 */
export function skipField(
  bytes: Uint8Array,
  start: number,
  type: number,
): number {
  const end = skipValue(bytes, start, type, 0, FIELD_TRUTH_BYTES);
  if (end > bytes.length) failAtEnd(bytes, end);
  return end;
}

/** @returns Offset behind the value, which may be behind the end. */
function skipValue(
  bytes: Uint8Array,
  start: number,
  type: number,
  depth: number,
  truthBytes: number,
): number {
  let position = start;
  switch (type) {
    case THRIFT_TYPE.true:
    case THRIFT_TYPE.false:
      return position + truthBytes;
    case THRIFT_TYPE.byte:
      return position + 1;
    case THRIFT_TYPE.i16:
    case THRIFT_TYPE.i32:
    case THRIFT_TYPE.i64:
      while (bytes[position++]! > 0x7f);
      return position;
    case THRIFT_TYPE.double:
      return position + 8;
    case THRIFT_TYPE.binary:
      return skipBinary(bytes, position);
    case THRIFT_TYPE.list:
    case THRIFT_TYPE.set:
      return skipList(bytes, position, depth + 1);
    case THRIFT_TYPE.map:
      return skipMap(bytes, position, depth + 1);
    case THRIFT_TYPE.struct:
      if (depth >= MAX_DEPTH) failTooDeep(position);
      return skipStruct(bytes, position, depth);
  }
  throw new ThriftSyntaxError(position, `there is no Thrift type ${type}`);
}

function skipBinary(bytes: Uint8Array, start: number): number {
  const short = bytes[start]!;
  if (short < 0x80) return start + 1 + short;
  return varintEnd(bytes, start) + varintAt(bytes, start);
}

function skipList(bytes: Uint8Array, start: number, depth: number): number {
  if (depth > MAX_DEPTH) failTooDeep(start);
  const header = bytes[start] ?? failAtEnd(bytes, start);
  const type = header & 0x0f;
  let position = start + 1;
  let count = header >>> 4;
  if (count === 15) {
    count = varintAt(bytes, position);
    position = varintEnd(bytes, position);
  }
  checkCount(bytes, position, count);
  for (let i = 0; i < count; i++) {
    position = skipValue(bytes, position, type, depth, ELEMENT_TRUTH_BYTES);
  }
  return position;
}

function skipMap(bytes: Uint8Array, start: number, depth: number): number {
  if (depth > MAX_DEPTH) failTooDeep(start);
  const count = varintAt(bytes, start);
  let position = varintEnd(bytes, start);
  if (count === 0) return position;
  const types = bytes[position++] ?? failAtEnd(bytes, position);
  checkCount(bytes, position, count);
  for (let i = 0; i < count; i++) {
    for (const type of [types >>> 4, types & 0x0f]) {
      position = skipValue(bytes, position, type, depth, ELEMENT_TRUTH_BYTES);
    }
  }
  return position;
}

/** Every element has a byte at least: more cannot be there. */
function checkCount(bytes: Uint8Array, position: number, count: number): void {
  const leftBytes = bytes.length - position;
  if (count > leftBytes) {
    throw new ThriftSyntaxError(
      position,
      `${count} elements cannot be in ${leftBytes} bytes`,
    );
  }
}

function varintAt(bytes: Uint8Array, start: number): number {
  const end = varintEnd(bytes, start);
  let value = 0;
  for (let i = end - 1; i >= start; i--) {
    value = value * 128 + (bytes[i]! & 0x7f);
  }
  return value;
}

function varintEnd(bytes: Uint8Array, start: number): number {
  let position = start;
  while (bytes[position++]! > 0x7f);
  if (position > bytes.length) failAtEnd(bytes, position);
  return position;
}

function failTooDeep(position: number): never {
  throw new ThriftSyntaxError(
    position,
    `structs must not be nested deeper than ${MAX_DEPTH}`,
  );
}
