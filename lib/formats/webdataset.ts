/**
 * WebDataset: tar shards. A sample is two members of one basename, its
 * payload and a label, as an image and its class are.
 *
 *    header "000003_00000000.bin" 512 │ payload, random │ zeros to 512
 *    header "000003_00000000.cls" 512 │ label as text   │ zeros to 512
 *    … one after another, then zeros: two blocks, and on to 10240
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
 * Spec: `tar/tar_header.ts`; https://github.com/webdataset/webdataset
 */
import type { ByteSource } from "../bytes/byte_source.ts";
import { runSteps, type Steps } from "../bytes/steps.ts";
import { tarCounting } from "./counting/tar_count.ts";
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
  extension: () => "tar",
  reading: "shard",
  counting: tarCounting,
  isInterleaved: true,
  codecs: [],

  problems: (spec) => arrayProblems(webdataset, spec),
  fileBytes: shardBytes,

  *encode(spec: FileSpec, tools: EncodeTools) {
    const { random } = tools;
    const samples = new FramedSamples(
      sampleFrame(spec),
      random,
      spec.fileIndex,
    );
    const dataBytes = strideBytesOf(spec) * spec.dataset.samplesPerFile;
    const cursor = new PageCursor(tools);
    yield* cursor.written(dataBytes, (view) => samples.write(view));
    yield* cursor.repeated(0, shardBytes(spec) - dataBytes);
    yield* cursor.end();
  },

  open: (source, spec) => runSteps(indexShard(source, spec)),

  ranges(index: FileIndex, first, count, _continues, ranges) {
    const shard = index as ShardIndex;
    const begin = endOf(shard, first);
    ranges.push(begin, endOf(shard, first + count) - begin);
  },
};

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
  const member = parseHeader(block.subarray(0, readBytes), path, 0);
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
