/**
 * What is inside of files of arrays: NPY, NPZ, HDF5.
 */
import type { ByteSource } from "../../bytes/byte_source.ts";
import { runSteps } from "../../bytes/steps.ts";
import { readNpzArrays } from "../counting/array_counts.ts";
import { readHdf5Arrays } from "../counting/hdf5_arrays.ts";
import { readNpyHeader } from "../counting/npy_shape.ts";
import type { FileInside } from "./file_inside.ts";

/** The array of an NPY file. */
export async function npyInside(source: ByteSource): Promise<FileInside> {
  const { shape, dtype } = await runSteps(readNpyHeader(source));
  return {
    compression: [],
    groups: null,
    parts: [
      { name: "array", type: dtype, shape, storedBytes: source.byteLength },
    ],
  };
}

/** The arrays of an NPZ file. */
export async function npzInside(source: ByteSource): Promise<FileInside> {
  const arrays = await runSteps(readNpzArrays(source));
  return {
    compression: arrays.some(({ isDeflated }) => isDeflated) ? ["deflate"] : [],
    groups: null,
    parts: arrays.map(({ name, dtype, shape, archivedBytes }) => ({
      name,
      type: dtype,
      shape,
      storedBytes: archivedBytes,
    })),
  };
}

/** The datasets of an HDF5 file, by h5wasm; chunks are of the largest. */
export async function hdf5Inside(source: ByteSource): Promise<FileInside> {
  const arrays = (await readHdf5Arrays(source))
    .toSorted((a, b) => b.dataBytes - a.dataBytes);
  const chunked = arrays.find(({ chunkDims }) => chunkDims !== null);
  const chunkDims = chunked?.chunkDims ?? null;
  return {
    compression: [...new Set(arrays.flatMap(({ filters }) => filters))].sort(),
    groups: chunked === undefined || chunkDims === null ? null : {
      name: `chunks of ${chunked.name}`,
      count: chunkDims.reduce(
        (product, dim, axis) =>
          product * Math.ceil((chunked.shape[axis] ?? 1) / dim),
        1,
      ),
      samples: chunkDims[0] ?? null,
    },
    parts: arrays.map(({ name, dtype, shape, filters, dataBytes }) => ({
      name,
      type: dtype,
      shape,
      // What a filter makes of it, only reading shows.
      storedBytes: filters.length === 0 ? dataBytes : null,
    })),
  };
}
