/**
 * The datasets of an HDF5 file and their dimensions: `records_0` ...
 * `records_{K-1}` and `labels`, with K = `dataset.hdf5.num_dset_per_record`.
 * DLIO 2.0.0 knows one, `records`.
 *
 * A record's first dimension is divided among the K datasets, which all have
 * the shape [samples, first / K, ...rest], without the second axis where it
 * would be 1.
 *
 * Layout: DLIO's `data_generator/hdf5_generator.py`.
 */
import type { ElementType, FileSpec } from "../format.ts";
import { ELEMENT_BYTES } from "../format.ts";

/** A dataset before it has a place in the file. */
export interface ArrayShape {
  readonly name: string;
  readonly elementType: ElementType;
  readonly dims: readonly number[];
  /** Largest dimensions; null where they are `dims`. */
  readonly maxDims: readonly number[] | null;
  /** Dimensions of a chunk; null where the data is contiguous. */
  readonly chunkDims: readonly number[] | null;
}

/** Chunks without given dimensions are at most this long. */
const DEFAULT_CHUNK_BYTES = 2 ** 20;

/** Dimensions of each `records_k`. */
export function recordDims(spec: FileSpec): readonly number[] {
  const { samplesPerFile, hdf5 } = spec.dataset;
  const [first = 1, ...rest] = spec.sampleDims;
  const share = first / hdf5.datasetsPerRecord;
  // Two dimensions and one dataset are a drawn [height, width], which DLIO
  // keeps whole even if the height is 1.
  const isDrawn = hdf5.datasetsPerRecord === 1 && spec.sampleDims.length === 2;
  return share === 1 && !isDrawn
    ? [samplesPerFile, ...rest]
    : [samplesPerFile, share, ...rest];
}

/** All datasets of a file: the records in order, then the labels. */
export function arrayShapes(spec: FileSpec): readonly ArrayShape[] {
  const { elementType, samplesPerFile, compression, hdf5, dlioCompat } =
    spec.dataset;
  const dims = recordDims(spec);
  const maxDims = hdf5.maxShape.length === 0
    ? null
    : [samplesPerFile, ...hdf5.maxShape];
  const isChunked = hdf5.chunkDims.length > 0 || maxDims !== null ||
    compression !== "none";
  const chunkDims = hdf5.chunkDims.length > 0
    ? hdf5.chunkDims
    : defaultChunkDims(dims, ELEMENT_BYTES[elementType]);
  const records = Array.from(
    { length: hdf5.datasetsPerRecord },
    (_, k): ArrayShape => ({
      name: dlioCompat === "2.0.0" ? "records" : `records_${k}`,
      elementType,
      dims,
      maxDims,
      chunkDims: isChunked ? chunkDims : null,
    }),
  );
  const labels: ArrayShape = {
    name: "labels",
    elementType: "int64",
    dims: [samplesPerFile],
    maxDims: null,
    chunkDims: null,
  };
  return [...records, labels];
}

/** Bytes of an array or chunk. */
export function arrayBytes(
  dims: readonly number[],
  elementType: ElementType,
): number {
  let byteCount = ELEMENT_BYTES[elementType];
  for (const dim of dims) byteCount *= dim;
  return byteCount;
}

/** Chunks along each axis. */
export function chunkCounts(
  dims: readonly number[],
  chunkDims: readonly number[],
): number[] {
  return dims.map((dim, axis) => Math.ceil(dim / chunkDims[axis]!));
}

/**
 * Halves axes from the first on until a chunk is small: samples first, so
 * that a chunk has as few of them as possible.
 */
function defaultChunkDims(
  dims: readonly number[],
  elementBytes: number,
): number[] {
  const chunkDims = [...dims];
  const chunkBytes = () =>
    chunkDims.reduce((product, dim) => product * dim, elementBytes);
  for (let axis = 0; axis < chunkDims.length; axis++) {
    while (chunkDims[axis]! > 1 && chunkBytes() > DEFAULT_CHUNK_BYTES) {
      chunkDims[axis] = Math.ceil(chunkDims[axis]! / 2);
    }
  }
  return chunkDims;
}
