/**
 * Reads the central directory of a zip archive, ours or anyone's.
 *
 *    ...  entries
 *    central headers
 *    [zip64 end record, 56 bytes or more · its locator, 20 bytes]
 *    end record, 22 bytes, and a comment of up to 65 535
 *
 * Spec: PKWARE APPNOTE.TXT 6.3.10, sections 4.3.12 to 4.3.16 and 4.5.3.
 */
import type { ByteSource } from "../../bytes/byte_source.ts";
import type { Steps } from "../../bytes/steps.ts";
import { FormatError } from "../../errors.ts";
import { fileKind } from "../file_magic.ts";
import { readAt } from "../read_at.ts";

const END_BYTES = 22;
const MAX_COMMENT_BYTES = 65_535;
const LOCATOR_BYTES = 20;
const ZIP64_END_BYTES = 56;
const CENTRAL_BYTES = 46;
const LOCAL_BYTES = 30;
const END_SIGNATURE = 0x06054b50;
const LOCATOR_SIGNATURE = 0x07064b50;
const CENTRAL_SIGNATURE = 0x02014b50;
const LOCAL_SIGNATURE = 0x04034b50;
const IN_ZIP64_EXTRA = 0xffffffff;
/** A damaged length must not take all memory. */
const MAX_DIRECTORY_BYTES = 64 * 2 ** 20;

/** An entry as the directory has it. */
export interface FoundZipEntry {
  readonly name: string;
  /** 0: stored, 8: deflated; others exist. */
  readonly method: number;
  readonly archivedBytes: number;
  readonly dataBytes: number;
  /** Where its local header begins. */
  readonly offset: number;
}

/**
 * Reads the entries of an archive.
 *
 * @throws {FormatError} If it is no zip archive or its directory is damaged.
 */
export function* readZipDirectory(
  source: ByteSource,
): Steps<number, readonly FoundZipEntry[]> {
  const { byteLength, path } = source;
  const tailBytes = Math.min(byteLength, END_BYTES + MAX_COMMENT_BYTES);
  // Comments are rare: the short tail is mostly enough.
  let tail = yield* readAt(
    source,
    byteLength - Math.min(tailBytes, END_BYTES + LOCATOR_BYTES),
  );
  let end = endRecordIn(tail);
  if (end < LOCATOR_BYTES && tail.length < tailBytes) {
    tail = yield* readAt(source, byteLength - tailBytes);
    end = endRecordIn(tail);
  }
  if (end < 0) throw yield* noArchive(source);
  const view = viewOf(tail);
  let directoryBytes = view.getUint32(end + 12, true);
  let directoryOffset = view.getUint32(end + 16, true);
  if (
    end >= LOCATOR_BYTES &&
    view.getUint32(end - LOCATOR_BYTES, true) === LOCATOR_SIGNATURE
  ) {
    const offset = Number(view.getBigUint64(end - LOCATOR_BYTES + 8, true));
    const record = viewOf(yield* readAt(source, offset, ZIP64_END_BYTES));
    directoryBytes = Number(record.getBigUint64(40, true));
    directoryOffset = Number(record.getBigUint64(48, true));
  }
  if (
    directoryOffset + directoryBytes > byteLength ||
    directoryBytes > MAX_DIRECTORY_BYTES
  ) {
    throw new FormatError(
      path,
      byteLength - tail.length + end,
      `the directory must lie in the file: it has ${directoryBytes} bytes ` +
        `from byte ${directoryOffset} on`,
    );
  }
  return parseDirectory(
    yield* readAt(source, directoryOffset, directoryBytes),
    { path, directoryOffset },
  );
}

/**
 * Where the data of an entry begins.
 *
 * @throws {FormatError} If its local header is damaged.
 */
export function* zipDataOffset(
  source: ByteSource,
  entry: FoundZipEntry,
): Steps<number, number> {
  const view = viewOf(yield* readAt(source, entry.offset, LOCAL_BYTES));
  if (view.getUint32(0, true) !== LOCAL_SIGNATURE) {
    throw new FormatError(
      source.path,
      entry.offset,
      `a local header must be where the directory has "${entry.name}"`,
    );
  }
  return entry.offset + LOCAL_BYTES + view.getUint16(26, true) +
    view.getUint16(28, true);
}

function* noArchive(source: ByteSource): Steps<number, FormatError> {
  const begin = yield* readAt(source, 0, Math.min(6, source.byteLength));
  const kind = fileKind(begin);
  const found = kind === null || kind === "ZIP" ? "" : `, it begins as ${kind}`;
  return new FormatError(
    source.path,
    source.byteLength,
    `a zip archive must end with its directory: this file does not${found}`,
  );
}

/** @returns Where the end record begins; -1: there is none. */
function endRecordIn(tail: Uint8Array): number {
  const view = viewOf(tail);
  for (let at = tail.length - END_BYTES; at >= 0; at--) {
    const isEnd = view.getUint32(at, true) === END_SIGNATURE &&
      at + END_BYTES + view.getUint16(at + 20, true) === tail.length;
    if (isEnd) return at;
  }
  return -1;
}

function parseDirectory(
  bytes: Uint8Array,
  { path, directoryOffset }: {
    readonly path: string;
    readonly directoryOffset: number;
  },
): FoundZipEntry[] {
  const view = viewOf(bytes);
  const entries: FoundZipEntry[] = [];
  let at = 0;
  while (at + CENTRAL_BYTES <= bytes.length) {
    const nameBytes = view.getUint16(at + 28, true);
    const extraBytes = view.getUint16(at + 30, true);
    const nameAt = at + CENTRAL_BYTES;
    const next = nameAt + nameBytes + extraBytes +
      view.getUint16(at + 32, true);
    if (
      view.getUint32(at, true) !== CENTRAL_SIGNATURE || next > bytes.length
    ) {
      throw new FormatError(
        path,
        directoryOffset + at,
        "the directory must have one header after another",
      );
    }
    const extra = viewOf(
      bytes.subarray(nameAt + nameBytes, nameAt + nameBytes + extraBytes),
    );
    const [dataBytes, archivedBytes, offset] = wideFields(extra, [
      view.getUint32(at + 24, true),
      view.getUint32(at + 20, true),
      view.getUint32(at + 42, true),
    ]);
    entries.push({
      name: new TextDecoder().decode(
        bytes.subarray(nameAt, nameAt + nameBytes),
      ),
      method: view.getUint16(at + 10, true),
      archivedBytes,
      dataBytes,
      offset,
    });
    at = next;
  }
  return entries;
}

/** Fields that do not fit 32 bits stand in the extra field, in this order. */
function wideFields(
  extra: DataView,
  fields: readonly [number, number, number],
): [number, number, number] {
  const wide: [number, number, number] = [...fields];
  for (let at = 0; at + 4 <= extra.byteLength;) {
    const id = extra.getUint16(at, true);
    const end = at + 4 + extra.getUint16(at + 2, true);
    let value = at + 4;
    for (let i = 0; id === 1 && i < wide.length; i++) {
      if (wide[i] !== IN_ZIP64_EXTRA || value + 8 > extra.byteLength) continue;
      wide[i] = Number(extra.getBigUint64(value, true));
      value += 8;
    }
    at = end;
  }
  return wide;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
