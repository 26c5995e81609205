/**
 * Integers of 8 and 16 bits as INT32, which is the narrowest that Parquet
 * has.
 */
import type { ColumnType } from "./column_type.ts";

/**
 * Writes values.
 *
 * @param narrow `type.valueBytes` per value, little-endian.
 * @param type Says width and sign.
 * @param target 4 bytes per value, little-endian.
 */
export function widenValues(
  narrow: Uint8Array,
  type: ColumnType,
  target: Uint8Array,
): void {
  const { valueBytes, isSigned } = type;
  for (let i = 0, from = 0; from < narrow.length; i += 4) {
    for (let byte = 0; byte < valueBytes; byte++) {
      target[i + byte] = narrow[from++]!;
    }
    const top = target[i + valueBytes - 1]!;
    target.fill(isSigned && top > 0x7f ? 0xff : 0, i + valueBytes, i + 4);
  }
}
