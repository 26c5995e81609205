/**
 * Files past the page cache: `storage_type: direct_fs`, and
 * `reader.odirect: true` on local files.
 *
 * Every byte of a file moves between the file system and the caller's own
 * page-aligned memory. Where a file system cannot do that, the error says so;
 * there is no fallback to the page cache. Only metadata and small texts
 * (`readText`) use it. What the device moved is counted all the same: holes
 * and compressed files do not come from it.
 *
 *    whole blocks in aligned memory   one system call, no copy
 *    the rest                         through a staging buffer, copied
 */
import { StorageError } from "../../errors.ts";
import { ERRNO } from "../../libc/errno.ts";
import { DirectCalls, directError } from "./direct_calls.ts";
import { DirectFile } from "./direct_file.ts";
import { DirectStaging } from "./direct_staging.ts";
import { DirectWriter } from "./direct_writer.ts";
import { LocalStorage, MOUNTED_FILES } from "../local/local.ts";
import { bytesToAsk } from "../local/asked_bytes.ts";
import { joinPath } from "../local/local_path.ts";
import { openRingReads, openRingWrites } from "../local/ring_part.ts";
import type {
  ConnectOptions,
  CreateOptions,
  FileWriter,
  FolderEntry,
  OpenedFile,
  ReadMeter,
  ReadQueue,
  ReadQueueOptions,
  Storage,
  StorageKind,
  StorageSettings,
  WriteQueue,
  WriteQueueOptions,
} from "../storage.ts";

/** Files through O_DIRECT. */
export const directKind: StorageKind = {
  ...MOUNTED_FILES,
  name: "direct_fs",
  // DLIO's own reader past the page cache keeps many reads in flight.
  readEngine: "auto",
  writesWait: true,
  // The device sees nothing ahead of a read.
  readBytes: 4 * 1024 * 1024,
  stagesReads: true,
  connect: (settings: StorageSettings, options = {}) =>
    new DirectStorage(settings.root, options),
};

/** See the file header. */
export class DirectStorage implements Storage {
  readonly isSync = true;
  readonly label = "local file system, O_DIRECT";
  readonly bypassesCache = true;
  readonly #root: string;
  readonly #names: LocalStorage;
  readonly #calls: DirectCalls;
  readonly #staging: DirectStaging;

  /**
   * @param root Folder that relative paths start from.
   * @param options How long a small file may take.
   * @throws {StorageError} If this system or its permissions have no O_DIRECT.
   */
  constructor(
    root: string,
    options: Pick<ConnectOptions, "answerTimeoutMs"> = {},
  ) {
    this.#root = root;
    this.#names = new LocalStorage(root, options);
    this.#calls = new DirectCalls();
    this.#staging = new DirectStaging(this.#calls);
  }

  hostPath(path: string): string {
    return joinPath(this.#root, path);
  }

  open(path: string): OpenedFile {
    const fullPath = joinPath(this.#root, path);
    const fd = this.#openToRead(fullPath);
    try {
      const { byteLength } = this.#staging.admit(fd, fullPath);
      return new DirectFile(this.#calls, this.#staging, {
        fd,
        path: fullPath,
        byteLength,
      });
    } catch (error) {
      this.#calls.close(fd);
      throw error;
    }
  }

  drain(
    path: string,
    expectedBytes: number,
    buffer: Uint8Array,
    meter: ReadMeter,
  ): number {
    const fullPath = joinPath(this.#root, path);
    let startMs = meter.now();
    const fd = this.#openToRead(fullPath);
    try {
      // Once: the files of a dataset are on one file system.
      if (!this.#staging.isAdmitted) this.#staging.admit(fd, fullPath);
      meter.opened(startMs);
      const knownBytes = expectedBytes >= 0
        ? expectedBytes
        : this.#calls.facts(fd, fullPath).byteLength;
      const view = this.#staging.wholeBlocks(buffer);
      const { blockBytes } = this.#staging;
      let totalBytes = 0;
      while (totalBytes !== expectedBytes && !meter.isStopped()) {
        startMs = meter.now();
        const byteCount = this.#calls.read(
          fd,
          view,
          totalBytes,
          bytesToAsk(knownBytes - totalBytes, blockBytes, view.length),
        );
        if (byteCount < 0) throw directError("read", fullPath, -byteCount);
        if (byteCount === 0) break;
        meter.read(startMs, byteCount);
        totalBytes += byteCount;
        // An offset that is no block's is behind the last byte. After whole
        // blocks only a read of nothing proves the end: calls may be cut
        // short in the middle of a file.
        if (byteCount % blockBytes !== 0) break;
        if (expectedBytes >= 0 && totalBytes > expectedBytes) break;
      }
      return totalBytes;
    } finally {
      this.#calls.close(fd);
    }
  }

  readQueue(options: ReadQueueOptions): Promise<ReadQueue> {
    return openRingReads({
      openFlags: this.#calls.openFlags,
      fullPath: (path) => joinPath(this.#root, path),
      blockBytes: (fullPath) => this.#blockBytes(fullPath),
      error: (operation, path, errno) =>
        operation === "open"
          ? explainRefusal(path, directError(operation, path, errno))
          : directError(operation, path, errno),
    }, options);
  }

  writeQueue(options: WriteQueueOptions): Promise<WriteQueue> {
    const staging = this.#staging;
    return openRingWrites({
      openFlags: this.#calls.openFlags,
      fullPath: (path) => joinPath(this.#root, path),
      admit(fd, fullPath) {
        staging.admit(fd, fullPath);
        return staging.blockBytes;
      },
      error: directError,
    }, options);
  }

  create(path: string, options: CreateOptions): FileWriter {
    const fullPath = joinPath(this.#root, path);
    return new DirectWriter(this.#calls, this.#staging, fullPath, options);
  }

  sizeOf(path: string): number | null {
    return this.#names.sizeOf(path);
  }

  list(folder: string): AsyncIterable<FolderEntry> {
    return this.#names.list(folder);
  }

  remove(path: string): void {
    this.#names.remove(path);
  }

  makeFolder(path: string): void {
    this.#names.makeFolder(path);
  }

  readText(path: string): Promise<string | null> {
    return this.#names.readText(path);
  }

  /** Of the file system of a file, which must be admitted once. */
  #blockBytes(fullPath: string): number {
    if (!this.#staging.isAdmitted) {
      const fd = this.#openToRead(fullPath);
      try {
        this.#staging.admit(fd, fullPath);
      } finally {
        this.#calls.close(fd);
      }
    }
    return this.#staging.blockBytes;
  }

  #openToRead(fullPath: string): number {
    try {
      return this.#calls.openToRead(fullPath);
    } catch (error) {
      throw explainRefusal(fullPath, error);
    }
  }
}

/** A folder gives EINVAL, as a file system without O_DIRECT does. */
function explainRefusal<T>(fullPath: string, error: T): T | StorageError {
  if (!(error instanceof StorageError) || error.code !== "EINVAL") return error;
  try {
    if (Deno.statSync(fullPath).isDirectory) {
      return directError("open", fullPath, ERRNO.EISDIR);
    }
  } catch {
    // The file no longer exists: the first error is the one to report.
  }
  return error;
}
