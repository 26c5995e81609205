/**
 * The codecs that pages can be compressed with.
 */

/** A codec of pages. */
export interface PageCodec {
  /** Parquet's code of it. */
  readonly code: number;
  /** @returns Bytes of its own or a view that is valid until the next call. */
  compress(page: Uint8Array): Uint8Array;
}

/** Names in `dataset.compression`, beside "none". */
export const PAGE_CODECS: readonly string[] = [];

/**
 * The codec of a name.
 *
 * @returns Null for "none".
 */
export function pageCodec(_name: string, _level: number): PageCodec | null {
  return null;
}
