/**
 * Files through the page cache: `storage_type: local_fs` (and parallel file
 * systems that are mounted).
 *
 * Everything is synchronous: one operation in flight per thread, as a reader
 * process of PyTorch does it, and no microtask between two reads. Deno's own
 * calls into page-aligned memory reach 15 GB/s per core; `Deno.readFile`
 * would allocate and reach a fiftieth of that. Only ranges in any order are
 * read otherwise: `local_file.ts`.
 */
import {
  MAX_RECORD_BYTES,
  notAFile,
  readSmallText,
} from "../../bytes/small_file.ts";
import { errnoError } from "../../libc/errno.ts";
import { streamFolder } from "./folder_stream.ts";
import { openLocalFile } from "./local_file.ts";
import { joinPath, parentOf } from "./local_path.ts";
import {
  giveWay,
  makeFolders,
  notRegular,
  PARTIAL_SUFFIX,
} from "./new_file.ts";
import { openRingReads, openRingWrites } from "./ring_part.ts";
import { toStorageError } from "../system_error.ts";
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

/** What holds for files of a mounted file system, buffered or not. */
export const MOUNTED_FILES = {
  isFiles: true,
  isSync: true,
  // One blocking read per reader, as a reader process of PyTorch does it.
  readEngine: "sync",
  settlesAtOnce: true,
  directKind: "direct_fs",
  options: {},
  problems: () => [],
} as const;

/** Buffered files of a mounted file system. */
export const localKind: StorageKind = {
  ...MOUNTED_FILES,
  name: "local_fs",
  aliases: ["parallel_fs"],
  connect: (settings: StorageSettings, options = {}) =>
    new LocalStorage(settings.root, options),
};

/** See the file header. */
export class LocalStorage implements Storage {
  readonly isSync = true;
  readonly label = "local file system, buffered";
  readonly bypassesCache = false;
  readonly #root: string;
  readonly #answerTimeoutMs: number | undefined;

  /**
   * @param root Folder that relative paths start from.
   * @param options How long a small file may take.
   */
  constructor(
    root: string,
    { answerTimeoutMs }: Pick<ConnectOptions, "answerTimeoutMs"> = {},
  ) {
    this.#root = root;
    this.#answerTimeoutMs = answerTimeoutMs;
  }

  hostPath(path: string): string {
    return joinPath(this.#root, path);
  }

  open(path: string): OpenedFile {
    return openLocalFile(joinPath(this.#root, path));
  }

  drain(
    path: string,
    expectedBytes: number,
    buffer: Uint8Array,
    meter: ReadMeter,
  ): number {
    const fullPath = joinPath(this.#root, path);
    let startMs = meter.now();
    const file = openFile(fullPath);
    meter.opened(startMs);
    let totalBytes = 0;
    try {
      while (totalBytes !== expectedBytes && !meter.isStopped()) {
        startMs = meter.now();
        const byteCount = file.readSync(buffer);
        // Without an expectation, only a read of nothing proves the end.
        if (byteCount === null) break;
        meter.read(startMs, byteCount);
        totalBytes += byteCount;
        if (expectedBytes >= 0 && totalBytes > expectedBytes) break;
      }
    } catch (error) {
      throw toStorageError("read", fullPath, error);
    } finally {
      file.close();
    }
    return totalBytes;
  }

  readQueue(options: ReadQueueOptions): Promise<ReadQueue> {
    return openRingReads({
      openFlags: 0,
      fullPath: (path) => joinPath(this.#root, path),
      blockBytes: () => 1,
      error: errnoError,
    }, options);
  }

  writeQueue(options: WriteQueueOptions): Promise<WriteQueue> {
    return openRingWrites({
      openFlags: 0,
      fullPath: (path) => joinPath(this.#root, path),
      admit: () => 1,
      error: errnoError,
    }, options);
  }

  create(path: string, options: CreateOptions): FileWriter {
    const fullPath = joinPath(this.#root, path);
    return new LocalWriter(fullPath, options);
  }

  sizeOf(path: string): number | null {
    const fullPath = joinPath(this.#root, path);
    try {
      const facts = Deno.statSync(fullPath);
      if (facts.isDirectory) return null;
      const other = notAFile(facts);
      if (other !== null) throw notRegular("stat", fullPath, other);
      return facts.size;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return null;
      throw toStorageError("stat", fullPath, error);
    }
  }

  list(folder: string): AsyncIterable<FolderEntry> {
    return streamFolder(joinPath(this.#root, folder));
  }

  remove(path: string): void {
    const fullPath = joinPath(this.#root, path);
    try {
      Deno.removeSync(fullPath);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return;
      throw toStorageError("remove", fullPath, error);
    }
  }

  makeFolder(path: string): void {
    makeFolders(joinPath(this.#root, path));
  }

  readText(path: string): Promise<string | null> {
    const fullPath = joinPath(this.#root, path);
    return readSmallText(fullPath, {
      maxBytes: MAX_RECORD_BYTES,
      timeoutMs: this.#answerTimeoutMs,
    });
  }
}

class LocalWriter implements FileWriter {
  readonly path: string;
  readonly #options: CreateOptions;
  readonly #workPath: string;
  readonly #file: Deno.FsFile;
  #fsyncSeconds = 0;

  constructor(path: string, options: CreateOptions) {
    this.path = path;
    this.#options = options;
    this.#workPath = options.atomic ? path + PARTIAL_SUFFIX : path;
    this.#file = createFile(this.#workPath);
  }

  get fsyncSeconds(): number {
    return this.#fsyncSeconds;
  }

  write(view: Uint8Array): void {
    try {
      let doneBytes = 0;
      while (doneBytes < view.length) {
        const rest = doneBytes === 0 ? view : view.subarray(doneBytes);
        doneBytes += this.#file.writeSync(rest);
      }
    } catch (error) {
      throw toStorageError("write", this.path, error);
    }
  }

  commit(): void {
    try {
      if (this.#options.fsync) {
        const startMs = performance.now();
        this.#file.syncSync();
        this.#fsyncSeconds = (performance.now() - startMs) / 1000;
      }
    } catch (error) {
      throw toStorageError("fsync", this.path, error);
    } finally {
      this.#file.close();
    }
    if (!this.#options.atomic) return;
    try {
      Deno.renameSync(this.#workPath, this.path);
    } catch (error) {
      throw toStorageError("rename", this.path, error);
    }
  }

  abort(): void {
    try {
      this.#file.close();
    } catch {
      // Closed by a commit that failed.
    }
    try {
      Deno.removeSync(this.#workPath);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return;
      throw toStorageError("remove", this.#workPath, error);
    }
  }
}

function openFile(fullPath: string): Deno.FsFile {
  try {
    return Deno.openSync(fullPath);
  } catch (error) {
    throw toStorageError("open", fullPath, error);
  }
}

const NEW_FILE = { write: true, createNew: true };
const OLD_FILE = { write: true, create: true, truncate: true };

function createFile(fullPath: string): Deno.FsFile {
  try {
    return Deno.openSync(fullPath, NEW_FILE);
  } catch (error) {
    // Folders are made only when one is missing: one call fewer per file.
    if (error instanceof Deno.errors.NotFound) {
      makeFolders(parentOf(fullPath));
    } else if (error instanceof Deno.errors.AlreadyExists) {
      giveWay(fullPath);
    } else {
      throw toStorageError("create", fullPath, error);
    }
  }
  try {
    return Deno.openSync(fullPath, OLD_FILE);
  } catch (error) {
    throw toStorageError("create", fullPath, error);
  }
}
