/**
 * How a storage's files are written: one write after another, or with several
 * in flight.
 */
import type { Awaitable } from "../bytes/awaitable.ts";
import type { WriteMeter } from "./io_meter.ts";

/** Facts that an open file's creator states. */
export interface CreateOptions {
  /** Final length if known, else null. */
  readonly expectedBytes: number | null;
  /**
   * True: the name appears only when {@linkcode FileWriter.commit} succeeds
   * (rename, or completing an upload).
   */
  readonly atomic: boolean;
  /** True: the bytes are on stable storage when commit returns. */
  readonly fsync: boolean;
}

/** A file being written, front to back. */
export interface FileWriter {
  readonly path: string;
  /** Seconds spent in fsync by commit; 0 before it and without fsync. */
  readonly fsyncSeconds: number;
  /**
   * Appends all of `view`, which is free again when the call is done.
   *
   * @throws {StorageError} If not every byte could be written.
   */
  write(view: Uint8Array): Awaitable<void>;
  /** Ends the file and makes it visible. */
  commit(): Awaitable<void>;
  /** Gives up: removes what was written, ignores that it may be gone. */
  abort(): Awaitable<void>;
}

/** How many writes of files one thread has in flight. */
export interface WriteQueuePlan {
  /** Writes in flight, each with a buffer. */
  readonly depth: number;
  /** Why so many, for people. */
  readonly depthReason: string;
  /** Whether the kernel is to keep hold of the buffers. */
  readonly registersBuffers: boolean;
}

/** What several writes in flight are made with, see {@linkcode WriteQueue}. */
export interface WriteQueueOptions {
  /**
   * Memory of all buffers, at a page boundary: the caller's, who may fill
   * none but what `QueuedWriter.room` gives. There are as many writes in
   * flight as buffers in it.
   */
  readonly memory: Uint8Array;
  /** Length of a buffer and largest write, bytes; whole pages. */
  readonly bufferBytes: number;
  /**
   * Whether the kernel is to keep hold of buffers; it may refuse.
   * @default {true}
   */
  readonly registersBuffers?: boolean;
}

/** What is written, and what happens to it. */
export interface QueuedFile extends CreateOptions {
  /** Number of the file, for `WriteQueue.oldestFile`. */
  readonly file: number;
  /** Told about every operation on the file as it ends. */
  readonly meter: WriteMeter;
  /**
   * The file is there in full only when these, which were begun before, are.
   * @default {[]}
   */
  readonly after?: readonly QueuedWriter[];
  /** Called when it is there. */
  readonly onDone: () => void;
}

/**
 * Files of one thread that are written with several writes in flight, also
 * of several files. Nothing waits but `wait`, and no promise is made.
 */
export interface WriteQueue {
  /** False: they were not asked for, or are more than may be held. */
  readonly hasRegisteredBuffers: boolean;
  /** Files that were begun and are not there. */
  readonly inFlight: number;
  /** Whether one more may begin; else `wait` makes room. */
  readonly hasRoom: boolean;
  /** Number of the file that was begun first of those in flight; -1: none. */
  readonly oldestFile: number;
  /**
   * Begins a file; there must be room.
   *
   * @param path As `Storage.create` takes it.
   * @throws {StorageError} If it cannot be made; of a small file the writer
   *   and `wait` may be the first to tell.
   */
  create(path: string, file: QueuedFile): QueuedWriter;
  /**
   * Takes what has ended.
   *
   * @param timeoutMs Longest wait for a first end; 0: none.
   * @throws {StorageError} If something failed.
   */
  wait(timeoutMs: number): void;
  /**
   * Ends what is in flight, waits for that, and removes what was written of
   * files that are not there.
   */
  close(): void;
}

/** A file being written, front to back; another one's failures are thrown. */
export interface QueuedWriter {
  /** Whether it is there in full. */
  readonly isDone: boolean;
  /**
   * Memory that the next bytes of the file are to be put into.
   *
   * @returns Null: everything is being written; `wait` makes room.
   */
  room(): Uint8Array | null;
  /** The first bytes of `room` are the file's next ones. */
  filled(byteCount: number): void;
  /** The file has all of its bytes: it is there when they are written. */
  commit(): void;
}
