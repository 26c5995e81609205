/**
 * Opens a Megatron data file by its index file: header, lengths, and the last
 * offset, which shows that the sequences follow one another as Megatron
 * writes them.
 */
import type { ByteSource } from "../../bytes/byte_source.ts";
import type { Steps } from "../../bytes/steps.ts";
import { FormatError } from "../../errors.ts";
import { combine32 } from "../../random/seeds.ts";
import { type FileSpec, sampleElementCount } from "../format.ts";
import { DocumentOrder } from "./document_order.ts";
import { HEADER_BYTES } from "./index_file.ts";
import {
  int64At,
  lastOffsetAt,
  readHeader,
  samplesOfTokens,
} from "./index_header.ts";
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
  const samplesHeld = samplesOfTokens(order.tokenCount, sequenceLength);
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
  const at = lastOffsetAt(count);
  const offset = int64At(yield* readAt(index, at, 8));
  const wanted = (order.tokenCount - (lengths[count - 1] ?? 0)) * tokenBytes;
  if (offset === wanted) return;
  throw new FormatError(
    index.path,
    at,
    `the last sequence must begin where the one before ends, at ${wanted}: ` +
      `it says ${offset}`,
  );
}
