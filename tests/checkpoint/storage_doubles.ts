/** Storages around a real one that are slow or fail, and a counting meter. */
import { StorageError } from "../../lib/errors.ts";
import { LocalStorage } from "../../lib/storage/local/local.ts";
import type {
  CreateOptions,
  FileWriter,
  Storage,
  WriteMeter,
} from "../../lib/storage/storage.ts";

/** Counts what it is told; stops after a number of writes and reads. */
export class CountingMeter implements WriteMeter {
  openedCount = 0;
  readBytes = 0;
  wroteBytes = 0;
  syncedCount = 0;
  operations = 0;
  readonly #operationsMax: number;

  constructor(operationsMax = Infinity) {
    this.#operationsMax = operationsMax;
  }

  now(): number {
    return performance.now();
  }
  opened(): void {
    this.openedCount++;
  }
  read(_startMs: number, byteCount: number): void {
    this.readBytes += byteCount;
    this.operations++;
  }
  wrote(_startMs: number, byteCount: number): void {
    this.wroteBytes += byteCount;
    this.operations++;
  }
  synced(): void {
    this.syncedCount++;
  }
  isStopped(): boolean {
    return this.operations >= this.#operationsMax;
  }
}

/** What a {@linkcode SlowStorage} does to writes. */
export interface SlowStorageOptions {
  /** Writes from this byte of a file on fail with ENOSPC. */
  readonly fullAfterBytes?: number;
  /** Fsync fails with EIO. */
  readonly failsFsync?: boolean;
  readonly isSync?: boolean;
}

/** Local files whose writes take a turn of the event loop, or fail. */
export function slowStorage(
  root: string,
  options: SlowStorageOptions = {},
): Storage {
  const { isSync = false } = options;
  const local = new LocalStorage(root);
  const writerOf = (path: string, settings: CreateOptions) =>
    new SlowWriter(local.create(path, settings), options);
  return {
    isSync,
    label: "slow",
    bypassesCache: false,
    open: (path) => local.open(path),
    drain: (...args) => local.drain(...args),
    create: (path, settings) =>
      isSync
        ? writerOf(path, settings)
        : Promise.resolve().then(() => writerOf(path, settings)),
    sizeOf: (path) => Promise.resolve(local.sizeOf(path)),
    list: (folder) => local.list(folder),
    remove: (path) => local.remove(path),
    makeFolder: (path) => local.makeFolder(path),
    readText: (path) => local.readText(path),
  };
}

/**
 * Local files that notes every read.
 *
 * @param reads Gets path, offset and length of each, in order.
 */
export function recordingStorage(
  local: LocalStorage,
  reads: [path: string, offset: number, byteCount: number][],
): Storage {
  return {
    isSync: true,
    label: "recording",
    bypassesCache: false,
    open(path) {
      const file = local.open(path);
      return {
        path,
        byteLength: file.byteLength,
        readInto(view, offset) {
          const byteCount = file.readInto(view, offset) as number;
          reads.push([path, offset, byteCount]);
          return byteCount;
        },
        close: () => file.close(),
      };
    },
    drain(path, ...rest) {
      const byteCount = local.drain(path, ...rest);
      reads.push([path, 0, byteCount]);
      return byteCount;
    },
    create: (path, settings) => local.create(path, settings),
    sizeOf: (path) => local.sizeOf(path),
    list: (folder) => local.list(folder),
    remove: (path) => local.remove(path),
    makeFolder: (path) => local.makeFolder(path),
    readText: (path) => local.readText(path),
  };
}

class SlowWriter implements FileWriter {
  readonly path: string;
  readonly #inner: FileWriter;
  readonly #options: SlowStorageOptions;
  #bytes = 0;
  #isBusy = false;

  constructor(inner: FileWriter, options: SlowStorageOptions) {
    this.path = inner.path;
    this.#inner = inner;
    this.#options = options;
  }

  get fsyncSeconds(): number {
    return this.#inner.fsyncSeconds;
  }

  write(view: Uint8Array): void | Promise<void> {
    const { fullAfterBytes = Infinity, isSync = false } = this.#options;
    if (this.#isBusy) throw new Error("two writes at a time");
    const put = () => {
      this.#bytes += view.length;
      if (this.#bytes > fullAfterBytes) {
        throw new StorageError("write", this.path, "ENOSPC", "no space left");
      }
      return this.#inner.write(view);
    };
    if (isSync) return put();
    this.#isBusy = true;
    // The bytes are taken late: a writer that refills too early is caught.
    return new Promise((resolve) => setTimeout(resolve, 0)).then(put)
      .finally(() => this.#isBusy = false);
  }

  commit(): void | Promise<void> {
    if (this.#options.failsFsync) {
      throw new StorageError("fsync", this.path, "EIO", "input/output error");
    }
    return this.#inner.commit();
  }

  abort(): void | Promise<void> {
    return this.#inner.abort();
  }
}
