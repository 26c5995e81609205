/**
 * A file that writes are in flight for: its descriptor, its length and its
 * name. Small ones may be made by requests (`file_chains.ts`): then it is
 * told so, and has no descriptor.
 *
 *    atomic                      under another name until all is there
 *    known length, one write     in place: it has its length with its bytes
 *    known length, more writes   in place, too long by a block until all is
 *                                there, as bytes come in any order: cut short,
 *                                it passes for no whole file
 *    unknown length              in place: nobody can tell whether it is whole
 *
 * Room is reserved first where the length is known: writes that lengthen a
 * file exclude each other (ext4, xfs), those in reserved room do not.
 *
 * Spec: fallocate(2), ftruncate(2)
 */
import { PAGE_BYTES } from "../../bytes/page_arena.ts";
import { StorageError } from "../../errors.ts";
import {
  cPath,
  errnoOf,
  ffiInt64,
  type Libc,
  O_CLOEXEC,
} from "../../libc/libc.ts";
import type { QueuedFile } from "../storage.ts";
import { toStorageError } from "../system_error.ts";
import { makeFile, PARTIAL_SUFFIX } from "./new_file.ts";

/** Of a new file, before the process's mask. */
export const NEW_FILE_MODE = 0o666;

const NONE = -1;

/** How the files of a storage are made, and what is said if they are not. */
export interface RingTargets {
  /** Of open(2), beside writing; without O_CLOEXEC, which they have anyway. */
  readonly openFlags: number;
  /** Where a path is on this host. */
  fullPath(path: string): string;
  /**
   * Looks at a file that was made.
   *
   * @returns What offsets and lengths must be multiples of; 1: no rule.
   * @throws {StorageError} If it may not be written so.
   */
  admit(fd: number, fullPath: string): number;
  /** The error of a failed call or request. */
  error(operation: string, fullPath: string, errno: number): StorageError;
}

/** See the file header. */
export class WrittenFile {
  readonly path: string;
  /** Where it is until it is there in full. */
  readonly workPath: string;
  readonly queued: QueuedFile;
  /** Offsets and lengths of writes are multiples of it; 0: not known yet. */
  blockBytes = 0;
  /** Bytes of it that were handed over, without the padding of a last block. */
  handedBytes = 0;
  /** Writes in flight. */
  pending = 0;
  /** Nothing more comes. */
  isCommitted = false;
  /** When its fsync was handed over; -1: it was not. */
  syncStartMs = -1;
  /** All is there, also under its name. */
  isDone = false;
  /** What has its work path is this file. */
  isMade = false;
  readonly #libc: Libc;
  readonly #targets: RingTargets;
  readonly #bufferBytes: number;
  #fd = NONE;
  /** Its length by now, or once what is in flight is there. */
  #lengthBytes = 0;

  /**
   * Makes nothing yet.
   *
   * @param path As the storage takes it.
   * @param bufferBytes Largest write.
   */
  constructor(
    libc: Libc,
    targets: RingTargets,
    file: {
      readonly path: string;
      readonly queued: QueuedFile;
      readonly bufferBytes: number;
    },
  ) {
    this.#libc = libc;
    this.#targets = targets;
    this.#bufferBytes = file.bufferBytes;
    this.queued = file.queued;
    this.path = targets.fullPath(file.path);
    this.workPath = this.queued.atomic ? this.path + PARTIAL_SUFFIX : this.path;
  }

  /** Of an open file; -1: it has none. */
  get fd(): number {
    return this.#fd;
  }

  /**
   * Makes it and opens it.
   *
   * @throws {StorageError} If that cannot be done; nothing is left of it.
   */
  make(): void {
    const { fd, isNew } = makeFile(
      this.workPath,
      (flags) => this.#open(flags),
    );
    this.#fd = fd;
    this.isMade = true;
    try {
      this.blockBytes = blocksOf(this.#targets.admit(fd, this.path), this.path);
      this.#reserve();
    } catch (error) {
      this.isMade = isNew;
      this.discard();
      throw error;
    }
  }

  /**
   * Makes it anew, empty: what was made by requests did not get its bytes.
   *
   * @throws {StorageError} If that cannot be done.
   */
  makeAgain(): void {
    try {
      Deno.removeSync(this.workPath);
    } catch (error) {
      throw toStorageError("remove", this.workPath, error);
    }
    this.isMade = false;
    this.make();
  }

  /** A write up to this byte is handed over. */
  reaches(endBytes: number): void {
    this.#lengthBytes = Math.max(this.#lengthBytes, endBytes);
  }

  /** All bytes are there: takes away what was reserved or padded too much. */
  cut(): void {
    if (this.#lengthBytes === this.handedBytes) return;
    if (this.#libc.ftruncate(this.#fd, ffiInt64(this.handedBytes)) < 0) {
      throw this.#error("truncate");
    }
  }

  /** Closes it and gives it its name. @throws {StorageError} */
  publish(): void {
    this.#close();
    this.isDone = true;
    if (this.workPath === this.path) return;
    try {
      Deno.renameSync(this.workPath, this.path);
    } catch (error) {
      throw toStorageError("rename", this.path, error);
    }
  }

  /** Closes and removes it; that it may be gone is ignored. */
  discard(): void {
    this.#close();
    if (!this.isMade) return;
    try {
      Deno.removeSync(this.workPath);
    } catch {
      // Why it is given up is the error to tell.
    }
  }

  #close(): void {
    if (this.#fd === NONE) return;
    this.#libc.close(this.#fd);
    this.#fd = NONE;
  }

  #open(flags: number): number {
    const fd = this.#libc.open(
      cPath(this.workPath),
      flags | this.#targets.openFlags | O_CLOEXEC,
      NEW_FILE_MODE,
    );
    if (fd >= 0) return fd;
    const errno = errnoOf(this.#libc);
    throw this.#targets.error("create", this.workPath, errno);
  }

  #reserve(): void {
    const { expectedBytes, atomic, after = [] } = this.queued;
    if (expectedBytes === null || expectedBytes === 0) return;
    const isOneWrite = expectedBytes <= this.#bufferBytes;
    if (isOneWrite && (atomic || after.length === 0)) return;
    const { blockBytes } = this;
    const blocks = Math.ceil(expectedBytes / blockBytes) + (atomic ? 0 : 1);
    this.#lengthBytes = blocks * blockBytes;
    const length = ffiInt64(this.#lengthBytes);
    if (this.#libc.fallocate(this.#fd, 0, ffiInt64(0), length) === 0) return;
    // It has no such call, or is full: writes say the latter where it shows.
    if (this.#libc.ftruncate(this.#fd, length) < 0) {
      throw this.#error("truncate");
    }
  }

  #error(operation: string): StorageError {
    return this.#targets.error(operation, this.path, errnoOf(this.#libc));
  }
}

/** Blocks that fit into buffers, whose lengths are whole pages. */
function blocksOf(blockBytes: number, path: string): number {
  if (blockBytes <= PAGE_BYTES) return blockBytes;
  throw new StorageError(
    "write",
    path,
    "EINVAL",
    `blocks of its file system have ${blockBytes} bytes, io_uring is used ` +
      `up to ${PAGE_BYTES}: use reader.io_engine sync there`,
  );
}
