/**
 * TFRecord framing: what stands around each record.
 *
 *    offset  bytes  field
 *         0      8  payloadBytes, little-endian
 *         8      4  masked CRC-32C of these 8 bytes
 *        12      ...  payload
 *     12 + ...     4  masked CRC-32C of the payload
 *
 * Spec: https://www.tensorflow.org/tutorials/load_data/tfrecord
 */
import { crc32c } from "../bytes/crc.ts";
import { FormatError } from "../errors.ts";

/** Bytes before a payload. */
export const RECORD_HEAD_BYTES = 12;
/** Bytes behind a payload. */
export const RECORD_TAIL_BYTES = 4;
/** Bytes of framing around one payload. */
export const FRAMING_BYTES = RECORD_HEAD_BYTES + RECORD_TAIL_BYTES;

const MASK_DELTA = 0xa282ead8;

/**
 * A CRC as TFRecord stores it: turned right by 15 bits, plus a constant, so
 * that a sum over bytes that hold sums stays a good one.
 */
export function maskCrc(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + MASK_DELTA) >>> 0;
}

/** The {@linkcode RECORD_HEAD_BYTES} bytes before a payload. */
export function recordHead(payloadBytes: number): Uint8Array {
  const head = new Uint8Array(RECORD_HEAD_BYTES);
  const view = new DataView(head.buffer);
  view.setBigUint64(0, BigInt(payloadBytes), true);
  view.setUint32(8, maskCrc(crc32c(head.subarray(0, 8))), true);
  return head;
}

/**
 * Reads the head of a record.
 *
 * @param head Its {@linkcode RECORD_HEAD_BYTES} bytes.
 * @param path The file, for errors.
 * @param offset Where in the file the head stands.
 * @param fileBytes Length of the file; the record must end within it.
 * @returns Length of the payload in bytes.
 * @throws {FormatError} If the checksum is wrong or the record too long.
 */
export function parseRecordHead(
  head: Uint8Array,
  path: string,
  offset: number,
  fileBytes: number,
): number {
  const view = new DataView(head.buffer, head.byteOffset, RECORD_HEAD_BYTES);
  const storedCrc = view.getUint32(8, true);
  const actualCrc = maskCrc(crc32c(head.subarray(0, 8)));
  if (storedCrc !== actualCrc) {
    throw new FormatError(
      path,
      offset + 8,
      "the masked CRC-32C of the record's length must be " +
        `${hex(actualCrc)}: current value is ${hex(storedCrc)}`,
    );
  }
  const payloadBytes = Number(view.getBigUint64(0, true));
  const roomBytes = fileBytes - offset - FRAMING_BYTES;
  if (payloadBytes > roomBytes) {
    throw new FormatError(
      path,
      offset,
      `the record's length must be <= ${roomBytes}, the bytes left in the ` +
        `file: current value is ${payloadBytes}`,
    );
  }
  return payloadBytes;
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, "0")}`;
}
