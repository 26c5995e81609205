/**
 * HDF5: datasets `records_k` and `labels`, written front to back.
 *
 * Stream: dataset after dataset. A contiguous dataset is the stream's bytes in
 * C order. A chunked one is chunk after chunk, each in C order, and a whole
 * chunk also where it extends beyond the dataset. Labels are zero.
 *
 * Compression: "gzip" compresses twice, because the front of the file contains
 * the length of every chunk and of the file. The first pass finds the lengths
 * and keeps 8 bytes per chunk; the second one writes. Memory stays at a few
 * chunks. "lzf" never makes a random chunk shorter. h5py then stores such a
 * chunk raw and marks it: files have the filter and raw chunks.
 *
 * Layout: DLIO's `data_generator/hdf5_generator.py`; spec: the files of `hdf5/`.
 */
import { lazyImport } from "../lazy_import.ts";
import { hdf5Counting } from "./counting/hdf5_arrays.ts";
import { zlib } from "../deps/zlib.ts";
import { arrayProblems } from "./array_problems.ts";
import type { FileSpec, Format } from "./format.ts";
import { chunkCount, treeNodes } from "./hdf5/chunk_tree.ts";
import type { ChunkBytes } from "./hdf5/file_layout.ts";
import { layOutFile } from "./hdf5/file_layout.ts";
import { objectHeader } from "./hdf5/object_header.ts";
import { hdf5Problems } from "./hdf5/problems.ts";
import { rootGroup } from "./hdf5/root_group.ts";
import type { ArrayShape } from "./hdf5/shapes.ts";
import { arrayBytes, arrayShapes, chunkCounts } from "./hdf5/shapes.ts";
import { PageCursor } from "./page_cursor.ts";

/** The format `hdf5`. */
export const hdf5: Format = {
  name: "hdf5",
  // Of NASA's and netCDF-4 files, which are HDF5: ".he5", ".nc".
  endings: ["h5", "he5", "hdf", "nc", "nc4"],
  reading: "whole_file",
  counting: hdf5Counting,
  async inside(source) {
    const url = import.meta.resolve("./inside/arrays_inside.ts");
    const module = await lazyImport<typeof import("./inside/arrays_inside.ts")>(
      url,
    );
    return await module.hdf5Inside(source);
  },
  codecs: ["gzip", "lzf"],

  problems(spec) {
    const problems = arrayProblems(hdf5, spec);
    if (problems.length > 0) return problems;
    if (spec.dataset.compression === "lzf" && spec.dataset.compressRatio > 1) {
      problems.push(
        `Cannot use dataset.compress_ratio = ` +
          `${spec.dataset.compressRatio} with dataset.compression = lzf in ` +
          "format hdf5: lzf is written for incompressible data only",
      );
    }
    return [...problems, ...hdf5Problems(spec)];
  },

  fileBytes: (spec) =>
    spec.dataset.compression === "gzip"
      ? null
      : layOutFile(spec, null).fileBytes,

  *encode(spec, tools) {
    const cursor = new PageCursor(tools);
    if (spec.dataset.compression === "gzip") {
      const deflate = chunkDeflater(spec, cursor);
      yield* front(spec, cursor, measureChunks(spec, deflate));
      yield* deflatedRecords(spec, cursor, deflate);
    } else {
      yield* front(spec, cursor, null);
      yield* storedRecords(spec, cursor);
    }
    // The labels.
    yield* cursor.repeated(0, spec.dataset.samplesPerFile * 8);
    yield* cursor.end();
  },
};

/** All headers and indexes. */
function* front(
  spec: FileSpec,
  cursor: PageCursor,
  compressedBytes: ChunkBytes | null,
): Generator<Uint8Array, void> {
  const { arrays, fileBytes } = layOutFile(spec, compressedBytes);
  const links = arrays.map(({ shape, headerAddress }) => ({
    name: shape.name,
    address: headerAddress,
  }));
  yield* cursor.bytes(rootGroup(links, fileBytes));
  for (const { messages } of arrays) {
    yield* cursor.bytes(objectHeader(messages));
  }
  for (const { chunks } of arrays) {
    if (chunks === null) continue;
    for (const node of treeNodes(chunks.grid, chunks.treeAddress)) {
      yield* cursor.bytes(node);
    }
  }
}

function* storedRecords(
  spec: FileSpec,
  cursor: PageCursor,
): Generator<Uint8Array, void> {
  let offset = 0;
  for (const shape of recordShapes(spec)) {
    const byteCount = streamBytes(shape);
    yield* cursor.random(spec.fileIndex, offset, byteCount);
    offset += byteCount;
  }
}

function* deflatedRecords(
  spec: FileSpec,
  cursor: PageCursor,
  deflate: ChunkDeflater,
): Generator<Uint8Array, void> {
  for (const array of recordShapes(spec).keys()) {
    const count = deflate.chunkCount;
    for (let index = 0; index < count; index++) {
      yield* cursor.bytes(deflate.chunk(array, index));
    }
  }
}

interface ChunkDeflater {
  /** Chunks of one dataset. */
  readonly chunkCount: number;
  /** Compressed chunk `index` of dataset `array`. */
  chunk(array: number, index: number): Uint8Array;
}

function chunkDeflater(spec: FileSpec, cursor: PageCursor): ChunkDeflater {
  const [shape] = recordShapes(spec);
  const { dims, chunkDims, elementType } = shape!;
  const level = spec.dataset.compressionLevel;
  const raw = new Uint8Array(arrayBytes(chunkDims!, elementType));
  const count = chunkCount(chunkCounts(dims, chunkDims!));
  return {
    chunkCount: count,
    chunk(array, index) {
      const offset = (array * count + index) * raw.length;
      cursor.draw(raw, spec.fileIndex, offset);
      return zlib().deflateSync(raw, { level });
    },
  };
}

/** The first pass: 4 bytes per chunk. */
function measureChunks(spec: FileSpec, deflate: ChunkDeflater): ChunkBytes {
  const count = deflate.chunkCount;
  const lengths = new Uint32Array(recordShapes(spec).length * count);
  for (let i = 0; i < lengths.length; i++) {
    lengths[i] = deflate.chunk(Math.floor(i / count), i % count).length;
  }
  return (array, index) => lengths[array * count + index]!;
}

/** All datasets but the labels. */
function recordShapes(spec: FileSpec): readonly ArrayShape[] {
  return arrayShapes(spec).slice(0, -1);
}

/** Stream bytes that a dataset takes. */
function streamBytes({ dims, chunkDims, elementType }: ArrayShape): number {
  return chunkDims === null
    ? arrayBytes(dims, elementType)
    : arrayBytes(chunkDims, elementType) *
      chunkCount(chunkCounts(dims, chunkDims));
}
