/**
 * The system calls of O_DIRECT, through FFI.
 *
 * Deno's own file API has no flag for it. `node:fs` silently drops the flag
 * before Deno 2.9 (measured with 2.4.2: unaligned reads succeed, from the page
 * cache).
 */
import { StorageError } from "../../errors.ts";
import { ERRNO, errnoError } from "../../libc/errno.ts";
import {
  errnoOf,
  ffiInt64,
  type Libc,
  O_CLOEXEC,
  openLibc,
} from "../../libc/libc.ts";
import { type OpenFileFacts, openFileFacts } from "../../libc/statx.ts";

/** Flag values of Linux; O_DIRECT differs between processors. */
const O_DIRECT: Readonly<Record<string, number>> = {
  x86_64: 0o40000,
  aarch64: 0o200000,
};
const NEW_FILE_MODE = 0o666;

/** Longest path that Linux takes, with its final zero. */
const PATH_BYTES_MAX = 4096;

const REFUSES_DIRECT = "the file system refuses O_DIRECT for it";

/** Calls on file descriptors; one per thread. */
export class DirectCalls {
  readonly #libc: Libc;
  readonly #statx: NonNullable<Libc["statx"]>;
  readonly #flags: number;
  readonly #encoder = new TextEncoder();
  readonly #path = new Uint8Array(PATH_BYTES_MAX);
  readonly #facts = new DataView(new ArrayBuffer(256));

  /** @throws {StorageError} If this system or its permissions lack them. */
  constructor() {
    const directFlag = O_DIRECT[Deno.build.arch];
    if (Deno.build.os !== "linux" || directFlag === undefined) {
      throw unavailable(
        `${Deno.build.os} on ${Deno.build.arch} is not supported`,
      );
    }
    this.#flags = directFlag | O_CLOEXEC;
    const libc = openLibc();
    if (libc.value === null) throw unavailable(libc.reason);
    if (libc.value.statx === null) {
      throw unavailable("the C library has no statx (glibc before 2.28)");
    }
    this.#libc = libc.value;
    this.#statx = libc.value.statx;
  }

  /** What open(2) is given beside reading or writing, without O_CLOEXEC. */
  get openFlags(): number {
    return this.#flags & ~O_CLOEXEC;
  }

  /**
   * Opens for reading.
   *
   * @returns A file descriptor.
   * @throws {StorageError} "ENOENT", "EACCES", "EISDIR" ...
   */
  openToRead(path: string): number {
    return this.#open("open", path, 0);
  }

  /**
   * Opens for writing.
   *
   * @param flags Of open(2), see `new_file.ts`.
   * @returns A file descriptor.
   * @throws {StorageError} "EEXIST", "ENOENT" if a folder on the way is
   *   missing ...
   */
  openToWrite(path: string, flags: number): number {
    return this.#open("create", path, flags);
  }

  /** Closes; what it could report, fsync has reported before. */
  close(fd: number): void {
    this.#libc.close(fd);
  }

  /**
   * One read; bytes are fewer than requested only at the end of the file.
   *
   * @param byteCount Bytes to ask for, at most as many as the view has.
   * @returns Bytes read, or minus the errno.
   */
  read(
    fd: number,
    view: Uint8Array,
    offset: number,
    byteCount = view.length,
  ): number {
    for (;;) {
      const gotBytes = this.#libc.pread(
        fd,
        view as Uint8Array<ArrayBuffer>,
        ffiInt64(byteCount),
        ffiInt64(offset),
      );
      if (gotBytes >= 0) return gotBytes;
      const errno = this.#errno();
      if (errno !== ERRNO.EINTR) return -errno;
    }
  }

  /** One write. @returns Bytes written, or minus the errno. */
  write(fd: number, view: Uint8Array, offset: number): number {
    for (;;) {
      const byteCount = this.#libc.pwrite(
        fd,
        view as Uint8Array<ArrayBuffer>,
        ffiInt64(view.length),
        ffiInt64(offset),
      );
      if (byteCount >= 0) return byteCount;
      const errno = this.#errno();
      if (errno !== ERRNO.EINTR) return -errno;
    }
  }

  /** Sets the length. @throws {StorageError} */
  truncate(fd: number, path: string, byteLength: number): void {
    if (this.#libc.ftruncate(fd, ffiInt64(byteLength)) < 0) {
      throw directError("truncate", path, this.#errno());
    }
  }

  /** Waits until all is on stable storage. @throws {StorageError} */
  sync(fd: number, path: string): void {
    if (this.#libc.fsync(fd) < 0) {
      throw directError("fsync", path, this.#errno());
    }
  }

  /** What there is to know of an open file. @throws {StorageError} */
  facts(fd: number, path: string): OpenFileFacts {
    const facts = openFileFacts(this.#statx, fd);
    if (facts === null) throw directError("stat", path, this.#errno());
    return facts;
  }

  /** Magic number of the file system. @throws {StorageError} */
  fileSystemMagic(fd: number, path: string): number {
    const view = this.#facts;
    if (this.#libc.fstatfs(fd, view.buffer) < 0) {
      throw directError("stat", path, this.#errno());
    }
    return Number(view.getBigUint64(0, true));
  }

  #open(operation: string, path: string, flags: number): number {
    const { written } = this.#encoder.encodeInto(path, this.#path);
    if (written >= PATH_BYTES_MAX) {
      throw directError(operation, path, ERRNO.ENAMETOOLONG);
    }
    this.#path[written] = 0;
    const fd = this.#libc.open(
      this.#path,
      this.#flags | flags,
      NEW_FILE_MODE,
    );
    if (fd >= 0) return fd;
    throw directError(operation, path, this.#errno());
  }

  #errno(): number {
    return errnoOf(this.#libc);
  }
}

/**
 * The error of a call on a file of O_DIRECT; EINVAL says that it refuses.
 *
 * @param operation What was tried: "open", "write" ...
 * @param path The file it was tried on.
 * @param errno The system's number of the failure.
 */
export function directError(
  operation: string,
  path: string,
  errno: number,
): StorageError {
  return errno === ERRNO.EINVAL || errno === ERRNO.EOPNOTSUPP
    ? errnoError(operation, path, errno, REFUSES_DIRECT)
    : errnoError(operation, path, errno);
}

function unavailable(reason: string): StorageError {
  return new StorageError("use", "O_DIRECT", "ENOTSUP", reason);
}
