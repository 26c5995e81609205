/**
 * DEFLATE in constant memory, without streams: data is compressed in pieces
 * of a fixed size, each on its own and flushed to a byte boundary, so the
 * results simply follow one another, as `pigz --independent` does it.
 *
 * The pieces' size is fixed, not that of the work buffer: a file's bytes
 * must not depend on the memory of the host that makes it.
 *
 * Spec: RFC 1951.
 */
import { zlib } from "../deps/zlib.ts";

/** Bytes of data per piece, the last one excepted. */
export const PIECE_BYTES = 65536;

/** Ends the stream: an empty final block of fixed codes. */
export const DEFLATE_END = Uint8Array.of(0x03, 0x00);

/**
 * Compresses one piece.
 *
 * @param level zlib's, 0 ... 9.
 * @returns Whole blocks of which none is final.
 */
export function deflatePiece(piece: Uint8Array, level: number): Uint8Array {
  const { constants, deflateRawSync } = zlib();
  return deflateRawSync(piece, {
    level,
    finishFlush: constants.Z_SYNC_FLUSH,
  });
}
