/**
 * What the writes in flight of one thread take of memory.
 */
import { ENTRY_BYTES, PATH_BYTES } from "./ring_memory.ts";

/** Requests of a small file that are linked, see `file_chains.ts`. */
const CHAIN_REQUESTS = 4;

/** The memory of one thread's writes. */
export interface WriteMemory {
  /** Requests that may be prepared: those of a file each, one more. */
  readonly entryCount: number;
  /** Buffers, paths and the ring; no more than that counts as locked. */
  readonly totalBytes: number;
}

/** Works out what writes in flight take, each with a buffer. */
export function writeMemory(
  { depth, bufferBytes }: {
    readonly depth: number;
    readonly bufferBytes: number;
  },
): WriteMemory {
  const entryCount = 2 ** Math.ceil(Math.log2(CHAIN_REQUESTS * depth + 1));
  return {
    entryCount,
    totalBytes: depth * (bufferBytes + PATH_BYTES) + entryCount * ENTRY_BYTES,
  };
}
