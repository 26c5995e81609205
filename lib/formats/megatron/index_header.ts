/**
 * What the index file of a Megatron data file says before its arrays, and how
 * many tokens it speaks of; see `index_file.ts` for the layout.
 */
import type { ByteSource } from "../../bytes/byte_source.ts";
import type { Steps } from "../../bytes/steps.ts";
import { FormatError } from "../../errors.ts";
import { fileKind } from "../file_magic.ts";
import { ELEMENT_BYTES, type ElementType } from "../format.ts";
import { readAt } from "../read_at.ts";
import { HEADER_BYTES, MAGIC, TYPE_CODES, VERSION } from "./index_file.ts";

/** The header of an index file. */
export interface MegatronHeader {
  readonly elementType: ElementType;
  readonly tokenBytes: number;
  readonly sequenceCount: number;
  readonly documentCount: number;
}

/**
 * Reads the header.
 *
 * @param index The index file.
 * @throws {FormatError} If it is none.
 */
export function* readHeader(index: ByteSource): Steps<number, MegatronHeader> {
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
  const elementType = typeOf(path, bytes[17]);
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
  return {
    elementType,
    tokenBytes: ELEMENT_BYTES[elementType],
    sequenceCount,
    // The last entry is the end.
    documentCount: Math.max(0, Number(view.getBigUint64(26, true)) - 1),
  };
}

/**
 * Tokens of a data file by its index file, without the lengths between: the
 * last sequence ends where the tokens do.
 *
 * @param index The index file.
 * @param fileBytes Length of the data file.
 * @throws {FormatError} If the data file is shorter.
 */
export function* readTokenCount(
  index: ByteSource,
  fileBytes: number,
  { sequenceCount, tokenBytes }: MegatronHeader,
): Steps<number, number> {
  const last = sequenceCount - 1;
  const length = yield* readAt(index, HEADER_BYTES + 4 * last, 4);
  const offset = yield* readAt(index, lastOffsetAt(sequenceCount), 8);
  const endBytes = int64At(offset) +
    new DataView(length.buffer).getInt32(0, true) * tokenBytes;
  if (endBytes < 0 || endBytes > fileBytes) {
    throw new FormatError(
      index.path,
      lastOffsetAt(sequenceCount),
      `its last sequence must end inside the data file, which has ` +
        `${fileBytes} bytes: it ends at ${endBytes}`,
    );
  }
  return Math.floor(endBytes / tokenBytes);
}

/** Where an index file has the place of its last sequence. */
export function lastOffsetAt(sequenceCount: number): number {
  return HEADER_BYTES + 4 * sequenceCount + 8 * (sequenceCount - 1);
}

/** The number in 8 bytes. */
export function int64At(bytes: Uint8Array): number {
  const { buffer, byteOffset } = bytes;
  return Number(new DataView(buffer, byteOffset).getBigInt64(0, true));
}

/** Samples that so many tokens are: each has one more, for its last label. */
export function samplesOfTokens(
  tokens: number,
  sequenceLength: number,
): number {
  return Math.max(0, Math.floor((tokens - 1) / sequenceLength));
}

function typeOf(path: string, code: number | undefined): ElementType {
  const type = (Object.keys(TYPE_CODES) as ElementType[])
    .find((name) => TYPE_CODES[name] === code);
  if (type !== undefined) return type;
  throw new FormatError(
    path,
    17,
    `the code of the tokens' type must be from 1 to 8, it is ${code}`,
  );
}
