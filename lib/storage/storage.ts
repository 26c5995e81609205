/**
 * The Storage seam: named sequences of bytes, nothing about formats.
 *
 * A storage is synchronous (a disk) or asynchronous (an object store). `isSync`
 * says which, so that loops are chosen once. A worker makes its own Storage from
 * plain {@linkcode StorageSettings}; instances never cross threads.
 *
 * Adding a storage: one file that exports a {@linkcode StorageKind}, one line
 * in `registry.ts`. Every thread loads it, so what is large, such as a client
 * library, is loaded by its `connect`.
 */
import type { Awaitable } from "../bytes/awaitable.ts";
import type { ByteSource } from "../bytes/byte_source.ts";
import type { OptionRows } from "./option_row.ts";
import type {
  CreateOptions,
  FileWriter,
  WriteQueue,
  WriteQueueOptions,
} from "./file_writer.ts";
import type { ReadMeter } from "./io_meter.ts";
import type { PaceMemory } from "./transfer_pace.ts";

/** How files are written. */
export type {
  CreateOptions,
  FileWriter,
  QueuedFile,
  QueuedWriter,
  WriteQueue,
  WriteQueueOptions,
  WriteQueuePlan,
} from "./file_writer.ts";
/** Where the cost of reads and writes is reported. */
export type { ReadMeter, WriteMeter } from "./io_meter.ts";

/** Plain, frozen data that a worker can be started with. */
export interface StorageSettings {
  /** Name in the registry: "local_fs", "direct_fs", "null" ... */
  readonly kind: string;
  /** Folder or bucket that relative paths start from. */
  readonly root: string;
  /** `storage.storage_options`, checked by the kind itself. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** An opened file. */
export interface OpenedFile extends ByteSource {
  /**
   * Reads a range and keeps nothing; only asynchronous storage has it,
   * since it gets bytes without a buffer of the caller's.
   *
   * @returns Bytes read; fewer than requested only at the end of the file.
   */
  drainRange?(
    offset: number,
    byteCount: number,
    meter: ReadMeter,
  ): Promise<number>;
  /**
   * Keeps the file open until `release`, also if it is closed before: for
   * reads in flight. Files of storage with a `readQueue` have both.
   *
   * @returns Its descriptor in this process.
   */
  hold?(): number;
  release?(): void;
  close(): Awaitable<void>;
}

/** How many reads of files one reader has in flight. */
export interface QueuePlan {
  /** Files that are read whole, and ranges of others. */
  readonly depth: number;
  /** Why so many, for people. */
  readonly depthReason: string;
  /** Whether the kernel is to keep hold of the buffers. */
  readonly registersBuffers: boolean;
  /**
   * Memory of all buffers of its thread.
   * @default {32 MiB past the page cache}
   */
  readonly buffersMaxBytes?: number;
}

/** Who reads through a queue, see {@linkcode ReadQueue}. */
export interface QueueClient {
  /** Told about every operation on a file as it ends. */
  readonly meterOf: (file: number) => ReadMeter;
  /**
   * Hears of everything that was begun, when it is there: the numbers that it
   * was begun with, its bytes, as `drain` returns them, and what was wanted; a
   * file that is read whole begins at 0.
   */
  readonly onDone: (
    file: number,
    batch: number,
    byteCount: number,
    offset: number,
    wantedBytes: number,
  ) => void;
  /** Makes what `wait` throws of an error of this queue. @default {the error} */
  readonly failure?: ((error: unknown) => unknown) | undefined;
}

/** What several reads in flight are made with, see {@linkcode ReadQueue}. */
export interface ReadQueueOptions extends QueueClient {
  /** Requests that may be in flight, >= 1. */
  readonly depth: number;
  /** Largest read, bytes; whole pages. */
  readonly readBytes: number;
  /**
   * Whether the kernel is to keep hold of buffers; it may refuse.
   * @default {true}
   */
  readonly registersBuffers?: boolean;
  /** See {@linkcode QueuePlan}; of all queues together. */
  readonly buffersMaxBytes?: number;
  /** Queues that may be `beside` it, and itself. @default {1} */
  readonly queueCount?: number;
}

/**
 * Reads of one thread, several of them in flight, that keep nothing: bytes
 * are counted and dropped. Nothing waits but `wait`, and no promise is made.
 */
export interface ReadQueue {
  /** Largest read, bytes: longer ranges are the caller's to divide. */
  readonly readBytes: number;
  /** False: they were not asked for, or are more than may be held. */
  readonly hasRegisteredBuffers: boolean;
  /** Files and ranges that have begun and not ended. */
  readonly inFlight: number;
  /** Whether one more may begin; else `wait` makes room. */
  readonly hasRoom: boolean;
  /** Number of the file whose read has been in flight longest; -1: none. */
  readonly oldestFile: number;
  /**
   * Begins to read a whole file, as `Storage.drain` does; there must be room.
   *
   * @param path As `Storage.open` takes it.
   * @param expectedBytes Length that it must have, or -1 if unknown.
   * @param file Number of the file, for its meter and for `onDone`.
   * @param batch Given back by `onDone`.
   */
  drain(path: string, expectedBytes: number, file: number, batch: number): void;
  /**
   * Begins to read a range of a file that the same storage opened; there must
   * be room. At the end of the file fewer bytes are there.
   *
   * @param source The file; closed before, it stays open for the read.
   * @param offset First byte.
   * @param byteCount Bytes, at most `readBytes`.
   * @param file Number of the file, for its meter and for `onDone`.
   * @param batch Given back by `onDone`.
   */
  readRange(
    source: OpenedFile,
    offset: number,
    byteCount: number,
    file: number,
    batch: number,
  ): void;
  /**
   * Makes a queue of another reader of the same thread. Both have their own
   * depth, and wait as one.
   *
   * @throws {RangeError} If there are `queueCount` already.
   */
  beside(client: QueueClient): ReadQueue;
  /**
   * Hands over what has begun and takes what has ended, of all queues of the
   * thread.
   *
   * @param timeoutMs Longest wait for a first end; 0: none.
   * @throws {StorageError} If a read failed.
   */
  wait(timeoutMs: number): void;
  /**
   * Ends what is in flight in all queues of the thread, and waits for that:
   * memory goes afterwards.
   */
  close(): void;
}

/** What a listing says of one entry. */
export interface FolderEntry {
  readonly name: string;
  readonly isFolder: boolean;
  /**
   * Why it can be neither read nor entered: "it is a named pipe", "it is
   * empty" where the listing tells; absent: it is a file or a folder like
   * others.
   */
  readonly problem?: string;
  /** True: it is a link to a folder that it lies in: entering it never ends. */
  readonly leadsBack?: boolean;
}

/** Ranges of one file that are in flight at a time. */
export interface RangeGets {
  /** Of one range, but for the last. */
  readonly byteCount: number;
  readonly inFlight: number;
}

/** A place that holds files. Paths are relative to its root or absolute. */
export interface Storage {
  readonly isSync: boolean;
  /** For people: "local file system, buffered". */
  readonly label: string;
  /**
   * Whether reads and writes are to go past this host's page cache
   * (O_DIRECT, object stores). Files with it are still checked against the
   * kernel's counters: holes, for one, reach no device.
   */
  readonly bypassesCache: boolean;
  /**
   * True: what is written vanishes, so nothing can be opened and only
   * `drain` answers. Absent: files are kept.
   */
  readonly keepsNothing?: boolean;
  /**
   * Reads that one reader keeps in flight; asynchronous storage has
   * it.
   */
  readonly inFlight?: number;
  /**
   * How one reader gets a long file soonest, with `drainRange`, which its
   * files then have; absent: from front to back.
   */
  readonly rangeGets?: RangeGets;

  /**
   * Where a file is in this host's file systems, for what concerns the page
   * cache; absent where files are not on this host's file systems.
   */
  hostPath?(path: string): string;

  /**
   * Opens for reading.
   *
   * @throws {StorageError} "ENOENT", "EACCES", "EISDIR" ...
   */
  open(path: string): Awaitable<OpenedFile>;

  /**
   * Reads a whole file through `buffer`, over and over, keeping nothing:
   * the hot path of training.
   *
   * @param expectedBytes Length that the file must have, or -1 if unknown.
   *   Known, it saves the read that would find the end of the file.
   * @param buffer Page-aligned scratch; its length is the largest read.
   * @param meter Told about every operation as it ends.
   * @returns Bytes read; fewer than expected only if the file is shorter or
   *   the meter said stop; more if a read met bytes behind the expected end.
   */
  drain(
    path: string,
    expectedBytes: number,
    buffer: Uint8Array,
    meter: ReadMeter,
  ): Awaitable<number>;

  /**
   * Several reads in flight for one thread that waits for them itself;
   * synchronous storage may have it (`reader.io_engine: uring`).
   *
   * @throws {StorageError} If this host refuses.
   */
  readQueue?(options: ReadQueueOptions): Promise<ReadQueue>;

  /**
   * Several writes in flight for one thread that waits for them itself;
   * where there is a `readQueue`.
   *
   * @throws {StorageError} If this host refuses.
   */
  writeQueue?(options: WriteQueueOptions): Promise<WriteQueue>;

  /** Starts a file; folders on the way are made. */
  create(path: string, options: CreateOptions): Awaitable<FileWriter>;

  /**
   * Length of a file.
   *
   * @returns Bytes, or null if there is no such file.
   */
  sizeOf(path: string): Awaitable<number | null>;

  /** Entries of a folder in no order; empty if there is none. */
  list(folder: string): AsyncIterable<FolderEntry>;

  /** Removes one file; one that is gone already is no error. */
  remove(path: string): Awaitable<void>;

  /** Makes a folder and its parents where the storage has such a thing. */
  makeFolder(path: string): Awaitable<void>;

  /** A small file's content, such as a manifest; null if there is none. */
  readText(path: string): Awaitable<string | null>;

  /** Closes connections; absent: there are none. */
  close?(): void;
}

/** Requests whose latency is measured separately. */
export type RequestOperation = "get" | "put" | "first_byte";

/** Hears of every request of a storage that answers by requests. */
export interface RequestObserver {
  /** Clock in milliseconds, monotonic. */
  now(): number;
  /** A GET or PUT, or the wait for a GET's first byte, took until now. */
  requested(operation: RequestOperation, startMs: number): void;
  /** Any request to endpoint number `endpoint` ended well. */
  answered(endpoint: number, startMs: number, byteCount: number): void;
  /** One failed and is sent again. */
  retried(endpoint: number): void;
  /** One failed after all retries. */
  failed(endpoint: number): void;
}

/** Who connects, and who is notified; absent: nobody. */
export interface ConnectOptions {
  /**
   * The accelerator that reads, or the number of a generator: endpoints are
   * dealt by it.
   * @default {0}
   */
  readonly rank?: number;
  /** Tells connections of one rank apart, for seeds. @default {0} */
  readonly thread?: number;
  readonly observer?: RequestObserver;
  /**
   * Shared with the other connections of this process, for a storage that is
   * to have a pace. @default {Memory of its own}
   */
  readonly pace?: PaceMemory;
  /** Ends all requests in flight. */
  readonly signal?: AbortSignal;
  /**
   * Longest wait for a small file of a file system, in milliseconds; object
   * stores have time-outs of their own.
   * @default {60000}
   */
  readonly answerTimeoutMs?: number;
}

/**
 * What a run does in a folder: a run that only reads may have no right to
 * write.
 */
export type FolderAccess = "read" | "write";

/**
 * What holds for all storages of a kind, known without connecting: plans,
 * settings and rules between settings ask these, never for a kind's name.
 */
export interface StorageTraits {
  /** DLIO's name of it in `storage.storage_type`. */
  readonly name: string;
  /** Further words for it in `storage.storage_type`. @default {[]} */
  readonly aliases?: readonly string[];
  /** True: files of this host's file systems. @default {false} */
  readonly isFiles?: boolean;
  /** As {@linkcode Storage.isSync}: one operation at a time per thread. */
  readonly isSync: boolean;
  /**
   * What `reader.io_engine` is where it is not set. Absent: there is no
   * choice.
   */
  readonly readEngine?: "sync" | "auto";
  /**
   * True: what was written is there for all readers when the write is done,
   * so there is no wait after generating. @default {false}
   */
  readonly settlesAtOnce?: boolean;
  /**
   * Whether reads with these options take no time, so that one thread serves
   * any number of readers. Absent: they do take time.
   */
  readsAtOnce?(settings: Pick<StorageSettings, "options">): boolean;
  /**
   * True: a write ends when the device or the server has the bytes, so a
   * thread mostly waits and many of them are needed. @default {false}
   */
  readonly writesWait?: boolean;
  /**
   * Bytes of one read call where `reader.transfer_size` is not set.
   * @default {524288}
   */
  readonly readBytes?: number;
  /**
   * True: what does not come in whole blocks goes through a second buffer as
   * large as a read. @default {false}
   */
  readonly stagesReads?: boolean;
  /**
   * Kind that moves the same files past the page cache: what
   * `reader.odirect` makes of this one. Absent: O_DIRECT is not to be had.
   */
  readonly directKind?: string;
  /**
   * Scheme of the URIs of its objects, "s3"; then `storage_root` is a bucket.
   * Absent: paths are of folders.
   */
  readonly scheme?: string;
  /** What `storage.storage_options` may have. */
  readonly options: OptionRows;
}

/** A registered kind of storage. */
export interface StorageKind extends StorageTraits {
  /** Says what is wrong with the settings; empty if nothing is. */
  problems(settings: StorageSettings): string[];
  /** What the user should know of settings that are used; absent: nothing. */
  notices?(settings: StorageSettings): string[];
  /** Addresses that requests go to, in the order of their numbers. */
  endpoints?(settings: StorageSettings): readonly string[];
  /**
   * Tries every kind of request once before a run: on a key of its own below
   * `folder`, leaving nothing behind, or, for a run that only reads, on what
   * is there.
   *
   * @throws {StorageError} With the step that failed and what to check.
   */
  preflight?(
    settings: StorageSettings,
    folder: string,
    access: FolderAccess,
    signal?: AbortSignal,
  ): Promise<void>;
  connect(
    settings: StorageSettings,
    options?: ConnectOptions,
  ): Awaitable<Storage>;
}
