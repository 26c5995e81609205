/**
 * The random source: incompressible, unique, reproducible bytes.
 *
 * Bytes are addressed by (seed, stream, offset): the same address always
 * gives the same byte, whatever was filled before and in whatever pieces.
 * The seed belongs to a dataset, the stream to a file of it, the offset to
 * the payload inside the file. So a dataset does not depend on the number of
 * threads, accelerators or hosts that wrote it, and any part of a file can be
 * checked alone.
 */

/** What a random source is made from. */
export interface RandomSourceOptions {
  /** `dataset.seed`: an integer in [0, 2^53). */
  readonly seed: number;
}

/** Random bytes of one dataset (one seed). */
export interface RandomSource {
  /**
   * Writes the bytes of `stream` from `offset` on.
   *
   * @param view Where to; any length and alignment. The wasm source demands
   *   a view of the arena it was made with.
   * @param stream Integer >= 0: the file's index in the dataset.
   * @param offset Integer >= 0: the first byte's place in the stream.
   */
  fill(view: Uint8Array, stream: number, offset: number): void;

  /**
   * CRC-32 (ISO-HDLC, as in zip and PNG) of stream bytes, without writing
   * them anywhere; far faster than filling and summing.
   *
   * @param byteCount Bytes from `offset` on.
   * @param crc CRC of what comes before; 0 at the start, as in zlib.
   */
  crc32(stream: number, offset: number, byteCount: number, crc: number): number;

  /** The same for CRC-32C (Castagnoli, as in TFRecord), without its mask. */
  crc32c(
    stream: number,
    offset: number,
    byteCount: number,
    crc: number,
  ): number;
}
