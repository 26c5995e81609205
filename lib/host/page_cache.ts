/**
 * The page cache of this host, file by file: how much of a file it holds and
 * how to drop it.
 *
 *    clean pages    posix_fadvise(DONTNEED): any user who may open the file
 *    dirty pages    sync_file_range, then the same; thorough: fsync
 *    everything     /proc/sys/vm/drop_caches: root, and all users pay for it
 *
 * How much is held: cachestat(2) of Linux 6.5 or, before it, mincore(2).
 */
import { ERRNO, errnoName } from "../libc/errno.ts";
import {
  cPath,
  errnoOf,
  type Libc,
  O_CLOEXEC,
  O_NONBLOCK,
  openLibc,
} from "../libc/libc.ts";
import type { Reading } from "../libc/reading.ts";

const O_WRONLY = 0o1;
const SEEK_END = 2;
const W_OK = 2;
const SYNC_BEGIN_WRITING = 2;
/** Waits for pages on their way, writes dirty ones, waits for these. */
const SYNC_ALL_PAGES = 1 | 2 | 4;
const POSIX_FADV_DONTNEED = 4;
/** The same number on every processor that Deno runs on. */
const SYS_CACHESTAT = 451n;
const PROT_READ = 1;
const MAP_SHARED = 1;
const PAGE_BYTES = 4096;
/** mincore looks at this much of a file at a time. */
const WINDOW_BYTES = 2 ** 30;
const DROP_CACHES_PATH = "/proc/sys/vm/drop_caches";
/** Pages, directory entries and inodes. */
const DROP_ALL = "3\n";

/** The page cache through the C library; see the file header. */
export class PageCache {
  readonly #libc: Libc;
  #usesCachestat: boolean;

  private constructor(libc: Libc, usesCachestat: boolean) {
    this.#libc = libc;
    this.#usesCachestat = usesCachestat;
  }

  /**
   * The page cache, or why nothing can be done about it.
   *
   * @param options `usesCachestat` false: mincore, as on older kernels.
   */
  static connect({ usesCachestat = true } = {}): Reading<PageCache> {
    const libc = openLibc();
    return libc.value === null
      ? libc
      : { value: new PageCache(libc.value, usesCachestat), reason: null };
  }

  /**
   * Drops the pages of files; dirty ones are written first. All are open at
   * the same time and begin to write before any is waited for, so that a
   * device has many writes to do at once: of 100,000 new files of 8 KB that
   * one by one took 31 s, this takes 6.
   *
   * @param paths The files, at most some hundred.
   * @param isThorough True: fsync, for file systems whose pages stay until
   *   the file's metadata is stable too. Slow: it flushes the device.
   * @returns Null if the system took all, else the first refusal. Taking it
   *   is no promise: see {@linkcode residentBytes}.
   */
  drop(paths: readonly string[], isThorough: boolean): string | null {
    const { sync_file_range, close } = this.#libc;
    const fds: number[] = [];
    let problem: string | null = null;
    for (const path of paths) {
      const fd = this.#open(path, 0);
      if (fd < 0) problem ??= this.#reason("open", path);
      else sync_file_range(fd, 0n, 0n, SYNC_BEGIN_WRITING);
      fds.push(fd);
    }
    for (const [index, path] of paths.entries()) {
      const fd = fds[index] ?? -1;
      if (fd < 0) continue;
      const refused = this.#dropOpen(fd, path, isThorough);
      problem ??= refused;
      close(fd);
    }
    return problem;
  }

  /**
   * Bytes of a file that the page cache holds, in whole pages. The kernel
   * tells it only to who may write to the file or owns it.
   */
  residentBytes(path: string): Reading<number> {
    const fd = this.#open(path, 0);
    if (fd < 0) return { value: null, reason: this.#reason("open", path) };
    try {
      if (this.#usesCachestat) {
        const pageCount = this.#cachestat(fd);
        if (pageCount >= 0) {
          return { value: pageCount * PAGE_BYTES, reason: null };
        }
        if (errnoOf(this.#libc) === ERRNO.EPERM) return notTold(path);
        this.#usesCachestat = false;
      }
      // It never refuses, but reports such files as cached completely.
      return this.#mayBeTold(path) ? this.#mincore(fd, path) : notTold(path);
    } finally {
      this.#libc.close(fd);
    }
  }

  /**
   * Drops everything that this host has cached, of all users.
   *
   * @returns Null if it was done, else why not.
   */
  dropEverything(): string | null {
    const { sync, write, close } = this.#libc;
    const fd = this.#open(DROP_CACHES_PATH, O_WRONLY);
    if (fd < 0) return this.#reason("open", DROP_CACHES_PATH);
    try {
      // Only clean pages can be dropped.
      sync();
      const text = new TextEncoder().encode(DROP_ALL);
      return write(fd, text, BigInt(text.length)) === text.length
        ? null
        : this.#reason("write", DROP_CACHES_PATH);
    } finally {
      close(fd);
    }
  }

  /**
   * Whether {@linkcode dropEverything} is permitted; nothing is dropped.
   *
   * @returns Null if it is, else why not.
   */
  dropEverythingProblem(): string | null {
    const fd = this.#open(DROP_CACHES_PATH, O_WRONLY);
    if (fd < 0) return this.#reason("open", DROP_CACHES_PATH);
    this.#libc.close(fd);
    return null;
  }

  #dropOpen(fd: number, path: string, isThorough: boolean): string | null {
    const { posix_fadvise, fsync, sync_file_range } = this.#libc;
    // Not all file systems have the second; fsync is its superset.
    if (isThorough || sync_file_range(fd, 0n, 0n, SYNC_ALL_PAGES) < 0) {
      if (fsync(fd) < 0) return this.#reason("fsync", path);
    }
    const errno = posix_fadvise(fd, 0n, 0n, POSIX_FADV_DONTNEED);
    return errno === 0 ? null : reasonOf("posix_fadvise", path, errno);
  }

  #open(path: string, flags: number): number {
    // A pipe of that name would be waited for.
    return this.#libc.open(cPath(path), flags | O_CLOEXEC | O_NONBLOCK, 0);
  }

  /** @returns Pages held, or -1 if the kernel has no cachestat. */
  #cachestat(fd: number): number {
    // struct cachestat_range {u64 off, len}: all; struct cachestat: 5 u64.
    const range = new BigUint64Array([0n, 0n]);
    const counts = new BigUint64Array(5);
    const result = this.#libc.syscall(
      SYS_CACHESTAT,
      fd,
      new Uint8Array(range.buffer),
      new Uint8Array(counts.buffer),
      0,
    );
    return Number(result) < 0 ? -1 : Number(counts[0]);
  }

  #mincore(fd: number, path: string): Reading<number> {
    const { mmap, mincore, munmap, lseek } = this.#libc;
    const byteLength = Number(lseek(fd, 0n, SEEK_END));
    const states = new Uint8Array(WINDOW_BYTES / PAGE_BYTES);
    let pageCount = 0;
    for (let at = 0; at < byteLength; at += WINDOW_BYTES) {
      const spanBytes = BigInt(Math.min(WINDOW_BYTES, byteLength - at));
      const address = mmap(
        null,
        spanBytes,
        PROT_READ,
        MAP_SHARED,
        fd,
        BigInt(at),
      );
      if (address === null || Deno.UnsafePointer.value(address) >= MAP_FAILED) {
        return { value: null, reason: this.#reason("mmap", path) };
      }
      states.fill(0);
      const failed = mincore(address, spanBytes, states) < 0;
      const reason = failed ? this.#reason("mincore", path) : null;
      munmap(address, spanBytes);
      if (reason !== null) return { value: null, reason };
      for (const state of states) pageCount += state & 1;
    }
    return { value: pageCount * PAGE_BYTES, reason: null };
  }

  #mayBeTold(path: string): boolean {
    return this.#libc.access(cPath(path), W_OK) === 0 ||
      Deno.statSync(path).uid === Deno.uid();
  }

  #reason(operation: string, path: string): string {
    return reasonOf(operation, path, errnoOf(this.#libc));
  }
}

/** (void *) -1, as an unsigned number. */
const MAP_FAILED = 2n ** 64n - 1n;

function notTold(path: string): Reading<number> {
  return {
    value: null,
    reason:
      `the kernel reports it only to the owner of "${path}" and to those ` +
      `who may write to it`,
  };
}

function reasonOf(operation: string, path: string, errno: number): string {
  return `${operation} of "${path}" was refused (${errnoName(errno)})`;
}
