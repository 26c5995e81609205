/**
 * What keeps an HDF5 file from being made.
 */
import type { FileSpec } from "../format.ts";
import { chunkCount } from "./chunk_tree.ts";
import { MAX_LINKS } from "./root_group.ts";
import { arrayBytes, arrayShapes, chunkCounts, recordDims } from "./shapes.ts";

const MAX_RANK = 32;
const MAX_CHUNK_BYTES = 2 ** 32 - 1;
const MAX_LEVEL = 9;

/**
 * Checks the settings of `dataset.hdf5` and the codec's level.
 *
 * @param spec One whose dimensions are known to be counts.
 * @returns One sentence per problem.
 */
export function hdf5Problems(spec: FileSpec): string[] {
  const share = shareProblem(spec);
  if (share !== null) return [share];
  const problems = [
    ...levelProblems(spec),
    ...maxShapeProblems(spec),
    ...chunkDimsProblems(spec),
  ];
  const rank = recordDims(spec).length;
  if (rank > MAX_RANK) {
    problems.push(
      `Cannot make an hdf5 file of ${rank} dimensions: it must be <= ` +
        `${MAX_RANK}`,
    );
  }
  return problems.length > 0 ? problems : chunkSizeProblems(spec);
}

function shareProblem(spec: FileSpec): string | null {
  const count = spec.dataset.hdf5.datasetsPerRecord;
  const setting = `Cannot use dataset.hdf5.num_dset_per_record = ${count}`;
  if (!Number.isInteger(count) || count < 1 || count >= MAX_LINKS) {
    return `${setting}: it must be an integer in [1, ${MAX_LINKS - 1}]`;
  }
  if (count > 1 && spec.dataset.dlioCompat === "2.0.0") {
    return `${setting} with dataset.dlio_compat = 2.0.0: it must be 1, since ` +
      "2.0.0 reads one dataset";
  }
  const first = spec.sampleDims[0]!;
  return first % count === 0
    ? null
    : `${setting}: it must divide the first dimension of a record, ${first}`;
}

function levelProblems(spec: FileSpec): string[] {
  const { compression, compressionLevel: level } = spec.dataset;
  const isLevel = Number.isInteger(level) && level >= 0 && level <= MAX_LEVEL;
  return compression !== "gzip" || isLevel ? [] : [
    `Cannot use dataset.compression_level = ${level} in format hdf5: it ` +
    `must be an integer in [0, ${MAX_LEVEL}]`,
  ];
}

function maxShapeProblems(spec: FileSpec): string[] {
  const { maxShape } = spec.dataset.hdf5;
  const dims = recordDims(spec).slice(1);
  const isFitting = maxShape.length === dims.length &&
    maxShape.every((max, axis) =>
      Number.isSafeInteger(max) && max >= dims[axis]!
    );
  return maxShape.length === 0 || isFitting ? [] : [
    `Cannot use dataset.hdf5.max_shape = ${list(maxShape)}: it must have ` +
    `${dims.length} integers, none below those of ${list(dims)}`,
  ];
}

function chunkDimsProblems(spec: FileSpec): string[] {
  const { chunkDims, maxShape } = spec.dataset.hdf5;
  const dims = recordDims(spec);
  const limits = maxShape.length === dims.length - 1
    ? [dims[0]!, ...maxShape]
    : dims;
  const isFitting = chunkDims.length === dims.length &&
    chunkDims.every((dim, axis) =>
      Number.isSafeInteger(dim) && dim >= 1 && dim <= limits[axis]!
    );
  return chunkDims.length === 0 || isFitting ? [] : [
    `Cannot use dataset.hdf5.chunk_dims = ${list(chunkDims)}: it must have ` +
    `${dims.length} integers >= 1, none above those of ${list(limits)} ` +
    "(samples, then the record's)",
  ];
}

function chunkSizeProblems(spec: FileSpec): string[] {
  const [{ chunkDims, dims, elementType }] = arrayShapes(spec) as [
    ReturnType<typeof arrayShapes>[number],
  ];
  if (chunkDims === null) return [];
  const problems: string[] = [];
  const chunkBytes = arrayBytes(chunkDims, elementType);
  if (chunkBytes > MAX_CHUNK_BYTES) {
    problems.push(
      `Cannot use dataset.hdf5.chunk_dims = ${list(chunkDims)}: a chunk of ` +
        `${chunkBytes} bytes must be <= ${MAX_CHUNK_BYTES}`,
    );
  }
  const chunks = chunkCount(chunkCounts(dims, chunkDims)) *
    spec.dataset.hdf5.datasetsPerRecord;
  if (!Number.isSafeInteger(chunks * chunkBytes * 2)) {
    problems.push(
      `Cannot make an hdf5 file of ${chunks} chunks of ${chunkBytes} bytes: ` +
        "it must be smaller than 2^52 bytes",
    );
  }
  return problems;
}

function list(values: readonly number[]): string {
  return `[${values.join(", ")}]`;
}
