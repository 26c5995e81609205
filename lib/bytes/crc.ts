/**
 * CRC-32 and CRC-32C of bytes, one table look-up per byte: for headers and
 * as the reference of the wasm twins. Payload sums come from the random
 * source, which does not look at the bytes at all.
 *
 * Both are reflected, start from all ones and end inverted. The argument
 * and the result are the finished value, as in zlib: sums chain.
 *
 * Spec: ISO 3309 (zip, PNG); RFC 3720 appendix B.4 (Castagnoli).
 */

/** CRC-32's polynomial, bits reversed. */
export const CRC32_POLYNOMIAL = 0xedb88320;
/** CRC-32C's polynomial, bits reversed. */
export const CRC32C_POLYNOMIAL = 0x82f63b78;

const CRC32_TABLE = byteTable(CRC32_POLYNOMIAL);
const CRC32C_TABLE = byteTable(CRC32C_POLYNOMIAL);

/**
 * CRC-32 as in zip and PNG.
 *
 * @param crc Sum of what comes before; 0 at the start.
 */
export function crc32(bytes: Uint8Array, crc = 0): number {
  return sum(CRC32_TABLE, bytes, crc);
}

/**
 * CRC-32C as in TFRecord and iSCSI, without TFRecord's mask.
 *
 * @param crc Sum of what comes before; 0 at the start.
 */
export function crc32c(bytes: Uint8Array, crc = 0): number {
  return sum(CRC32C_TABLE, bytes, crc);
}

function sum(table: Uint32Array, bytes: Uint8Array, crc: number): number {
  let register = ~crc;
  for (let i = 0; i < bytes.length; i++) {
    register = table[(register ^ bytes[i]!) & 0xff]! ^ (register >>> 8);
  }
  return ~register >>> 0;
}

function byteTable(polynomial: number): Uint32Array {
  const table = new Uint32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let register = byte;
    for (let bit = 0; bit < 8; bit++) {
      register = register & 1 ? (register >>> 1) ^ polynomial : register >>> 1;
    }
    table[byte] = register;
  }
  return table;
}
