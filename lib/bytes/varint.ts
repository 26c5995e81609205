/**
 * Unsigned varints: seven bits a byte, low ones first; the top bit says that
 * more bytes follow.
 *
 * Spec: https://protobuf.dev/programming-guides/encoding/#varints
 */

/**
 * Encodes a varint.
 *
 * @param value Integer in [0, 2^53).
 */
export function varintBytes(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  // Division, not shifts: lengths may pass 32 bits.
  for (; rest >= 128; rest = Math.floor(rest / 128)) {
    bytes.push((rest % 128) | 0b1000_0000);
  }
  bytes.push(rest);
  return Uint8Array.from(bytes);
}

/** Length of {@linkcode varintBytes}. */
export function varintLength(value: number): number {
  let byteCount = 1;
  for (let limit = 128; value >= limit; limit *= 128) byteCount++;
  return byteCount;
}
