/**
 * Object headers of version 1: what a dataset or group is, as messages.
 *
 *    1  version      1      message:  2  type
 *    1  reserved                      2  bytes of content, a multiple of 8
 *    2  messages                      1  flags
 *    4  references   1                3  reserved
 *    4  bytes of all messages         ...  content
 *    4  padding
 *
 * Spec: HDF5 File Format Specification 3.0, section IV.A.
 */
import type { Field } from "../../bytes/little_endian.ts";
import { concatBytes } from "../../bytes/concat_bytes.ts";
import { packLittleEndian } from "../../bytes/little_endian.ts";
import type { ElementType } from "../format.ts";
import { ELEMENT_BYTES } from "../format.ts";

/** An address that points nowhere. */
export const NO_ADDRESS: readonly Field[] = [[4, 0xffffffff], [4, 0xffffffff]];

/** A filter that chunks pass through. */
export interface Filter {
  /** Number registered with The HDF Group. */
  readonly id: number;
  /** Name; empty for HDF5's own filters. */
  readonly name: string;
  /** The filter's parameters. */
  readonly values: readonly number[];
}

interface FloatBits {
  readonly exponentBits: number;
  readonly mantissaBits: number;
  readonly bias: number;
}

const HEADER_VERSION = 1;
const HEADER_BYTES = 16;
const MESSAGE_HEAD_BYTES = 8;

const FLOATS: Readonly<Partial<Record<ElementType, FloatBits>>> = {
  float16: { exponentBits: 5, mantissaBits: 10, bias: 15 },
  float32: { exponentBits: 8, mantissaBits: 23, bias: 127 },
  float64: { exponentBits: 11, mantissaBits: 52, bias: 1023 },
};

/** Wraps messages. */
export function objectHeader(messages: readonly Uint8Array[]): Uint8Array {
  const content = concatBytes(messages);
  return concatBytes([
    packLittleEndian([
      [1, HEADER_VERSION],
      [1, 0],
      [2, messages.length],
      [4, 1],
      [4, content.length],
      [4, 0],
    ]),
    content,
  ]);
}

/** Length of an object header with messages of such contents. */
export function objectHeaderBytes(messages: readonly Uint8Array[]): number {
  return messages.reduce((sum, { length }) => sum + length, HEADER_BYTES);
}

/** Dataspace: rank and dimensions. */
export function dataspaceMessage(
  dims: readonly number[],
  maxDims: readonly number[] | null,
): Uint8Array {
  const allDims = maxDims === null ? dims : [...dims, ...maxDims];
  return message(0x01, [
    [1, 1],
    [1, dims.length],
    [1, maxDims === null ? 0 : 1],
    [1, 0],
    [4, 0],
    ...allDims.map((dim): Field => [8, dim]),
  ]);
}

/** Datatype: a little-endian integer or IEEE 754 number. */
export function datatypeMessage(elementType: ElementType): Uint8Array {
  const byteCount = ELEMENT_BYTES[elementType];
  const bits = byteCount * 8;
  const float = FLOATS[elementType];
  if (float === undefined) {
    const isSigned = elementType.startsWith("int");
    return message(0x03, [
      [1, 0x10], // version 1, class 0: fixed-point
      [1, isSigned ? 0b1000 : 0],
      [2, 0],
      [4, byteCount],
      [2, 0], // offset of the first bit
      [2, bits],
    ]);
  }
  const { exponentBits, mantissaBits, bias } = float;
  return message(0x03, [
    [1, 0x11], // version 1, class 1: floating-point
    [1, 0b0010_0000], // the mantissa's top bit is implied
    [1, bits - 1], // place of the sign
    [1, 0],
    [4, byteCount],
    [2, 0],
    [2, bits],
    [1, mantissaBits], // place of the exponent
    [1, exponentBits],
    [1, 0], // place of the mantissa
    [1, mantissaBits],
    [4, bias],
  ]);
}

/** Fill value: the default, zero, written if anything is. */
export function fillValueMessage(): Uint8Array {
  // Version 2, space allocated late, written if set, default value.
  return message(0x05, [[1, 2], [1, 2], [1, 2], [1, 1], [4, 0]]);
}

/** Layout of data in one piece. */
export function contiguousMessage(
  address: number,
  byteCount: number,
): Uint8Array {
  return message(0x08, [[1, 3], [1, 1], [8, address], [8, byteCount]]);
}

/** Layout of data in chunks that a B-tree finds. */
export function chunkedMessage(
  treeAddress: number,
  chunkDims: readonly number[],
  elementBytes: number,
): Uint8Array {
  return message(0x08, [
    [1, 3],
    [1, 2],
    [1, chunkDims.length + 1],
    [8, treeAddress],
    ...chunkDims.map((dim): Field => [4, dim]),
    [4, elementBytes],
  ]);
}

/** Filter pipeline of one filter, skipped for chunks that it would grow. */
export function filterMessage(filter: Filter): Uint8Array {
  const { id, name, values } = filter;
  const nameBytes = name === "" ? 0 : ceilTo8(name.length + 1);
  const text = Array.from(
    { length: nameBytes },
    (_, i): Field => [1, i < name.length ? name.charCodeAt(i) : 0],
  );
  return message(0x0b, [
    [1, 1],
    [1, 1],
    [2, 0],
    [4, 0],
    [2, id],
    [2, nameBytes],
    [2, 1], // optional
    [2, values.length],
    ...text,
    ...values.map((value): Field => [4, value]),
    // An odd number of parameters is padded.
    ...(values.length % 2 === 1 ? [[4, 0] as Field] : []),
  ]);
}

/** Symbol table: where a group's names are. */
export function symbolTableMessage(
  treeAddress: number,
  heapAddress: number,
): Uint8Array {
  return message(0x11, [[8, treeAddress], [8, heapAddress]]);
}

function message(type: number, fields: readonly Field[]): Uint8Array {
  const content = packLittleEndian(fields);
  const contentBytes = ceilTo8(content.length);
  const bytes = new Uint8Array(MESSAGE_HEAD_BYTES + contentBytes);
  bytes.set(packLittleEndian([[2, type], [2, contentBytes], [4, 0]]));
  bytes.set(content, MESSAGE_HEAD_BYTES);
  return bytes;
}

function ceilTo8(byteCount: number): number {
  return Math.ceil(byteCount / 8) * 8;
}
