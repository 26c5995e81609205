/**
 * Byte sequences, one behind the other: headers and pages from their parts.
 */

/** Joins byte sequences into a new one. */
export function concatBytes(
  parts: readonly Uint8Array[],
): Uint8Array<ArrayBuffer> {
  let byteCount = 0;
  for (const part of parts) byteCount += part.length;
  const bytes = new Uint8Array(byteCount);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
