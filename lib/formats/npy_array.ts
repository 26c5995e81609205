/**
 * The arrays that NPY and NPZ files hold, as DLIO shapes them.
 *
 *    x  record_element_type [...sampleDims, samplesPerFile], C order: random
 *    y  int64 [samplesPerFile]: zeros
 *
 * Payload byte i of x is byte i of the file's random stream.
 */
import { ELEMENT_BYTES, type FileSpec, sampleBytes } from "./format.ts";
import { npyHeader } from "./npy_header.ts";

/** NumPy 2's limit of axes. */
const MAX_AXES = 64;

/** One array as it stands in a file. */
export interface NpyArray {
  readonly header: Uint8Array;
  /** Bytes of the data behind the header. */
  readonly dataBytes: number;
  readonly content: "random" | "zeros";
}

/** The samples. */
export function sampleArray(spec: FileSpec): NpyArray {
  const { elementType, samplesPerFile } = spec.dataset;
  return {
    header: npyHeader(elementType, [...spec.sampleDims, samplesPerFile]),
    dataBytes: sampleBytes(spec) * samplesPerFile,
    content: "random",
  };
}

/** The labels. */
export function labelArray(spec: FileSpec): NpyArray {
  const { samplesPerFile } = spec.dataset;
  return {
    header: npyHeader("int64", [samplesPerFile]),
    dataBytes: ELEMENT_BYTES.int64 * samplesPerFile,
    content: "zeros",
  };
}

/** Bytes of an array with its header. */
export function npyBytes(array: NpyArray): number {
  return array.header.length + array.dataBytes;
}

/** Says what NumPy could not load. */
export function axisProblems(formatName: string, spec: FileSpec): string[] {
  const axisCount = spec.sampleDims.length + 1;
  if (axisCount <= MAX_AXES) return [];
  return [
    `Cannot use ${spec.sampleDims.length} sample dims in format ` +
    `${formatName}: with the axis of samples there must be at most ` +
    `${MAX_AXES}, NumPy's limit`,
  ];
}
