/**
 * Short byte sequences that pages are put together from.
 */
import { ThriftWriter } from "./thrift_writer.ts";

/** Joins byte sequences. */
export function concat(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

/** One byte sequence many times. */
export function repeat(pattern: Uint8Array, count: number): Uint8Array {
  const bytes = new Uint8Array(pattern.length * count);
  for (let i = 0; i < count; i++) bytes.set(pattern, i * pattern.length);
  return bytes;
}

/** An unsigned varint: the head of a run. */
export function varintBytes(value: number): Uint8Array {
  const writer = new ThriftWriter();
  writer.varint(value);
  return writer.toBytes();
}
