/**
 * A file that is read at any place, through the page cache.
 *
 *    with FFI   pread(2): one call for a range, wherever it is
 *    without    lseek(2) and read(2), which Deno has: two calls for a range
 *               that is not behind the last one; where samples are many
 *               small pieces, that shows
 */
import { StorageError } from "../../errors.ts";
import { ERRNO, errnoError } from "../../libc/errno.ts";
import {
  cPath,
  errnoOf,
  ffiInt64,
  type Libc,
  O_CLOEXEC,
  openLibc,
} from "../../libc/libc.ts";
import { openFileFacts } from "../../libc/statx.ts";
import type { OpenedFile } from "../storage.ts";
import { HeldDescriptor } from "./held_descriptor.ts";
import { toStorageError } from "../system_error.ts";

/**
 * Opens a file for reading.
 *
 * @param fullPath Its path on this host.
 * @throws {StorageError} If it cannot be opened or is a folder.
 */
export function openLocalFile(fullPath: string): OpenedFile {
  const opened = openPositioned(fullPath);
  // Without FFI Deno does the work; what cannot be opened it explains.
  return opened ?? openSeeking(fullPath);
}

/** Null if it cannot be opened so. */
function openPositioned(fullPath: string): OpenedFile | null {
  const { value: libc } = openLibc();
  const statx = libc?.statx ?? null;
  if (libc === null || statx === null) return null;
  const fd = libc.open(cPath(fullPath), O_CLOEXEC, 0);
  if (fd < 0) return null;
  const facts = openFileFacts(statx, fd);
  if (facts === null || facts.isFolder) {
    libc.close(fd);
    if (facts === null) return null;
    throw errnoError("open", fullPath, ERRNO.EISDIR);
  }
  return new PositionedFile(libc, fd, fullPath, facts.byteLength);
}

class PositionedFile implements OpenedFile {
  readonly path: string;
  readonly byteLength: number;
  readonly #libc: Libc;
  readonly #fd: number;
  readonly #descriptor: HeldDescriptor;

  constructor(libc: Libc, fd: number, path: string, byteLength: number) {
    this.#libc = libc;
    this.#fd = fd;
    this.#descriptor = new HeldDescriptor(fd, () => libc.close(fd));
    this.path = path;
    this.byteLength = byteLength;
  }

  hold(): number {
    return this.#descriptor.hold();
  }

  release(): void {
    this.#descriptor.release();
  }

  readInto(view: Uint8Array, offset: number): number {
    let doneBytes = 0;
    while (doneBytes < view.length) {
      const target = doneBytes === 0 ? view : view.subarray(doneBytes);
      const byteCount = this.#libc.pread(
        this.#fd,
        target as Uint8Array<ArrayBuffer>,
        ffiInt64(target.length),
        ffiInt64(offset + doneBytes),
      );
      if (byteCount === 0) break;
      if (byteCount > 0) {
        doneBytes += byteCount;
        continue;
      }
      const errno = errnoOf(this.#libc);
      if (errno !== ERRNO.EINTR) throw errnoError("read", this.path, errno);
    }
    return doneBytes;
  }

  close(): void {
    this.#descriptor.close();
  }
}

function openSeeking(fullPath: string): OpenedFile {
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(fullPath);
  } catch (error) {
    throw toStorageError("open", fullPath, error);
  }
  try {
    const { size, isDirectory } = file.statSync();
    // Linux opens a folder for reading without complaint.
    if (isDirectory) {
      throw new StorageError("open", fullPath, "EISDIR", "it is a folder");
    }
    return new SeekingFile(fullPath, file, size);
  } catch (error) {
    file.close();
    throw toStorageError("open", fullPath, error);
  }
}

class SeekingFile implements OpenedFile {
  readonly path: string;
  readonly byteLength: number;
  readonly #file: Deno.FsFile;
  #position = 0;

  constructor(path: string, file: Deno.FsFile, byteLength: number) {
    this.path = path;
    this.#file = file;
    this.byteLength = byteLength;
  }

  readInto(view: Uint8Array, offset: number): number {
    try {
      if (offset !== this.#position) {
        this.#file.seekSync(offset, Deno.SeekMode.Start);
        this.#position = offset;
      }
      let doneBytes = 0;
      while (doneBytes < view.length) {
        const target = doneBytes === 0 ? view : view.subarray(doneBytes);
        const byteCount = this.#file.readSync(target);
        if (byteCount === null) break;
        doneBytes += byteCount;
        this.#position += byteCount;
      }
      return doneBytes;
    } catch (error) {
      throw toStorageError("read", this.path, error);
    }
  }

  close(): void {
    this.#file.close();
  }
}
