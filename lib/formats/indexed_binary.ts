/**
 * Raw samples back to back, and two index files beside them.
 *
 *    F           sample 0 | sample 1 | ...                    random bytes
 *    F.off.idx   u64 LE byte offset of each sample in F
 *    F.sz.idx    u64 LE bytes of each sample
 *
 * Invariant: all samples of a file have one length, so sample k is bytes
 * [k sampleBytes, (k + 1) sampleBytes), of F as of the file's stream. The
 * index files are for other loaders: `open` derives the length of a sample
 * from the length of F, and a remainder is damage.
 *
 * `mmap_indexed_binary` is the same file read as a memory map would: whole
 * pages, and a page that the sample before ended in is not read again.
 * DLIO's reader of it touches no page at all and so does no I/O.
 *
 * Layout: DLIO's `data_generator/indexed_binary_generator.py`.
 */
import type { ByteSource } from "../bytes/byte_source.ts";
import { ceilToPage, PAGE_BYTES } from "../bytes/page_arena.ts";
import { indexedBinaryCounting } from "./counting/indexed_binary_count.ts";
import type { RangeList } from "../bytes/range_list.ts";
import { FormatError } from "../errors.ts";
import type {
  CompanionFile,
  EncodeTools,
  FileIndex,
  FileSpec,
  Format,
} from "./format.ts";
import { sampleBytes } from "./format.ts";
import { PageCursor } from "./page_cursor.ts";
import { arrayProblems } from "./array_problems.ts";

interface SampleStride {
  readonly strideBytes: number;
  readonly fileBytes: number;
}

/** Entries of an index file that are made at once. */
const INDEX_PART_ENTRIES = 1024;

const COMPANIONS: readonly CompanionFile[] = [
  indexFile(".off.idx", (entry, strideBytes) => entry * strideBytes),
  indexFile(".sz.idx", (_entry, strideBytes) => strideBytes),
];

/** The format `indexed_binary`: reads exactly the sample's bytes. */
export const indexedBinary: Format = {
  ...rawSamples("indexed_binary"),

  ranges(index: FileIndex, first, count, _continues, ranges) {
    const { strideBytes } = index as SampleStride;
    ranges.push(first * strideBytes, count * strideBytes);
  },
};

/** The format `mmap_indexed_binary`: reads the pages that hold the sample. */
export const mmapIndexedBinary: Format = {
  ...rawSamples("mmap_indexed_binary"),

  ranges(index: FileIndex, first, count, continues, ranges) {
    const { strideBytes, fileBytes } = index as SampleStride;
    const begin = first * strideBytes;
    const end = ceilToPage(begin + count * strideBytes);
    pushPages(ranges, begin, Math.min(end, fileBytes), continues);
  },
};

function pushPages(
  ranges: RangeList,
  begin: number,
  end: number,
  continues: boolean,
): void {
  const offset = continues
    ? ceilToPage(begin)
    : Math.floor(begin / PAGE_BYTES) * PAGE_BYTES;
  if (offset < end) ranges.push(offset, end - offset);
}

/** What both formats share: all but their ranges. */
function rawSamples(name: string): Omit<Format, "ranges"> {
  const codecs: readonly string[] = [];
  return {
    name,
    reading: "samples",
    counting: indexedBinaryCounting,
    codecs,
    companions: COMPANIONS,
    problems: (spec) => arrayProblems({ name, codecs }, spec),
    fileBytes: dataBytes,
    *encode(spec, tools) {
      const cursor = new PageCursor(tools);
      yield* cursor.random(spec.fileIndex, 0, dataBytes(spec));
      yield* cursor.end();
    },
    open: measureStride,
  };
}

function dataBytes(spec: FileSpec): number {
  return sampleBytes(spec) * spec.dataset.samplesPerFile;
}

function measureStride(source: ByteSource, spec: FileSpec): SampleStride {
  const { samplesPerFile } = spec.dataset;
  const { path, byteLength } = source;
  if (byteLength === 0 || byteLength % samplesPerFile !== 0) {
    throw new FormatError(
      path,
      byteLength,
      `the file's length must be a multiple of ${samplesPerFile} samples ` +
        `(dataset.num_samples_per_file): current value is ${byteLength} bytes`,
    );
  }
  return { strideBytes: byteLength / samplesPerFile, fileBytes: byteLength };
}

function indexFile(
  extension: string,
  valueOf: (entry: number, strideBytes: number) => number,
): CompanionFile {
  return {
    path: (filePath) => filePath + extension,
    encode: (spec, tools) => encodeIndex(spec, tools, valueOf),
  };
}

function* encodeIndex(
  spec: FileSpec,
  tools: EncodeTools,
  valueOf: (entry: number, strideBytes: number) => number,
): Generator<Uint8Array, void> {
  const strideBytes = sampleBytes(spec);
  const { samplesPerFile } = spec.dataset;
  const part = new Uint8Array(INDEX_PART_ENTRIES * 8);
  const words = new DataView(part.buffer);
  const cursor = new PageCursor(tools);
  for (let first = 0; first < samplesPerFile; first += INDEX_PART_ENTRIES) {
    const count = Math.min(INDEX_PART_ENTRIES, samplesPerFile - first);
    for (let i = 0; i < count; i++) {
      const value = valueOf(first + i, strideBytes);
      // Two halves: a BigInt per sample would be the slowest part.
      words.setUint32(i * 8, value % 2 ** 32, true);
      words.setUint32(i * 8 + 4, Math.floor(value / 2 ** 32), true);
    }
    yield* cursor.bytes(part.subarray(0, count * 8));
  }
  yield* cursor.end();
}
