/**
 * Samples in NPY and NPZ files.
 *
 * NPY: the axis whose length `dataset.num_samples_per_file` has where it was
 * given; else [.., .., 1] is one sample, and otherwise the first axis.
 *
 * NPZ: with arrays x and y as DLIO writes them, samples along the last axis
 * of x and the only axis of y, the length of y. Otherwise the same rule as of
 * NPY, for the array that has the most bytes: labels, ids and masks beside it
 * have as many rows, or are not by sample at all.
 */
import type { ByteSource } from "../../bytes/byte_source.ts";
import { runSteps, type Steps } from "../../bytes/steps.ts";
import { zlib } from "../../deps/zlib.ts";
import { FormatError } from "../../errors.ts";
import {
  NPY_HEAD_BYTES,
  type NpyHeader,
  parseNpyHeader,
  readNpyHeader,
} from "./npy_shape.ts";
import {
  type CountHint,
  type SampleCounting,
  samplesOfShape,
} from "./sample_counting.ts";
import {
  type FoundZipEntry,
  readAt,
  readZipDirectory,
  zipDataOffset,
} from "./zip_directory.ts";

const METHOD_STORED = 0;
const METHOD_DEFLATED = 8;
/** Of a deflated entry: more than its first block, where the header is. */
const DEFLATED_BYTES = 4096;

/** An array of an NPZ file. */
export interface FoundArray extends NpyHeader {
  readonly name: string;
  readonly isDeflated: boolean;
  readonly archivedBytes: number;
  readonly dataBytes: number;
}

/** How the samples of an NPY file are counted. */
export const npyCounting: SampleCounting = {
  reads: "head",
  count: (source, hint) => runSteps(countNpy(source, hint)),
};

/** How the samples of an NPZ file are counted. */
export const npzCounting: SampleCounting = {
  reads: "head",
  count: (source, hint) => runSteps(countNpz(source, hint)),
};

function* countNpy(
  source: ByteSource,
  hint: CountHint,
): Steps<number, number> {
  return samplesOfShape((yield* readNpyHeader(source)).shape, hint);
}

function* countNpz(
  source: ByteSource,
  hint: CountHint,
): Steps<number, number> {
  return samplesOfArrays(yield* readNpzArrays(source), hint);
}

/** Samples of an archive of arrays, see the head of this file. */
export function samplesOfArrays(
  arrays: readonly FoundArray[],
  hint: CountHint,
): number {
  const x = arrays.find(({ name }) => name === "x");
  const y = arrays.find(({ name }) => name === "y");
  const [labels] = y?.shape ?? [];
  if (y?.shape.length === 1 && x?.shape.at(-1) === labels) return labels!;
  return samplesOfShape(largestArray(arrays)?.shape ?? [], hint);
}

/** The array that has the most bytes, the first of several. */
export function largestArray<Each extends { readonly dataBytes: number }>(
  arrays: readonly Each[],
): Each | undefined {
  return arrays.reduce<Each | undefined>(
    (largest, each) =>
      largest === undefined || each.dataBytes > largest.dataBytes
        ? each
        : largest,
    undefined,
  );
}

/**
 * The arrays of an NPZ file; what else an archive has is passed over.
 *
 * @throws {FormatError} If it is no zip archive, or has no array.
 */
export function* readNpzArrays(
  source: ByteSource,
): Steps<number, readonly FoundArray[]> {
  const arrays: FoundArray[] = [];
  for (const entry of yield* readZipDirectory(source)) {
    if (!entry.name.endsWith(".npy")) continue;
    arrays.push({
      ...(yield* readEntryHeader(source, entry)),
      name: entry.name.slice(0, -".npy".length),
      isDeflated: entry.method !== METHOD_STORED,
      archivedBytes: entry.archivedBytes,
      dataBytes: entry.dataBytes,
    });
  }
  if (arrays.length > 0) return arrays;
  throw new FormatError(
    source.path,
    0,
    "an NPZ file must have arrays, entries that end in .npy: it has none",
  );
}

function* readEntryHeader(
  source: ByteSource,
  entry: FoundZipEntry,
): Steps<number, NpyHeader> {
  const dataOffset = yield* zipDataOffset(source, entry);
  const { archivedBytes, method } = entry;
  if (method === METHOD_STORED) {
    const head = Math.min(archivedBytes, NPY_HEAD_BYTES);
    return parseNpyHeader(
      yield* readAt(source, dataOffset, head),
      `${source.path}:${entry.name}`,
    );
  }
  if (method !== METHOD_DEFLATED) {
    throw new FormatError(
      source.path,
      entry.offset,
      `"${entry.name}" must be stored or deflated: its method is ${method}`,
    );
  }
  const begin = yield* readAt(
    source,
    dataOffset,
    Math.min(archivedBytes, DEFLATED_BYTES),
  );
  return parseNpyHeader(
    inflateBegin(begin, source.path, dataOffset),
    `${source.path}:${entry.name}`,
  );
}

/** What the first bytes of deflated data are. */
function inflateBegin(
  begin: Uint8Array,
  path: string,
  offset: number,
): Uint8Array {
  const { inflateRawSync, constants } = zlib();
  try {
    // With a sync flush a stream that is cut off is no error.
    return inflateRawSync(begin, { finishFlush: constants.Z_SYNC_FLUSH });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new FormatError(path, offset, `deflated data is damaged: ${reason}`);
  }
}
