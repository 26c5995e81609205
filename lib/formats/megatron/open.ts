/**
 * Opens a Megatron data file by its index file: header, lengths, and the last
 * offset, which shows that the sequences follow one another as Megatron
 * writes them.
 */
import type { ByteSource } from "../../bytes/byte_source.ts";
import type { Steps } from "../../bytes/steps.ts";
import { FormatError } from "../../errors.ts";
import { combine32 } from "../../random/seeds.ts";
import { fileKind } from "../file_magic.ts";
import {
  ELEMENT_BYTES,
  type ElementType,
  type FileSpec,
  sampleElementCount,
} from "../format.ts";
import { DocumentOrder } from "./document_order.ts";
import { HEADER_BYTES, MAGIC, TYPE_CODES, VERSION } from "./index_file.ts";
import { readAt } from "../read_at.ts";

/** Bytes of one read of lengths. */
const READ_BYTES = 4 * 2 ** 20;
/** Keeps orders of documents apart from other draws of the same seed. */
const DOMAIN = 4;

/** An opened file. */
export interface OpenedMegatron {
  readonly order: DocumentOrder;
  /** Tokens of a sample, without the one for its last label. */
  readonly sequenceLength: number;
  readonly samplesHeld: number;
}

interface Header {
  readonly tokenBytes: number;
  readonly sequenceCount: number;
}

/**
 * Reads an index file.
 *
 * @param source The data file.
 * @param index The index file.
 * @throws {FormatError} If they are damaged, do not belong together, or have
 *   fewer samples than `spec`.
 */
export function* openSteps(
  source: ByteSource,
  index: ByteSource,
  spec: FileSpec,
): Steps<number, OpenedMegatron> {
  const { tokenBytes, sequenceCount } = yield* readHeader(index);
  const lengths = yield* readLengths(index, sequenceCount);
  const order = new DocumentOrder({
    lengths,
    tokenBytes,
    seed: combine32(combine32(DOMAIN, spec.dataset.seed), spec.fileIndex),
  });
  yield* checkOffsets(index, { lengths, tokenBytes, order });
  const wantedBytes = order.tokenCount * tokenBytes;
  if (source.byteLength < wantedBytes) {
    throw new FormatError(
      source.path,
      source.byteLength,
      `the file must have the ${wantedBytes} bytes of the sequences in ` +
        `"${index.path}", it has ${source.byteLength}`,
    );
  }
  const sequenceLength = sampleElementCount(spec);
  const samplesHeld = Math.max(
    0,
    Math.floor((order.tokenCount - 1) / sequenceLength),
  );
  const { samplesPerFile } = spec.dataset;
  if (samplesHeld < samplesPerFile) {
    throw new FormatError(
      source.path,
      0,
      `the file must have the ${samplesPerFile} samples of ` +
        `dataset.num_samples_per_file: its ${order.tokenCount} tokens are ` +
        `${samplesHeld} of ${sequenceLength}`,
    );
  }
  return { order, sequenceLength, samplesHeld };
}

function* readHeader(index: ByteSource): Steps<number, Header> {
  const { path, byteLength } = index;
  const bytes = yield* readAt(index, 0, Math.min(HEADER_BYTES, byteLength));
  const isIndex = MAGIC.every((byte, at) => bytes[at] === byte);
  if (!isIndex || bytes.length < HEADER_BYTES) {
    const kind = fileKind(bytes);
    throw new FormatError(
      path,
      0,
      'an index file of Megatron must begin with "MMIDIDX"' +
        (kind === null ? "" : `; it begins as ${kind}`),
    );
  }
  const view = new DataView(bytes.buffer);
  const version = Number(view.getBigUint64(9, true));
  if (version !== VERSION) {
    throw new FormatError(path, 9, `its version must be 1, it is ${version}`);
  }
  const code = bytes[17];
  const type = (Object.keys(TYPE_CODES) as ElementType[])
    .find((name) => TYPE_CODES[name] === code);
  if (type === undefined) {
    throw new FormatError(
      path,
      17,
      `the code of the tokens' type must be from 1 to 8, it is ${code}`,
    );
  }
  const sequenceCount = Number(view.getBigUint64(18, true));
  const roomBytes = byteLength - HEADER_BYTES;
  if (sequenceCount < 1 || sequenceCount * 12 > roomBytes) {
    throw new FormatError(
      path,
      18,
      `it must have from 1 to ${Math.floor(roomBytes / 12)} sequences, as ` +
        `many as its length has room for: it says ${sequenceCount}`,
    );
  }
  return { tokenBytes: ELEMENT_BYTES[type], sequenceCount };
}

function* readLengths(
  index: ByteSource,
  count: number,
): Steps<number, Int32Array> {
  const lengths = new Int32Array(count);
  const bytes = new Uint8Array(lengths.buffer);
  for (let at = 0; at < bytes.length; at += READ_BYTES) {
    const byteCount = Math.min(READ_BYTES, bytes.length - at);
    bytes.set(yield* readAt(index, HEADER_BYTES + at, byteCount), at);
  }
  const wrong = lengths.findIndex((length) => length < 0);
  if (wrong >= 0) {
    throw new FormatError(
      index.path,
      HEADER_BYTES + 4 * wrong,
      `the length of a sequence must be >= 0, it is ${lengths[wrong]}`,
    );
  }
  return lengths;
}

/** Sequences that do not follow one another are nothing Megatron writes. */
function* checkOffsets(
  index: ByteSource,
  { lengths, tokenBytes, order }: {
    readonly lengths: Int32Array;
    readonly tokenBytes: number;
    readonly order: DocumentOrder;
  },
): Steps<number, void> {
  const count = lengths.length;
  const at = HEADER_BYTES + 4 * count + 8 * (count - 1);
  const bytes = yield* readAt(index, at, 8);
  const offset = Number(new DataView(bytes.buffer).getBigInt64(0, true));
  const wanted = (order.tokenCount - (lengths[count - 1] ?? 0)) * tokenBytes;
  if (offset === wanted) return;
  throw new FormatError(
    index.path,
    at,
    `the last sequence must begin where the one before ends, at ${wanted}: ` +
      `it says ${offset}`,
  );
}
