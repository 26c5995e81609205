/**
 * Files in memory, of which only the end need be there.
 */
import type { Awaitable } from "../../../lib/bytes/awaitable.ts";
import type { ByteSource } from "../../../lib/bytes/byte_source.ts";

/** A file that counts its reads. */
export interface TailSource extends ByteSource {
  readonly readCount: number;
}

/**
 * A file whose last bytes are `tail`.
 *
 * @param byteLength Of the whole file; null if `tail` is all of it.
 * @param isLate Whether reads answer later.
 * @param lostBytes Bytes at the end that reads do not find.
 */
export function tailSource(
  tail: Uint8Array,
  byteLength: number | null = null,
  isLate = false,
  lostBytes = 0,
): TailSource {
  const fileBytes = byteLength ?? tail.length;
  const tailOffset = fileBytes - tail.length;
  return {
    path: "train/img_0_of_1.parquet",
    byteLength: fileBytes,
    readCount: 0,
    readInto(view, offset): Awaitable<number> {
      (this as { readCount: number }).readCount++;
      const from = offset - tailOffset;
      const to = Math.min(from + view.length, tail.length - lostBytes);
      const part = tail.subarray(from, to);
      view.set(part);
      return isLate ? Promise.resolve(part.length) : part.length;
    },
  };
}
