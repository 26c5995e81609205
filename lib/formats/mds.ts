/**
 * MDS, the shards of MosaicML Streaming: samples reached by offsets.
 *
 *    offset  bytes       field
 *         0      4       n, samples
 *         4      4(n+1)  where each sample begins, and the last one ends
 *         ...      ...       JSON: columns, their encodings and sizes
 *         ...      ...       samples: uint32 length of "x" | "x", random | "y"
 *
 *    index.json          beside the shards of a split: each one's name, bytes
 *                        and samples, and its JSON
 *
 * All numbers are little-endian. Column "x" is of encoding bytes, column "y"
 * an int64, the sample's number. Shards are not compressed and not hashed, as
 * `MDSWriter` leaves them unless asked.
 *
 * A sample is read as `MDSReader` does it: its two offsets, then its bytes.
 *
 * Source: https://github.com/mosaicml/streaming, `base/format/mds/`.
 */
import { lazyImport } from "../lazy_import.ts";
import type { ByteSource } from "../bytes/byte_source.ts";
import { runSteps, type Steps } from "../bytes/steps.ts";
import { FormatError } from "../errors.ts";
import { arrayProblems } from "./array_problems.ts";
import { mdsCounting } from "./counting/mds_count.ts";
import { fileKind } from "./file_magic.ts";
import type {
  EncodeTools,
  FileIndex,
  FileSpec,
  Format,
  SplitEntry,
} from "./format.ts";
import { sampleBytes } from "./format.ts";
import { FramedSamples } from "./framed_samples.ts";
import { PageCursor } from "./page_cursor.ts";

/** The writer's limit of a shard; a longer one is said to have none. */
const SIZE_LIMIT_BYTES = 2 ** 26;
/** Offsets are uint32. */
const MAX_SHARD_BYTES = 2 ** 32 - 1;
const LENGTH_BYTES = 4;
const NUMBER_BYTES = 8;
/** Offsets that are made at once. */
const PART_ENTRIES = 4096;

/** What is kept of an opened shard. */
interface ShardIndex {
  readonly sampleCount: number;
  /** Where the first sample begins. */
  readonly dataAt: number;
  /** Bytes of every sample; 0 if lengths differ. */
  readonly strideBytes: number;
  /** If lengths differ: where each sample begins, and the last one ends. */
  readonly offsets: Uint32Array | null;
}

/** The format `mds`. */
export const mds: Format = {
  name: "mds",
  reading: "samples",
  counting: mdsCounting,
  async inside(source) {
    const url = import.meta.resolve("./inside/mds_inside.ts");
    const module = await lazyImport<typeof import("./inside/mds_inside.ts")>(
      url,
    );
    return await module.mdsInside(source);
  },
  isInterleaved: true,
  codecs: [],
  splitFiles: [{ name: "index.json", encode: encodeIndex }],

  problems(spec) {
    const problems = arrayProblems(mds, spec);
    if (problems.length === 0 && shardBytes(spec) > MAX_SHARD_BYTES) {
      problems.push(
        `Cannot make an mds shard of ${spec.dataset.samplesPerFile} samples ` +
          `and ${shardBytes(spec)} bytes: it must be <= ${MAX_SHARD_BYTES} ` +
          "bytes, as its offsets have 32 bits",
      );
    }
    return problems;
  },

  fileBytes: shardBytes,
  encode: encodeShard,
  open: (source, spec) => runSteps(indexShard(source, spec)),

  ranges(index: FileIndex, first, count, _continues, ranges) {
    const shard = index as ShardIndex;
    for (let sample = first; sample < first + count; sample++) {
      ranges.push(offsetAt(sample), 2 * LENGTH_BYTES);
      const begin = beginOf(shard, sample);
      ranges.push(begin, beginOf(shard, sample + 1) - begin);
    }
  },
};

/** Where the offset of a sample stands. */
function offsetAt(sample: number): number {
  return (1 + sample) * LENGTH_BYTES;
}

function beginOf(shard: ShardIndex, sample: number): number {
  const { offsets, dataAt, strideBytes } = shard;
  return offsets === null ? dataAt + sample * strideBytes : offsets[sample]!;
}

function* encodeShard(
  spec: FileSpec,
  tools: EncodeTools,
): Generator<Uint8Array, void> {
  const { random } = tools;
  const { samplesPerFile } = spec.dataset;
  const cursor = new PageCursor(tools);
  yield* cursor.bytes(uint32Bytes([samplesPerFile]));
  const dataAt = dataOffset(spec);
  const strideBytes = strideBytesOf(spec);
  for (let first = 0; first <= samplesPerFile; first += PART_ENTRIES) {
    const count = Math.min(PART_ENTRIES, samplesPerFile + 1 - first);
    const offsets = Array.from(
      { length: count },
      (_, i) => dataAt + (first + i) * strideBytes,
    );
    yield* cursor.bytes(uint32Bytes(offsets));
  }
  yield* cursor.bytes(configBytes(spec));
  const payloadBytes = sampleBytes(spec);
  const back = new Uint8Array(NUMBER_BYTES);
  const number = new DataView(back.buffer);
  const samples = new FramedSamples(
    {
      front: uint32Bytes([payloadBytes]),
      payloadBytes,
      back,
      turnBack(sample) {
        number.setUint32(0, sample % 2 ** 32, true);
        number.setUint32(4, Math.floor(sample / 2 ** 32), true);
      },
    },
    random,
    spec.fileIndex,
  );
  const samplesBytes = strideBytes * samplesPerFile;
  yield* cursor.written(samplesBytes, (view) => samples.write(view));
  yield* cursor.end();
}

/** Keys in the order of Python's json.dumps(sort_keys=True). */
function configOf(spec: FileSpec): Record<string, unknown> {
  return {
    column_encodings: ["bytes", "int"],
    column_names: ["x", "y"],
    column_sizes: [null, NUMBER_BYTES],
    compression: null,
    format: "mds",
    hashes: [],
    // Without the offsets and this JSON, which is short.
    size_limit: strideBytesOf(spec) * spec.dataset.samplesPerFile <=
        SIZE_LIMIT_BYTES
      ? SIZE_LIMIT_BYTES
      : null,
    version: 2,
  };
}

function configBytes(spec: FileSpec): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(configOf(spec)));
}

function* encodeIndex(
  files: Iterable<SplitEntry>,
  tools: EncodeTools,
): Generator<Uint8Array, void> {
  const encoder = new TextEncoder();
  const cursor = new PageCursor(tools);
  let before = '{"shards":[';
  for (const { path, spec } of files) {
    const shard = {
      ...configOf(spec),
      raw_data: { basename: path, bytes: shardBytes(spec), hashes: {} },
      samples: spec.dataset.samplesPerFile,
      zip_data: null,
    };
    yield* cursor.bytes(encoder.encode(before + JSON.stringify(shard)));
    before = ",\n";
  }
  const end = before === ",\n" ? "" : before;
  yield* cursor.bytes(encoder.encode(`${end}],"version":2}\n`));
  yield* cursor.end();
}

function* indexShard(
  source: ByteSource,
  spec: FileSpec,
): Steps<number, ShardIndex> {
  const { samplesPerFile } = spec.dataset;
  const { path, byteLength } = source;
  // The number, and the first two offsets.
  const head = new Uint8Array(3 * LENGTH_BYTES);
  const headBytes = yield source.readInto(head, 0);
  const [sampleCount = 0, first = 0, second = 0] = numbersOf(head);
  const tableEnd = offsetAt(sampleCount + 1);
  if (headBytes < head.length || tableEnd > first || first > byteLength) {
    throw noShard(head, path, byteLength);
  }
  if (sampleCount < samplesPerFile) {
    throw new FormatError(
      path,
      0,
      `the shard must hold ${samplesPerFile} samples ` +
        `(dataset.num_samples_per_file): it holds ${sampleCount}`,
    );
  }
  const strideBytes = strideBytesOf(spec);
  const isOwn = sampleCount === samplesPerFile &&
    byteLength === shardBytes(spec) && first === dataOffset(spec) &&
    second === first + strideBytes;
  if (isOwn) return { sampleCount, dataAt: first, strideBytes, offsets: null };
  const table = new Uint8Array(tableEnd - LENGTH_BYTES);
  yield source.readInto(table, LENGTH_BYTES);
  const offsets = numbersOf(table);
  checkOffsets(offsets, path, byteLength);
  return { sampleCount, dataAt: first, strideBytes: 0, offsets };
}

function checkOffsets(
  offsets: Uint32Array,
  path: string,
  byteLength: number,
): void {
  for (let sample = 1; sample < offsets.length; sample++) {
    if (offsets[sample]! >= offsets[sample - 1]!) continue;
    throw new FormatError(
      path,
      offsetAt(sample),
      `sample ${sample} must begin behind the one before it: ` +
        `${offsets[sample]} is before ${offsets[sample - 1]}`,
    );
  }
  const end = offsets[offsets.length - 1] ?? 0;
  if (end === byteLength) return;
  throw new FormatError(
    path,
    offsetAt(offsets.length - 1),
    `the last sample must end with the file, at ${byteLength}: it ends at ` +
      `${end}`,
  );
}

function noShard(
  head: Uint8Array,
  path: string,
  byteLength: number,
): FormatError {
  const kind = fileKind(head);
  return new FormatError(
    path,
    0,
    "an MDS shard must begin with its number of samples and their offsets, " +
      `within its ${byteLength} bytes` +
      (kind === null
        ? ""
        : `: this file begins as ${kind}; compressed shards cannot be read`),
  );
}

function dataOffset(spec: FileSpec): number {
  return offsetAt(spec.dataset.samplesPerFile + 1) + configBytes(spec).length;
}

function strideBytesOf(spec: FileSpec): number {
  return LENGTH_BYTES + sampleBytes(spec) + NUMBER_BYTES;
}

function shardBytes(spec: FileSpec): number {
  return dataOffset(spec) + strideBytesOf(spec) * spec.dataset.samplesPerFile;
}

function uint32Bytes(values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * LENGTH_BYTES);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => view.setUint32(i * LENGTH_BYTES, value, true));
  return bytes;
}

function numbersOf(bytes: Uint8Array): Uint32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Uint32Array.from(
    { length: bytes.length / LENGTH_BYTES },
    (_, i) => view.getUint32(i * LENGTH_BYTES, true),
  );
}
