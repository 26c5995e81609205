/**
 * DELTA_LENGTH_BYTE_ARRAY: all lengths of a page, then all bytes, so the
 * bytes of equally long random values are one random sequence.
 *
 *    varint 128          values of a block
 *    varint 4            miniblocks of a block
 *    varint count
 *    zigzag length       the first
 *    per 128 further     zigzag 0 (smallest difference), 4 × u8 0 (bits of a
 *                        difference)
 *
 * Spec: https://parquet.apache.org/docs/file-format/data-pages/encodings/#delta-length-byte-array-delta_length_byte_array--6
 */
import { concatBytes } from "../../bytes/concat_bytes.ts";
import { ThriftWriter } from "./thrift_writer.ts";

const BLOCK_VALUES = 128;
const BLOCK_MINIBLOCKS = 4;
/** Of a block whose lengths do not differ. */
const BLOCK_BYTES = 1 + BLOCK_MINIBLOCKS;

/** The lengths in front of `count` values of `valueBytes` each. */
export function equalLengths(count: number, valueBytes: number): Uint8Array {
  const header = new ThriftWriter();
  header.varint(BLOCK_VALUES);
  header.varint(BLOCK_MINIBLOCKS);
  header.varint(count);
  header.integer(valueBytes);
  const blockCount = Math.ceil((count - 1) / BLOCK_VALUES);
  return concatBytes([header.view(), new Uint8Array(blockCount * BLOCK_BYTES)]);
}
