/**
 * A storage of this host's files for the main thread: every call is made by a
 * {@linkcode FileThread}, so the storage is asynchronous.
 */
import type {
  CreateOptions,
  FileWriter,
  FolderEntry,
  OpenedFile,
  ReadMeter,
  Storage,
  StorageSettings,
} from "../../storage/storage.ts";
import { joinPath } from "../../storage/local/local_path.ts";
import type { ConnectedStorage, OpenFile } from "./file_calls.ts";
import type { FileThread } from "./file_thread.ts";
import { type AnsweredCalls, HostCalls } from "./host_calls.ts";

/** See the file header. */
export class ThreadedStorage implements Storage {
  readonly isSync = false;
  readonly label: string;
  readonly bypassesCache: boolean;
  /** Who makes the calls. */
  readonly thread: FileThread;
  readonly #root: string;
  readonly #number: number;

  private constructor(
    thread: FileThread,
    root: string,
    { number, label, bypassesCache }: ConnectedStorage,
  ) {
    this.thread = thread;
    this.label = label;
    this.bypassesCache = bypassesCache;
    this.#root = root;
    this.#number = number;
  }

  /**
   * Connects a storage on the thread.
   *
   * @param settings Of a kind whose files are on this host.
   * @throws {StokerError} As the kind's own `connect`.
   */
  static async connect(
    thread: FileThread,
    settings: StorageSettings,
    options: { readonly answerTimeoutMs?: number } = {},
  ): Promise<ThreadedStorage> {
    const connected = await thread.call("connect", settings, options);
    return new ThreadedStorage(thread, settings.root, connected);
  }

  hostPath(path: string): string {
    return joinPath(this.#root, path);
  }

  async open(path: string): Promise<OpenedFile> {
    const opened = await this.thread.call("open", this.#number, path);
    return new ThreadedFile(this.thread, opened);
  }

  async drain(
    path: string,
    expectedBytes: number,
    buffer: Uint8Array,
    meter: ReadMeter,
  ): Promise<number> {
    let startMs = meter.now();
    const file = await this.open(path);
    meter.opened(startMs);
    let totalBytes = 0;
    try {
      while (totalBytes !== expectedBytes && !meter.isStopped()) {
        startMs = meter.now();
        const byteCount = await file.readInto(buffer, totalBytes);
        if (byteCount === 0) break;
        meter.read(startMs, byteCount);
        totalBytes += byteCount;
        if (expectedBytes >= 0 && totalBytes > expectedBytes) break;
      }
    } finally {
      await file.close();
    }
    return totalBytes;
  }

  async create(path: string, options: CreateOptions): Promise<FileWriter> {
    const created = await this.thread.call(
      "create",
      this.#number,
      path,
      options,
    );
    return new ThreadedWriter(this.thread, created);
  }

  sizeOf(path: string): Promise<number | null> {
    return this.thread.call("sizeOf", this.#number, path);
  }

  async *list(folder: string): AsyncGenerator<FolderEntry> {
    const listing = await this.thread.call("list", this.#number, folder);
    let isEnd = false;
    try {
      while (!isEnd) {
        const part = await this.thread.call("nextEntries", listing);
        isEnd = part.isEnd;
        yield* part.entries;
      }
    } finally {
      if (!isEnd) await this.thread.call("endListing", listing);
    }
  }

  remove(path: string): Promise<void> {
    return this.thread.call("remove", this.#number, path);
  }

  makeFolder(path: string): Promise<void> {
    return this.thread.call("makeFolder", this.#number, path);
  }

  readText(path: string): Promise<string | null> {
    return this.thread.call("readText", this.#number, path);
  }
}

class ThreadedFile implements OpenedFile {
  readonly path: string;
  readonly byteLength: number;
  readonly #thread: FileThread;
  readonly #number: number;

  constructor(thread: FileThread, { number, path, byteLength }: OpenFile) {
    this.path = path;
    this.byteLength = byteLength;
    this.#thread = thread;
    this.#number = number;
  }

  async readInto(view: Uint8Array, offset: number): Promise<number> {
    const bytes = await this.#thread.call(
      "readRange",
      this.#number,
      offset,
      view.length,
    );
    view.set(bytes);
    return bytes.length;
  }

  close(): Promise<void> {
    return this.#thread.call("closeFile", this.#number);
  }
}

class ThreadedWriter implements FileWriter {
  readonly path: string;
  readonly #thread: FileThread;
  readonly #number: number;
  #fsyncSeconds = 0;

  constructor(
    thread: FileThread,
    { number, path }: { readonly number: number; readonly path: string },
  ) {
    this.path = path;
    this.#thread = thread;
    this.#number = number;
  }

  get fsyncSeconds(): number {
    return this.#fsyncSeconds;
  }

  write(view: Uint8Array): Promise<void> {
    // What is sent is copied whole, so it must be no part of a buffer.
    return this.#thread.call("write", this.#number, view.slice());
  }

  async commit(): Promise<void> {
    this.#fsyncSeconds = await this.#thread.call("commit", this.#number);
  }

  abort(): Promise<void> {
    return this.#thread.call("abort", this.#number);
  }
}

/**
 * Who makes calls on the files of a storage beside its own: the thread of a
 * {@linkcode ThreadedStorage}; for another one this thread itself.
 */
export function hostCallsOf(storage: object): AnsweredCalls<HostCalls> {
  if (!(storage instanceof ThreadedStorage)) return new HostCalls();
  const { thread } = storage;
  return {
    cacheProblem: () => thread.call("cacheProblem"),
    drop: (paths, isThorough) => thread.call("drop", paths, isThorough),
    residentBytes: (path) => thread.call("residentBytes", path),
    dropEverything: () => thread.call("dropEverything"),
    holes: (path) => thread.call("holes", path),
    fileSystem: (path) => thread.call("fileSystem", path),
    mount: (path) => thread.call("mount", path),
    blockDevice: (path) => thread.call("blockDevice", path),
    deviceQueue: (path) => thread.call("deviceQueue", path),
    freeSpace: (folder) => thread.call("freeSpace", folder),
    folderFacts: (folder) => thread.call("folderFacts", folder),
    cacheFacts: (folder, problem) => thread.call("cacheFacts", folder, problem),
    folderSeparation: (data, results) =>
      thread.call("folderSeparation", data, results),
  };
}
