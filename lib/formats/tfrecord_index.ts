/**
 * Where the records of a TFRecord file are.
 *
 * Files that Stoker writes hold records of one length that follows from the
 * settings: if the first record, the last one and the file have the lengths
 * expected, places are arithmetic and nothing is kept. Other files are walked
 * head by head, which keeps 8 bytes per record.
 */
import type { Steps } from "../bytes/steps.ts";
import type { ByteSource } from "../bytes/byte_source.ts";
import { FormatError } from "../errors.ts";
import { fileKind } from "./file_magic.ts";
import {
  FRAMING_BYTES,
  parseRecordHead,
  RECORD_HEAD_BYTES,
} from "./tfrecord_framing.ts";

/** What is kept of an opened file. */
export interface TfrecordIndex {
  /** Bytes of every record with its framing; 0 if lengths differ. */
  readonly recordBytes: number;
  /**
   * If lengths differ: where each record begins, and behind the last one the
   * end of the file.
   */
  readonly offsets: Float64Array | null;
}

/** What the settings say of a file. */
export interface ExpectedRecords {
  /** Number of records that the file must hold. */
  readonly recordCount: number;
  /** Bytes of each record with its framing, if Stoker made the file. */
  readonly recordBytes: number;
}

/**
 * Finds the records.
 *
 * @throws {FormatError} If a head is damaged or the number is another.
 */
export function* indexRecords(
  source: ByteSource,
  { recordCount, recordBytes }: ExpectedRecords,
): Steps<number, TfrecordIndex> {
  const head = new Uint8Array(RECORD_HEAD_BYTES);
  const first = yield* readHead(source, head, 0);
  const isExpected = first + FRAMING_BYTES === recordBytes &&
    recordBytes * recordCount === source.byteLength;
  if (isExpected) {
    const lastOffset = source.byteLength - recordBytes;
    const isEqual = recordCount === 1 ||
      (yield* isHeadOf(source, head, lastOffset, first));
    if (isEqual) return { recordBytes, offsets: null };
  }
  return yield* walk(source, recordCount, head);
}

/**
 * The range of records [first, first + count): they are neighbors, so it is
 * one.
 *
 * @returns Offset and end in bytes.
 */
export function recordSpan(
  index: TfrecordIndex,
  first: number,
  count: number,
): readonly [offset: number, end: number] {
  const { offsets, recordBytes } = index;
  return offsets === null
    ? [first * recordBytes, (first + count) * recordBytes]
    : [offsets[first]!, offsets[first + count]!];
}

function* walk(
  source: ByteSource,
  recordCount: number,
  head: Uint8Array,
): Steps<number, TfrecordIndex> {
  const { path, byteLength } = source;
  const leastBytes = recordCount * FRAMING_BYTES;
  // Also bounds the array below by the size of the file.
  if (byteLength < leastBytes) {
    throw new FormatError(
      path,
      byteLength,
      `a file of ${recordCount} records must have at least ${leastBytes} ` +
        `bytes: current value is ${byteLength}`,
    );
  }
  const offsets = new Float64Array(recordCount + 1);
  let offset = 0;
  for (let record = 0; record < recordCount; record++) {
    if (offset === byteLength) {
      throw countError(path, offset, recordCount, `it ends after ${record}`);
    }
    offsets[record] = offset;
    offset += FRAMING_BYTES + (yield* readHead(source, head, offset));
  }
  if (offset !== byteLength) {
    const restBytes = byteLength - offset;
    throw countError(path, offset, recordCount, `${restBytes} bytes follow`);
  }
  offsets[recordCount] = byteLength;
  return { recordBytes: 0, offsets };
}

function countError(
  path: string,
  offset: number,
  recordCount: number,
  found: string,
): FormatError {
  return new FormatError(
    path,
    offset,
    `the file must hold ${recordCount} records ` +
      `(dataset.num_samples_per_file): ${found}`,
  );
}

function* readHead(
  source: ByteSource,
  head: Uint8Array,
  offset: number,
): Steps<number, number> {
  const readBytes = yield source.readInto(head, offset);
  if (readBytes !== RECORD_HEAD_BYTES) {
    throw new FormatError(
      source.path,
      offset,
      `a record's head must have ${RECORD_HEAD_BYTES} bytes: the file ends ` +
        `after ${readBytes}`,
    );
  }
  return recordPayloadBytes(head, source, offset);
}

/**
 * Reads the head of a record as {@linkcode parseRecordHead} does, and says of
 * a file that begins with none what it is.
 *
 * @param head Its {@linkcode RECORD_HEAD_BYTES} bytes.
 * @param source The file.
 * @param offset Where in the file the head stands.
 * @returns Length of the payload in bytes.
 * @throws {FormatError} If it is no head.
 */
export function recordPayloadBytes(
  head: Uint8Array,
  source: ByteSource,
  offset: number,
): number {
  try {
    return parseRecordHead(head, source.path, offset, source.byteLength);
  } catch (error) {
    const kind = offset === 0 ? fileKind(head) : null;
    if (kind === null || !(error instanceof FormatError)) throw error;
    throw new FormatError(
      source.path,
      0,
      `a TFRecord file must begin with a record: this one begins as ${kind}; ` +
        `records are read only from files that are not compressed`,
    );
  }
}

function* isHeadOf(
  source: ByteSource,
  head: Uint8Array,
  offset: number,
  payloadBytes: number,
): Steps<number, boolean> {
  const readBytes = yield source.readInto(head, offset);
  if (readBytes !== RECORD_HEAD_BYTES) return false;
  try {
    const { path, byteLength } = source;
    return parseRecordHead(head, path, offset, byteLength) === payloadBytes;
  } catch (error) {
    // No head here: the walk finds the records, or the damage.
    if (error instanceof FormatError) return false;
    throw error;
  }
}
