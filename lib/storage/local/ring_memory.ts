/**
 * What the reads in flight of one thread take of memory: known before any of
 * them is made.
 *
 * Bytes that are read are dropped. Buffers may therefore be fewer than
 * requests: two that read into the same memory at a time leave rubbish that
 * nobody looks at. Through the page cache there is one, which stays in the
 * processor's cache, as the only buffer of a blocking reader does. Past it a
 * device writes to memory of its own for each request, as far as
 * BUFFERS_MAX_BYTES goes.
 */
import { PAGE_BYTES } from "../../bytes/page_arena.ts";

/**
 * Memory of one thread's buffers where every request is to have its own and
 * nothing else is said.
 */
export const BUFFERS_MAX_BYTES = 32 * 2 ** 20;
/**
 * Files and ranges that may be in flight in one ring: all of its requests fit
 * into the longest queue that Linux makes (IORING_MAX_ENTRIES, 32,768).
 */
export const RING_DEPTH_MAX = 4096;
/** Longest path that Linux takes, with its final zero. */
export const PATH_BYTES = 4096;
/** Of a ring: a request, its place in the queue, two completions. */
export const ENTRY_BYTES = 64 + 4 + 2 * 16;

/** What reads are made of. */
export interface RingSize {
  /** Reads in flight of all readers of the thread, and as many files. */
  readonly depth: number;
  /** Largest read, bytes. */
  readonly readBytes: number;
  /** Whether they go past the page cache. */
  readonly isDirect: boolean;
  /** Memory that its buffers may take together. @default {32 MiB} */
  readonly buffersMaxBytes?: number;
}

/** The memory of one thread. */
export interface RingMemory {
  readonly bufferBytes: number;
  readonly bufferCount: number;
  /** Where each path is written. */
  readonly pathsBytes: number;
  /** Requests that may be prepared: 3 of each read, 2 of its file, one more. */
  readonly entryCount: number;
  /** What counts as locked: all of it, the ring included. */
  readonly totalBytes: number;
}

/** Works out what the reads of one thread take. */
export function ringMemory(
  { depth, readBytes, isDirect, buffersMaxBytes = BUFFERS_MAX_BYTES }: RingSize,
): RingMemory {
  // What begins or ends inside of a block is read with that block.
  const bufferBytes = readBytes + (isDirect ? 2 * PAGE_BYTES : 0);
  const bufferCount = isDirect
    ? Math.max(1, Math.min(depth, Math.floor(buffersMaxBytes / bufferBytes)))
    : 1;
  const pathsBytes = 2 * depth * PATH_BYTES;
  const entryCount = 2 ** Math.ceil(Math.log2(5 * depth + 1));
  return {
    bufferBytes,
    bufferCount,
    pathsBytes,
    entryCount,
    totalBytes: pathsBytes + bufferCount * bufferBytes +
      entryCount * ENTRY_BYTES,
  };
}
