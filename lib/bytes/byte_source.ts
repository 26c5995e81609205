/**
 * The seam between formats and storage on the way in: a format asks for
 * ranges and does not know whether a disk or an object store answers.
 */
import type { Awaitable } from "./awaitable.ts";

/** Random access to the bytes of one file or object. */
export interface ByteSource {
  /** What the bytes are called in errors: a path or URI. */
  readonly path: string;
  /** Length of the whole file in bytes. */
  readonly byteLength: number;
  /**
   * Reads into `view` from `offset` on.
   *
   * @returns Bytes read: `view.length`, or fewer only at the end of the file.
   */
  readInto(view: Uint8Array, offset: number): Awaitable<number>;
}
