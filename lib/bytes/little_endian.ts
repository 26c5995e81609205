/**
 * Records of fixed fields, packed without gaps, little-endian: headers of
 * zip and of index files. A record is written as its table of
 * [width in bytes, value], in the order of its specification.
 */

/** One field: its width in bytes and its value, an integer >= 0. */
export type Field = readonly [widthBytes: 1 | 2 | 4 | 8, value: number];

/**
 * Packs fields one behind the other.
 *
 * @throws {RangeError} If a value does not fit its width (or 2^53).
 */
export function packLittleEndian(fields: readonly Field[]): Uint8Array {
  let byteCount = 0;
  for (const [widthBytes] of fields) byteCount += widthBytes;
  const bytes = new Uint8Array(byteCount);
  let at = 0;
  for (const [widthBytes, value] of fields) {
    checkField(widthBytes, value);
    let rest = value;
    for (let i = 0; i < widthBytes; i++) {
      bytes[at++] = rest % 256;
      rest = Math.floor(rest / 256);
    }
  }
  return bytes;
}

function checkField(widthBytes: number, value: number): void {
  if (
    !Number.isSafeInteger(value) || value < 0 || value >= 256 ** widthBytes
  ) {
    throw new RangeError(
      `Cannot pack a field as it must be an integer of ${widthBytes} bytes ` +
        `and below 2^53: current value is ${value}`,
    );
  }
}
