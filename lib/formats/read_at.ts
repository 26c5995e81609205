/**
 * Reads bytes that a format's file must have: headers, footers, directories.
 */
import type { ByteSource } from "../bytes/byte_source.ts";
import type { Steps } from "../bytes/steps.ts";
import { FormatError } from "../errors.ts";

/**
 * Reads a range.
 *
 * @param byteCount How many bytes; without it, all to the end.
 * @throws {FormatError} If the file ends before.
 */
export function* readAt(
  source: ByteSource,
  offset: number,
  byteCount: number = source.byteLength - offset,
): Steps<number, Uint8Array> {
  const bytes = new Uint8Array(Math.max(0, byteCount));
  const readBytes = yield source.readInto(bytes, offset);
  if (readBytes === bytes.length) return bytes;
  throw new FormatError(
    source.path,
    offset,
    `${bytes.length} bytes must be there, the file ends after ${readBytes}`,
  );
}
