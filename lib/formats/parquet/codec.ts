/**
 * The seam of page compression.
 */

/** A codec of pages. */
export interface PageCodec {
  /** Parquet's code of it: `CompressionCodec` of the specification. */
  readonly code: number;
  /** @returns Bytes of its own or a view that is valid until the next call. */
  compress(page: Uint8Array): Uint8Array;
}
