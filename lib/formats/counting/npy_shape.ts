/**
 * Reads the shape of an array from the head of an NPY file, of version 1, 2
 * or 3, ours or anyone's.
 *
 *    offset  bytes  field
 *         0      6  magic "\x93NUMPY"
 *         6      2  version
 *         8    2|4  headerBytes, little-endian; 4 from version 2 on
 *      10|12     ...  a Python dict with 'descr', 'fortran_order', 'shape'
 *
 * Spec: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
import type { ByteSource } from "../../bytes/byte_source.ts";
import type { Steps } from "../../bytes/steps.ts";
import { FormatError } from "../../errors.ts";
import { fileKind } from "../file_magic.ts";

/** What is looked at: nearly every header is shorter than this. */
export const NPY_HEAD_BYTES = 512;

const SHAPE_REGEXP = /['"]shape['"]\s*:\s*\(([^)]*)\)/;
const DESCR_REGEXP = /['"]descr['"]\s*:\s*(?:['"]([^'"]*)['"]|(\[[^\]]*\]))/;

/** An array as its header has it. */
export interface NpyHeader {
  /** Lengths of the axes; none: one value. */
  readonly shape: readonly number[];
  /** NumPy's name of the type of its elements: "<f4", or a list of fields. */
  readonly dtype: string;
}

/**
 * Reads the header of an NPY file.
 *
 * @throws {FormatError} If it is none.
 */
export function* readNpyHeader(source: ByteSource): Steps<number, NpyHeader> {
  const head = new Uint8Array(Math.min(NPY_HEAD_BYTES, source.byteLength));
  const readBytes = yield source.readInto(head, 0);
  const begin = head.subarray(0, readBytes);
  const neededBytes = npyHeadBytes(begin, source.path);
  if (neededBytes <= begin.length) return parseNpyHeader(begin, source.path);
  const whole = new Uint8Array(Math.min(neededBytes, source.byteLength));
  const wholeBytes = yield source.readInto(whole, 0);
  return parseNpyHeader(whole.subarray(0, wholeBytes), source.path);
}

/**
 * How long the head is, up to the data.
 *
 * @throws {FormatError} If the bytes begin no NPY file.
 */
export function npyHeadBytes(begin: Uint8Array, path: string): number {
  if (begin.length < 12 || fileKind(begin) !== "NumPy") {
    const kind = fileKind(begin);
    const found = kind === null ? "it does not" : `it begins as ${kind}`;
    throw new FormatError(
      path,
      0,
      `an array of NumPy must begin with "\\x93NUMPY": ${found}`,
    );
  }
  const view = new DataView(begin.buffer, begin.byteOffset, begin.length);
  return begin[6] === 1
    ? 10 + view.getUint16(8, true)
    : 12 + view.getUint32(8, true);
}

/**
 * Reads a header.
 *
 * @param begin The file's first bytes: up to the data, or more.
 * @throws {FormatError} If they are no such header.
 */
export function parseNpyHeader(begin: Uint8Array, path: string): NpyHeader {
  const headBytes = npyHeadBytes(begin, path);
  if (headBytes > begin.length) {
    throw new FormatError(
      path,
      begin.length,
      `the header must have ${headBytes} bytes, the file ends before`,
    );
  }
  const text = new TextDecoder().decode(begin.subarray(10, headBytes));
  const axes = SHAPE_REGEXP.exec(text)?.[1];
  // Version 1 of Python 2 wrote lengths as "12L".
  const shape = (axes ?? "?").split(",").map((axis) => axis.trim())
    .filter((axis) => axis !== "").map((axis) =>
      Number(axis.replace(/L$/, ""))
    );
  if (!shape.every((axis) => Number.isSafeInteger(axis) && axis >= 0)) {
    throw new FormatError(path, 10, `the header must have a shape: it has not`);
  }
  const descr = DESCR_REGEXP.exec(text);
  return { shape, dtype: descr?.[1] ?? descr?.[2] ?? "unknown" };
}
