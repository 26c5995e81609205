/**
 * Finds the record batches of an Arrow file, as its readers do:
 *
 *    file      by its footer, and the message of each record batch, which
 *              alone says how many rows it has
 *    stream    from message to message, front to back
 *
 * The bytes tell which of the two a file is, not the settings. Where the first
 * and the last message are those of a file of Stoker's, the ones between are
 * not read. Dictionaries are read whole: no record batch is of use without.
 */
import type { Awaitable } from "../../bytes/awaitable.ts";
import type { ByteSource } from "../../bytes/byte_source.ts";
import { runSteps, type Steps } from "../../bytes/steps.ts";
import { FormatError } from "../../errors.ts";
import { fileKind } from "../file_magic.ts";
import type { FileSpec } from "../format.ts";
import { type GroupIndex, GroupIndexBuilder } from "../parquet/group_index.ts";
import {
  batchAt,
  batchBytes,
  batchOffset,
  BLOCK_BYTES,
  type FileLayout,
  fileLayout,
  MAGIC,
} from "./file_layout.ts";
import { type FlatStructs, FlatTableReader } from "./flat_reader.ts";
import { CONTINUATION, MESSAGE, PREFIX_BYTES } from "./message.ts";
import { readAt } from "../read_at.ts";

/** Length of the footer and magic behind it. */
const TAIL_BYTES = 4 + MAGIC.length;

/** Largest metadata or footer: a damaged length must not take all memory. */
const MAX_METADATA_BYTES = 256 * 2 ** 20;

/** Bytes of a message that are read at once: most have fewer before the body. */
const HEAD_BYTES = 512;

/** Bytes of one read of a dictionary. */
const DROP_BYTES = 2 ** 16;

/** Slots of the tables in `Message.fbs` and `File.fbs`. */
const SLOT = {
  message: { headerType: 1, header: 2, bodyBytes: 3 },
  recordBatch: { rows: 0 },
  footer: { dictionaries: 2, recordBatches: 3 },
} as const;

/** A message with its body, and the rows of a record batch. */
interface Message {
  readonly type: number;
  readonly offset: number;
  readonly endOffset: number;
  readonly rows: number;
}

/**
 * Opens a file.
 *
 * @returns Where its record batches are.
 * @throws {FormatError} If the file is no Arrow file, is damaged, or has not
 *   the rows of `spec`.
 */
export function openArrow(
  source: ByteSource,
  spec: FileSpec,
): Awaitable<GroupIndex> {
  return runSteps(openSteps(source, spec));
}

/**
 * Opens a file of anybody's, whatever it holds.
 *
 * @returns Where its record batches are.
 * @throws {FormatError} If it is no Arrow file, or is damaged.
 */
export function openArrowRows(source: ByteSource): Awaitable<GroupIndex> {
  return runSteps(indexSteps(source, null));
}

function* openSteps(
  source: ByteSource,
  spec: FileSpec,
): Steps<number, GroupIndex> {
  const { path } = source;
  const index = yield* indexSteps(source, fileLayout(spec));
  const { samplesPerFile } = spec.dataset;
  if (index.rowCount < samplesPerFile) {
    throw new FormatError(
      path,
      0,
      `the file must have the ${samplesPerFile} rows of ` +
        `dataset.num_samples_per_file, it has ${index.rowCount}`,
    );
  }
  return index;
}

/** @param layout Of the file if Stoker made it; null: it is not known. */
function* indexSteps(
  source: ByteSource,
  layout: FileLayout | null,
): Steps<number, GroupIndex> {
  const { byteLength } = source;
  const tailBytes = Math.min(TAIL_BYTES, byteLength);
  const tail = yield* readAt(source, byteLength - tailBytes, tailBytes);
  const isFile = isSame(tail.subarray(4), MAGIC);
  const batches = isFile
    ? yield* fileBatches(source, tail, layout)
    : yield* streamBatches(source, layout);
  const builder = new GroupIndexBuilder(batches.length, 1);
  for (const { offset, endOffset, rows } of batches) {
    builder.addChunk(offset, endOffset - offset);
    builder.endGroup(rows);
  }
  return builder.index();
}

/** The record batches that the footer lists. */
function* fileBatches(
  source: ByteSource,
  tail: Uint8Array,
  layout: FileLayout | null,
): Steps<number, readonly Message[]> {
  const { path, byteLength } = source;
  const footerBytes = new DataView(tail.buffer).getUint32(0, true);
  const roomBytes = byteLength - TAIL_BYTES - MAGIC.length;
  const lengthOffset = byteLength - TAIL_BYTES;
  if (footerBytes > Math.min(roomBytes, MAX_METADATA_BYTES)) {
    throw new FormatError(
      path,
      lengthOffset,
      `the footer must have at most ` +
        `${Math.max(0, Math.min(roomBytes, MAX_METADATA_BYTES))} bytes, its ` +
        `length says ${footerBytes}`,
    );
  }
  const offset = lengthOffset - footerBytes;
  const bytes = yield* readAt(source, offset, footerBytes);
  const footer = parse(path, offset, () => {
    const table = FlatTableReader.root(bytes);
    return {
      dictionaries: table.structs(SLOT.footer.dictionaries, BLOCK_BYTES),
      batches: table.structs(SLOT.footer.recordBatches, BLOCK_BYTES),
    };
  });
  for (let i = 0; i < footer.dictionaries.count; i++) {
    const { start, end } = blockOf(source, footer.dictionaries, i);
    yield* drop(source, start, end);
  }
  const isOwn = layout !== null && footer.batches.count === layout.batchCount &&
    byteLength === layout.fileBytes && (yield* hasOwnMessages(source, layout));
  if (isOwn) return ownBatches(layout);
  const batches: Message[] = [];
  for (let i = 0; i < footer.batches.count; i++) {
    const { start, end, metadataBytes } = blockOf(source, footer.batches, i);
    const message = yield* readMessage(source, start, metadataBytes);
    if (message === null) throw notAMessage(path, start);
    batches.push({ ...message, endOffset: end });
  }
  return batches;
}

/** An entry of the footer; it lies inside the file. */
function blockOf(
  { path, byteLength }: ByteSource,
  blocks: FlatStructs,
  index: number,
): { start: number; end: number; metadataBytes: number } {
  const start = blocks.i64(index, 0);
  const metadataBytes = blocks.i32(index, 8);
  const bodyBytes = blocks.i64(index, 16);
  const end = start + metadataBytes + bodyBytes;
  if (start < 0 || metadataBytes < 0 || bodyBytes < 0 || end > byteLength) {
    throw new FormatError(
      path,
      byteLength - TAIL_BYTES,
      `block ${index} of the footer must lie inside the file: current value ` +
        `is ${start} to ${end}`,
    );
  }
  return { start, end, metadataBytes };
}

/** The record batches that are met on the way to the end. */
function* streamBatches(
  source: ByteSource,
  layout: FileLayout | null,
): Steps<number, readonly Message[]> {
  const { path, byteLength } = source;
  const isOwn = layout !== null && byteLength === layout.fileBytes &&
    (yield* hasOwnMessages(source, layout));
  if (isOwn) return ownBatches(layout);
  const batches: Message[] = [];
  let offset = 0;
  while (offset < byteLength) {
    const message = yield* readMessage(source, offset, null);
    if (message === null) break;
    const { type, endOffset } = message;
    if (offset === 0 && type !== MESSAGE.schema) throw notAMessage(path, 0);
    if (endOffset > byteLength) {
      throw new FormatError(
        path,
        offset,
        `the message must end inside the file: it says ${endOffset}, the ` +
          `file has ${byteLength} bytes`,
      );
    }
    if (type === MESSAGE.dictionaryBatch) {
      yield* drop(source, offset, endOffset);
    }
    if (type === MESSAGE.recordBatch) batches.push(message);
    offset = endOffset;
  }
  return batches;
}

/**
 * Reads a message without its body.
 *
 * @param knownBytes Bytes before its body, where the footer says them.
 * @returns Null at the end of a stream.
 */
function* readMessage(
  source: ByteSource,
  offset: number,
  knownBytes: number | null,
): Steps<number, Message | null> {
  const { path, byteLength } = source;
  const headBytes = Math.min(knownBytes ?? HEAD_BYTES, byteLength - offset);
  const head = yield* readAt(source, offset, headBytes);
  if (head.length < 4) throw notAMessage(path, offset);
  const view = new DataView(head.buffer);
  const first = view.getUint32(0, true);
  // Before Arrow 0.15 there was no continuation.
  const prefixBytes = first === CONTINUATION ? PREFIX_BYTES : 4;
  if (head.length < prefixBytes) throw notAMessage(path, offset);
  const metadataBytes = view.getUint32(prefixBytes - 4, true);
  if (metadataBytes === 0) return null;
  const bodyOffset = offset + prefixBytes + metadataBytes;
  if (
    metadataBytes > MAX_METADATA_BYTES || bodyOffset > byteLength ||
    (knownBytes !== null && offset + knownBytes < bodyOffset)
  ) {
    // A file that is none says what it is at its very beginning.
    throw offset === 0 ? notArrow(path, head) : new FormatError(
      path,
      offset,
      `the metadata of the message must end inside the file, it has ` +
        `${metadataBytes} bytes`,
    );
  }
  const metadata = prefixBytes + metadataBytes <= head.length
    ? head.subarray(prefixBytes, prefixBytes + metadataBytes)
    : yield* readAt(source, offset + prefixBytes, metadataBytes);
  return parse(path, offset, () => {
    const message = FlatTableReader.root(metadata);
    const type = message.u8(SLOT.message.headerType);
    const bodyBytes = message.i64(SLOT.message.bodyBytes);
    const header = message.table(SLOT.message.header);
    const rows = type === MESSAGE.recordBatch
      ? header?.i64(SLOT.recordBatch.rows) ?? 0
      : 0;
    if (bodyBytes < 0 || rows < 0) throw new RangeError("a number below 0");
    return { type, offset, endOffset: bodyOffset + bodyBytes, rows };
  });
}

/** Whether first and last message are those of a file of Stoker's. */
function* hasOwnMessages(
  source: ByteSource,
  layout: FileLayout,
): Steps<number, boolean> {
  const lastBatch = layout.batchCount - 1;
  for (const batch of lastBatch === 0 ? [0] : [0, lastBatch]) {
    const { message } = batchAt(layout, batch);
    const offset = batchOffset(layout, batch);
    const bytes = yield* readAt(source, offset, message.length);
    if (!isSame(bytes, message)) return false;
  }
  return true;
}

function ownBatches(layout: FileLayout): readonly Message[] {
  return Array.from({ length: layout.batchCount }, (_, batch) => {
    const own = batchAt(layout, batch);
    const offset = batchOffset(layout, batch);
    return {
      type: MESSAGE.recordBatch,
      offset,
      endOffset: offset + batchBytes(own),
      rows: own.rows,
    };
  });
}

/** Reads a dictionary and keeps nothing. */
function* drop(
  source: ByteSource,
  start: number,
  end: number,
): Steps<number, void> {
  for (let offset = start; offset < end; offset += DROP_BYTES) {
    yield* readAt(source, offset, Math.min(DROP_BYTES, end - offset));
  }
}

/** What leads out of the bytes is damage. */
function parse<Result>(
  path: string,
  offset: number,
  read: () => Result,
): Result {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new FormatError(path, offset, "the metadata of Arrow is damaged");
  }
}

function isSame(bytes: Uint8Array, wanted: Uint8Array): boolean {
  return bytes.length === wanted.length &&
    wanted.every((byte, index) => bytes[index] === byte);
}

function notAMessage(path: string, offset: number): FormatError {
  return new FormatError(path, offset, "a message of Arrow must be there");
}

function notArrow(path: string, first: Uint8Array): FormatError {
  const kind = fileKind(first);
  const isCut = isSame(first.subarray(0, MAGIC.length), MAGIC);
  return new FormatError(
    path,
    0,
    isCut
      ? 'an Arrow file that begins with "ARROW1" must end with it: it was cut'
      : "an Arrow file must begin with a schema" +
        (kind === null ? "" : `; it begins as ${kind}`),
  );
}
