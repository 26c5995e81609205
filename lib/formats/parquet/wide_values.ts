/**
 * Integers of 8 and 16 bits as INT32, which is the narrowest that Parquet
 * has. Both sides are little-endian, as every machine that Deno runs on is.
 */
import type { ColumnType } from "./column_type.ts";

/**
 * Writes values.
 *
 * @param narrow `type.valueBytes` per value; begins at an even address.
 * @param type Says width and sign.
 * @param target 4 bytes per value; begins at a multiple of 4.
 */
export function widenValues(
  narrow: Uint8Array,
  type: ColumnType,
  target: Uint8Array,
): void {
  const { buffer, byteOffset } = narrow;
  const count = narrow.length / type.valueBytes;
  const wide = new Int32Array(target.buffer, target.byteOffset, count);
  if (type.valueBytes === 1) {
    wide.set(type.isSigned ? new Int8Array(buffer, byteOffset, count) : narrow);
  } else {
    wide.set(
      type.isSigned
        ? new Int16Array(buffer, byteOffset, count)
        : new Uint16Array(buffer, byteOffset, count),
    );
  }
}
