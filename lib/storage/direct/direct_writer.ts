/**
 * Writes a file past the page cache, front to back.
 *
 * Whole blocks in aligned memory go out as they are while nothing is staged;
 * the rest is gathered. The last block is written whole, padded with zeros,
 * and the file then cut to its length.
 *
 *    file offset   0 ... writtenBytes            ... byteLength
 *                  on the way to the device    staged
 */
import { ERRNO } from "../../libc/errno.ts";
import { makeFile, PARTIAL_SUFFIX } from "../local/new_file.ts";
import { toStorageError } from "../system_error.ts";
import type { CreateOptions, FileWriter } from "../storage.ts";
import { directError } from "./direct_calls.ts";
import type { DirectCalls } from "./direct_calls.ts";
import type { DirectStaging } from "./direct_staging.ts";

/** A file being written with O_DIRECT. */
export class DirectWriter implements FileWriter {
  readonly path: string;
  readonly #calls: DirectCalls;
  readonly #staging: DirectStaging;
  readonly #options: CreateOptions;
  readonly #workPath: string;
  readonly #stage: Uint8Array;
  #fd = -1;
  #writtenBytes = 0;
  #stagedBytes = 0;
  #fsyncSeconds = 0;

  /** @throws {StorageError} If the file cannot be made. */
  constructor(
    calls: DirectCalls,
    staging: DirectStaging,
    path: string,
    options: CreateOptions,
  ) {
    this.path = path;
    this.#calls = calls;
    this.#staging = staging;
    this.#options = options;
    this.#workPath = options.atomic ? path + PARTIAL_SUFFIX : path;
    this.#stage = staging.take();
    try {
      this.#fd = this.#create();
    } catch (error) {
      staging.giveBack(this.#stage);
      throw error;
    }
  }

  get fsyncSeconds(): number {
    return this.#fsyncSeconds;
  }

  write(view: Uint8Array): void {
    let doneBytes = this.#writeBlocks(view);
    while (doneBytes < view.length) {
      const room = this.#stage.length - this.#stagedBytes;
      const part = view.subarray(doneBytes, doneBytes + room);
      this.#stage.set(part, this.#stagedBytes);
      this.#stagedBytes += part.length;
      doneBytes += part.length;
      if (this.#stagedBytes === this.#stage.length) this.#flush();
    }
  }

  commit(): void {
    try {
      const byteLength = this.#writtenBytes + this.#stagedBytes;
      this.#flush();
      if (this.#writtenBytes !== byteLength) {
        this.#calls.truncate(this.#fd, this.path, byteLength);
      }
      if (this.#options.fsync) {
        const startMs = performance.now();
        this.#calls.sync(this.#fd, this.path);
        this.#fsyncSeconds = (performance.now() - startMs) / 1000;
      }
    } finally {
      this.#end();
    }
    if (!this.#options.atomic) return;
    try {
      Deno.renameSync(this.#workPath, this.path);
    } catch (error) {
      throw toStorageError("rename", this.path, error);
    }
  }

  abort(): void {
    this.#end();
    try {
      Deno.removeSync(this.#workPath);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return;
      throw toStorageError("remove", this.#workPath, error);
    }
  }

  #create(): number {
    const { fd, isNew } = makeFile(
      this.#workPath,
      (flags) => this.#calls.openToWrite(this.#workPath, flags),
    );
    try {
      this.#staging.admit(fd, this.path);
      return fd;
    } catch (error) {
      this.#calls.close(fd);
      if (isNew) Deno.removeSync(this.#workPath);
      throw error;
    }
  }

  /** @returns Bytes of `view` that needed no copy. */
  #writeBlocks(view: Uint8Array): number {
    const { blockBytes } = this.#staging;
    const directBytes = view.length - view.length % blockBytes;
    if (
      directBytes === 0 || this.#stagedBytes > 0 ||
      !this.#staging.mayBeAligned(view)
    ) return 0;
    let doneBytes = 0;
    while (doneBytes < directBytes) {
      const rest = doneBytes === 0 && directBytes === view.length
        ? view
        : view.subarray(doneBytes, directBytes);
      const byteCount = this.#calls.write(this.#fd, rest, this.#writtenBytes);
      if (byteCount === -ERRNO.EINVAL && doneBytes === 0) {
        // Offset and length are in order, so it is the memory.
        this.#staging.markUnaligned(view);
        return 0;
      }
      this.#count(byteCount);
      doneBytes += byteCount;
    }
    return doneBytes;
  }

  /** Writes what is staged, the last block padded. */
  #flush(): void {
    const { blockBytes } = this.#staging;
    const paddedBytes = Math.ceil(this.#stagedBytes / blockBytes) * blockBytes;
    this.#stage.fill(0, this.#stagedBytes, paddedBytes);
    let doneBytes = 0;
    while (doneBytes < paddedBytes) {
      const rest = this.#stage.subarray(doneBytes, paddedBytes);
      const byteCount = this.#calls.write(this.#fd, rest, this.#writtenBytes);
      this.#count(byteCount);
      doneBytes += byteCount;
    }
    this.#stagedBytes = 0;
  }

  #count(byteCount: number): void {
    if (byteCount < 0) throw directError("write", this.path, -byteCount);
    if (byteCount === 0 || byteCount % this.#staging.blockBytes !== 0) {
      // What a device that is almost full answers before ENOSPC.
      throw directError("write", this.path, ERRNO.ENOSPC);
    }
    this.#writtenBytes += byteCount;
  }

  #end(): void {
    if (this.#fd < 0) return;
    this.#calls.close(this.#fd);
    this.#fd = -1;
    this.#staging.giveBack(this.#stage);
  }
}
