/**
 * WebDataset: tar shards. A sample is two members of one basename, its
 * payload and a label, as an image and its class are.
 *
 *    header "000003_00000000.bin" 512 | payload, random | zeros to 512
 *    header "000003_00000000.cls" 512 | label as text   | zeros to 512
 *    ... one after another, then zeros: two blocks, and on to 10240
 *
 * Owner, group, mode and order are those of `webdataset.TarWriter`; the time
 * is 0, so that two hosts make the same file. The label of sample k is
 * k mod 1000.
 *
 * A shard is read from front to back. What others made need not have samples
 * of one length; which of its bytes are whose is then not looked up, since
 * pieces are read in order either way: sample k of n ends at (k + 1) / n of
 * the file.
 *
 * Compression "gzip" is that of the shard as a whole, "x.tar.gz"; it is read
 * as it is, and nothing is inflated.
 *
 * Spec: `tar/tar_header.ts`, RFC 1952; https://github.com/webdataset/webdataset
 */
import { lazyImport } from "../lazy_import.ts";
import type { ByteSource } from "../bytes/byte_source.ts";
import { runSteps, type Steps } from "../bytes/steps.ts";
import { crc32 } from "../bytes/crc.ts";
import { tarCounting } from "./counting/tar_count.ts";
import { DEFLATE_END, deflatePiece, PIECE_BYTES } from "./deflate_pieces.ts";
import { fileKind } from "./file_magic.ts";
import { arrayProblems } from "./array_problems.ts";
import { FramedSamples, type SampleFrame } from "./framed_samples.ts";
import type { EncodeTools, FileIndex, FileSpec, Format } from "./format.ts";
import { sampleBytes } from "./format.ts";
import { PageCursor } from "./page_cursor.ts";
import {
  ceilToBlock,
  fileHeader,
  parseHeader,
  renameHeader,
  TAR_BLOCK_BYTES,
  TAR_RECORD_BYTES,
} from "./tar/tar_header.ts";

/** Digits of a file's and of a sample's number in a key, at least. */
const FILE_DIGITS = 6;
const SAMPLE_DIGITS = 8;
const LABELS = 1000;
const PAYLOAD = ".bin";
const LABEL = ".cls";
const GZIP = "gzip";
const MAX_LEVEL = 9;
/** Deflate, no name, no time, of no system: the same on every host. */
const GZIP_HEAD = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255);

/** What is kept of an opened shard. */
interface ShardIndex {
  readonly sampleCount: number;
  readonly fileBytes: number;
  /** Bytes of every sample with its headers; 0 if lengths may differ. */
  readonly strideBytes: number;
}

/** The format `webdataset`. */
export const webdataset: Format = {
  name: "webdataset",
  extension: (compression) => compression === GZIP ? "tar.gz" : "tar",
  endings: ["tar", "tar.gz", "tgz"],
  reading: "shard",
  counting: tarCounting,
  async inside(source) {
    const url = import.meta.resolve("./inside/tar_inside.ts");
    const module = await lazyImport<typeof import("./inside/tar_inside.ts")>(
      url,
    );
    return await module.tarInside(source);
  },
  isInterleaved: true,
  codecs: [GZIP],

  problems(spec) {
    const problems = arrayProblems(webdataset, spec);
    const { compression, compressionLevel: level } = spec.dataset;
    const isLevel = Number.isInteger(level) && level >= 0 && level <= MAX_LEVEL;
    if (compression === GZIP && !isLevel) {
      problems.push(
        `Cannot use dataset.compression_level = ${level} in format ` +
          `webdataset: it must be an integer in [0, ${MAX_LEVEL}]`,
      );
    }
    return problems;
  },

  fileBytes: (spec) =>
    spec.dataset.compression === GZIP ? null : shardBytes(spec),

  *encode(spec: FileSpec, tools: EncodeTools) {
    const samples = new FramedSamples(
      sampleFrame(spec),
      tools.random,
      spec.fileIndex,
    );
    const dataBytes = strideBytesOf(spec) * spec.dataset.samplesPerFile;
    const cursor = new PageCursor(tools);
    if (spec.dataset.compression === GZIP) {
      yield* gzipped(spec, tools, cursor, samples);
    } else {
      yield* cursor.written(dataBytes, (view) => samples.write(view));
      yield* cursor.repeated(0, shardBytes(spec) - dataBytes);
    }
    yield* cursor.end();
  },

  open: (source, spec) => runSteps(indexShard(source, spec)),

  ranges(index: FileIndex, first, count, _continues, ranges) {
    const shard = index as ShardIndex;
    const begin = endOf(shard, first);
    ranges.push(begin, endOf(shard, first + count) - begin);
  },
};

/**
 * One member of gzip: what reads a tar file as a stream, as webdataset does
 * through Python's tarfile, stops at the end of the first.
 */
function* gzipped(
  spec: FileSpec,
  { pages }: EncodeTools,
  cursor: PageCursor,
  samples: FramedSamples,
): Generator<Uint8Array, void> {
  const totalBytes = shardBytes(spec);
  const dataBytes = strideBytesOf(spec) * spec.dataset.samplesPerFile;
  let crc = 0;
  yield* cursor.bytes(GZIP_HEAD);
  for (let at = 0; at < totalBytes; at += PIECE_BYTES) {
    const piece = new Uint8Array(Math.min(PIECE_BYTES, totalBytes - at));
    const filledBytes = Math.max(0, Math.min(piece.length, dataBytes - at));
    // The source of the payload writes into the work buffer alone, which is
    // lent for a moment.
    const lent = pages.subarray(0, filledBytes);
    const saved = lent.slice();
    samples.write(lent);
    piece.set(lent);
    lent.set(saved);
    crc = crc32(piece, crc);
    yield* cursor.bytes(deflatePiece(piece, spec.dataset.compressionLevel));
  }
  yield* cursor.bytes(DEFLATE_END);
  const tail = new DataView(new ArrayBuffer(8));
  tail.setUint32(0, crc, true);
  tail.setUint32(4, totalBytes % 2 ** 32, true);
  yield* cursor.bytes(new Uint8Array(tail.buffer));
}

/** Where the samples before sample `sample` end; the last takes the rest. */
function endOf(shard: ShardIndex, sample: number): number {
  const { sampleCount, fileBytes, strideBytes } = shard;
  if (sample >= sampleCount) return fileBytes;
  if (strideBytes > 0) return sample * strideBytes;
  return Math.floor((sample / sampleCount) * fileBytes);
}

function* indexShard(
  source: ByteSource,
  spec: FileSpec,
): Steps<number, ShardIndex> {
  const { byteLength, path } = source;
  const block = new Uint8Array(TAR_BLOCK_BYTES);
  const readBytes = yield source.readInto(block, 0);
  const head = block.subarray(0, readBytes);
  const isGzip = fileKind(head) === "gzip";
  const member = isGzip ? null : parseHeader(head, path, 0);
  const isOwn = byteLength === shardBytes(spec) &&
    member?.name === memberName(spec, 0, PAYLOAD);
  return {
    sampleCount: spec.dataset.samplesPerFile,
    fileBytes: byteLength,
    strideBytes: isOwn ? strideBytesOf(spec) : 0,
  };
}

function sampleFrame(spec: FileSpec): SampleFrame {
  const payloadBytes = sampleBytes(spec);
  const front = fileHeader(memberName(spec, 0, PAYLOAD), payloadBytes);
  // The last block of the front: PAX records may stand before it.
  const frontHeader = front.subarray(front.length - TAR_BLOCK_BYTES);
  const padBytes = ceilToBlock(payloadBytes) - payloadBytes;
  const back = new Uint8Array(padBytes + 2 * TAR_BLOCK_BYTES);
  const headers = labelHeaders(spec);
  const label = back.subarray(padBytes + TAR_BLOCK_BYTES);
  return {
    front,
    payloadBytes,
    back,
    turnFront: (sample) =>
      renameHeader(frontHeader, memberName(spec, sample, PAYLOAD)),
    turnBack(sample) {
      const digits = String(sample % LABELS);
      const header = headers[digits.length - 1]!;
      renameHeader(header, memberName(spec, sample, LABEL));
      back.set(header, padBytes);
      for (let i = 0; i < 3; i++) {
        label[i] = i < digits.length ? digits.charCodeAt(i) : 0;
      }
    },
  };
}

/** The headers of labels of one, two and three digits. */
function labelHeaders(spec: FileSpec): readonly Uint8Array[] {
  return [1, 2, 3].map((digits) =>
    fileHeader(memberName(spec, 0, LABEL), digits)
  );
}

/** All of a file have one length: numbers are padded to the largest. */
function memberName(
  { fileIndex, dataset: { samplesPerFile } }: FileSpec,
  sample: number,
  extension: string,
): string {
  const digits = Math.max(SAMPLE_DIGITS, String(samplesPerFile - 1).length);
  return `${String(fileIndex).padStart(FILE_DIGITS, "0")}_` +
    `${String(sample).padStart(digits, "0")}${extension}`;
}

function strideBytesOf(spec: FileSpec): number {
  const payloadBytes = sampleBytes(spec);
  const headerBytes = fileHeader("", payloadBytes).length;
  return headerBytes + ceilToBlock(payloadBytes) + 2 * TAR_BLOCK_BYTES;
}

function shardBytes(spec: FileSpec): number {
  const dataBytes = strideBytesOf(spec) * spec.dataset.samplesPerFile;
  return Math.ceil((dataBytes + 2 * TAR_BLOCK_BYTES) / TAR_RECORD_BYTES) *
    TAR_RECORD_BYTES;
}
