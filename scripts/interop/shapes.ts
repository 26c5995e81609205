/**
 * The files that the interop suite makes of each format: dimensions, element
 * types, numbers of samples, codecs and the format's own settings.
 */
import type {
  ArrowSettings,
  DatasetSpec,
  ElementType,
  FileSpec,
  Format,
  MegatronSettings,
} from "../../lib/formats/format.ts";
import { ELEMENT_BYTES } from "../../lib/formats/format.ts";

/** Seed of all files of the suite. */
export const SEED = 77;

interface Shape {
  readonly dims: readonly number[];
  readonly dataset?: Partial<DatasetSpec>;
}

const ELEMENT_TYPES = Object.keys(ELEMENT_BYTES) as ElementType[];

/** For all formats; those that a format cannot make are left out. */
const SHAPES: readonly Shape[] = [
  { dims: [64, 64] },
  { dims: [400, 500] },
  { dims: [568, 568] },
  { dims: [30, 1000] },
  { dims: [1000, 30] },
  { dims: [200] },
  { dims: [13, 27] },
  { dims: [338, 338], dataset: { samplesPerFile: 3 } },
  { dims: [17, 6, 3], dataset: { samplesPerFile: 4 } },
  { dims: [1, 5, 7], dataset: { samplesPerFile: 2 } },
  ...ELEMENT_TYPES.map((elementType) => ({
    dims: [12, 20],
    dataset: { elementType, samplesPerFile: 5 },
  })),
];

const PLAIN_HDF5 = { chunkDims: [], datasetsPerRecord: 1, maxShape: [] };

/** For one format each, by name. */
const OWN_SHAPES: Readonly<Record<string, readonly Shape[]>> = {
  megatron: [
    megatron([64], { documentLength: 20, documentLengthStdev: 30 }),
    megatron([2048], { documentLength: 700, documentLengthStdev: 900 }),
    megatron([100], { documentLength: 1, documentLengthStdev: 0 }),
    megatron([100], { documentLength: 5000, documentLengthStdev: 0 }),
  ],
  arrow: [true, false].flatMap((isStream) => [
    arrow([13, 27], { isStream, batchRows: 10 }),
    arrow([64], { isStream, batchRows: 1 }),
    arrow([3], { isStream, batchRows: 1000 }),
  ]),
  hdf5: [
    hdf5([60, 5], { datasetsPerRecord: 20 }),
    hdf5([4, 9, 3], { datasetsPerRecord: 4 }),
    hdf5([35, 47], { chunkDims: [2, 10, 10] }),
    hdf5([35, 47], { chunkDims: [1, 1, 47], datasetsPerRecord: 5 }),
    hdf5([70, 71], { chunkDims: [1, 1, 1] }),
    hdf5([35, 47], { maxShape: [50, 60] }),
    hdf5([35, 47], { chunkDims: [1, 40, 20], maxShape: [50, 60] }),
    hdf5([35, 47], { chunkDims: [2, 10, 10] }, { compression: "gzip" }),
    hdf5([35, 47], { chunkDims: [2, 10, 10] }, { compression: "lzf" }),
  ],
};

/** Arrow has the same bytes in another order with a footer and without. */
function arrow(dims: readonly number[], arrow: ArrowSettings): Shape {
  return {
    dims,
    dataset: { elementType: "int32", samplesPerFile: 25, arrow },
  };
}

function megatron(dims: readonly number[], megatron: MegatronSettings): Shape {
  return {
    dims,
    dataset: { elementType: "int32", samplesPerFile: 30, megatron },
  };
}

function hdf5(
  dims: readonly number[],
  settings: Partial<DatasetSpec["hdf5"]>,
  dataset: Partial<DatasetSpec> = {},
): Shape {
  return {
    dims,
    dataset: {
      elementType: "int16",
      samplesPerFile: 3,
      ...dataset,
      hdf5: { ...PLAIN_HDF5, ...settings },
    },
  };
}

/** Specs of all files to make of a format; each can be made. */
export function interopSpecs(format: Format): FileSpec[] {
  const codecShapes = format.codecs.flatMap((compression): Shape[] =>
    [1, 3].map((samplesPerFile) => ({
      dims: [150, 150],
      dataset: { compression, samplesPerFile },
    }))
  );
  return [...SHAPES, ...codecShapes, ...OWN_SHAPES[format.name] ?? []]
    .map(toSpec)
    .filter((spec) => format.problems(spec).length === 0);
}

function toSpec(shape: Shape, fileIndex: number): FileSpec {
  return {
    fileIndex,
    sampleDims: shape.dims,
    dataset: {
      seed: SEED,
      elementType: "uint8",
      samplesPerFile: 1,
      compression: "none",
      compressionLevel: 4,
      dedupeRatio: 1,
      compressRatio: 1,
      hdf5: PLAIN_HDF5,
      parquet: {
        columns: [],
        rowGroupRows: 1024,
        generationBatchRows: 1024,
        partitionBy: null,
        decode: false,
      },
      arrow: { isStream: false, batchRows: 1000 },
      megatron: { documentLength: 1024, documentLengthStdev: 1024 },
      ...shape.dataset,
    },
  };
}
