/**
 * What the writes in flight of one thread take of memory.
 */
import { ENTRY_BYTES } from "./ring_memory.ts";

/** The memory of one thread's writes. */
export interface WriteMemory {
  /** Requests that may be prepared: a write and an fsync each, one more. */
  readonly entryCount: number;
  /** What counts as locked: buffers and the ring. */
  readonly totalBytes: number;
}

/** Works out what writes in flight take, each with a buffer. */
export function writeMemory(
  { depth, bufferBytes }: {
    readonly depth: number;
    readonly bufferBytes: number;
  },
): WriteMemory {
  const entryCount = 2 ** Math.ceil(Math.log2(2 * depth + 1));
  return {
    entryCount,
    totalBytes: depth * bufferBytes + entryCount * ENTRY_BYTES,
  };
}
