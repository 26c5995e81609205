/**
 * NPY 1.0: what stands before the data of one array, byte for byte as
 * numpy.save writes it.
 *
 *    offset  bytes  field
 *         0      6  magic "\x93NUMPY"
 *         6      2  version 1, 0
 *         8      2  headerBytes, little-endian
 *        10      ...  Python dict, padded with spaces, last byte "\n"
 *    10 + headerBytes  the data, C order
 *
 * Invariant: the data starts at a multiple of 64.
 * Spec: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
import { concatBytes } from "../bytes/concat_bytes.ts";
import { packLittleEndian } from "../bytes/little_endian.ts";
import type { ElementType } from "./format.ts";

const MAGIC = Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59);
const PREAMBLE_BYTES = 10;
const DATA_ALIGNMENT_BYTES = 64;
const MAX_HEADER_BYTES = 65535;
/** Digits that NumPy keeps room for, so that the first axis can grow. */
const GROWTH_AXIS_DIGITS = 21;

const DESCR: Readonly<Record<ElementType, string>> = {
  uint8: "|u1",
  uint16: "<u2",
  uint32: "<u4",
  uint64: "<u8",
  int8: "|i1",
  int16: "<i2",
  int32: "<i4",
  int64: "<i8",
  float16: "<f2",
  float32: "<f4",
  float64: "<f8",
};

/**
 * The bytes before the data.
 *
 * @param shape Axis lengths, at least one axis.
 * @throws {RangeError} If the dict does not fit version 1.0's 16 bits.
 */
export function npyHeader(
  elementType: ElementType,
  shape: readonly number[],
): Uint8Array {
  const text = dictText(elementType, shape);
  // + 1 for the newline, which the spec counts as part of the header. A dict
  // that is aligned already still gets 64 spaces: NumPy does so.
  const unpaddedBytes = PREAMBLE_BYTES + text.length + 1;
  const paddingBytes = DATA_ALIGNMENT_BYTES -
    unpaddedBytes % DATA_ALIGNMENT_BYTES;
  const headerBytes = text.length + 1 + paddingBytes;
  if (headerBytes > MAX_HEADER_BYTES) {
    throw new RangeError(
      `Cannot write an NPY header as it must be <= ${MAX_HEADER_BYTES} bytes: ` +
        `current value is ${headerBytes}`,
    );
  }
  return concatBytes([
    MAGIC,
    packLittleEndian([[1, 1], [1, 0], [2, headerBytes]]),
    new TextEncoder().encode(`${text}${" ".repeat(paddingBytes)}\n`),
  ]);
}

function dictText(elementType: ElementType, shape: readonly number[]): string {
  const descr = DESCR[elementType];
  // A tuple of one has a comma in Python.
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
  const dict =
    `{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const growthSpaces = GROWTH_AXIS_DIGITS - String(shape[0]).length;
  return dict + " ".repeat(Math.max(0, growthSpaces));
}
