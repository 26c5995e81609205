/**
 * What O_DIRECT demands of a file system's callers: the size of its blocks,
 * and aligned memory for bytes that do not come in whole blocks.
 */
import { StorageError } from "../../errors.ts";
import { PAGE_BYTES, PageArena } from "../../bytes/page_arena.ts";
import type { OpenFileFacts } from "../../libc/statx.ts";
import type { DirectCalls } from "./direct_calls.ts";

/** Length of a staging buffer: large enough that a copy, not a call, costs. */
export const STAGING_BYTES = 1 << 20;

/**
 * File systems that accept the flag but keep files in memory: there is no
 * device to measure. Numbers: <linux/magic.h>.
 */
const MEMORY_FILE_SYSTEMS: Readonly<Record<number, string>> = {
  0x01021994: "tmpfs",
  0x858458f6: "ramfs",
  0x958458f6: "hugetlbfs",
};

/** The blocks of one storage and its staging buffers; one per thread. */
export class DirectStaging {
  readonly #calls: DirectCalls;
  readonly #free: Uint8Array[] = [];
  readonly #unaligned = new WeakSet<ArrayBufferLike>();
  #device = -1;
  #blockBytes = PAGE_BYTES;

  constructor(calls: DirectCalls) {
    this.#calls = calls;
  }

  /** Offsets and lengths are multiples of this. */
  get blockBytes(): number {
    return this.#blockBytes;
  }

  /** Whether any file was found to be on a file system that will do. */
  get isAdmitted(): boolean {
    return this.#device >= 0;
  }

  /**
   * Checks that a file can really be used with O_DIRECT, and learns the
   * block size of its file system.
   *
   * @param fd The file, open with O_DIRECT.
   * @param path What it is called.
   * @throws {StorageError} If it cannot, or is a folder.
   */
  admit(fd: number, path: string): OpenFileFacts {
    const facts = this.#calls.facts(fd, path);
    if (facts.isFolder) {
      throw new StorageError("open", path, "EISDIR", "it is a folder");
    }
    if (facts.device === this.#device) return facts;
    const magic = this.#calls.fileSystemMagic(fd, path);
    const memoryName = MEMORY_FILE_SYSTEMS[magic];
    if (memoryName !== undefined) {
      throw refusal(path, `${memoryName} keeps files in memory`);
    }
    const { offsetAlignBytes, memoryAlignBytes } = facts;
    if (offsetAlignBytes === 0 || memoryAlignBytes === 0) {
      throw refusal(path, "its file system has no O_DIRECT");
    }
    if (
      (memoryAlignBytes ?? 0) > PAGE_BYTES ||
      (offsetAlignBytes ?? 0) > STAGING_BYTES
    ) {
      throw refusal(
        path,
        `its file system wants memory aligned to ${memoryAlignBytes} and ` +
          `lengths of ${offsetAlignBytes} bytes`,
      );
    }
    this.#blockBytes = Math.max(PAGE_BYTES, offsetAlignBytes ?? 0);
    this.#device = facts.device;
    return facts;
  }

  /** The whole blocks of a buffer; it must have one. */
  wholeBlocks(buffer: Uint8Array): Uint8Array {
    const tailBytes = buffer.length % this.#blockBytes;
    if (tailBytes === 0) return buffer;
    if (tailBytes === buffer.length) {
      throw new RangeError(
        `Cannot read with O_DIRECT into a buffer as it must have >= ` +
          `${this.#blockBytes} bytes: current value is ${buffer.length}`,
      );
    }
    return buffer.subarray(0, buffer.length - tailBytes);
  }

  /**
   * Whether a view may lie in page-aligned memory. Nothing but a first call
   * can tell a page arena from other memory: it is assumed until it is refused.
   */
  mayBeAligned(view: Uint8Array): boolean {
    return view.byteOffset % PAGE_BYTES === 0 &&
      !this.#unaligned.has(view.buffer);
  }

  /** A call refused memory of this buffer. */
  markUnaligned(view: Uint8Array): void {
    this.#unaligned.add(view.buffer);
  }

  /** A staging buffer for one file; give it back when done. */
  take(): Uint8Array {
    return this.#free.pop() ??
      new PageArena(STAGING_BYTES).allocate(STAGING_BYTES);
  }

  /** Takes a staging buffer back. */
  giveBack(buffer: Uint8Array): void {
    this.#free.push(buffer);
  }
}

function refusal(path: string, why: string): StorageError {
  return new StorageError(
    "use O_DIRECT for",
    path,
    "EINVAL",
    `${why}; use storage_type local_fs there`,
  );
}
