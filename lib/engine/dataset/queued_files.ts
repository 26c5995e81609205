/**
 * Files that a generator writes with many writes in flight (io_uring), also of
 * several files: one is encoded while others are written.
 */
import type {
  QueuedWriter,
  Storage,
  WriteQueue,
  WriteQueueOptions,
} from "../../storage/storage.ts";
import type { WorkerMeter } from "../threads/meter.ts";
import { Stopped, WAIT_SLICE_MS } from "../threads/thread_sync.ts";

/** A file to be written. */
export interface NewFile {
  readonly path: string;
  readonly chunks: Iterable<Uint8Array>;
  /** Of the dataset, for messages. */
  readonly fileIndex: number;
  /** Null: only encoding shows its length. */
  readonly expectedBytes: number | null;
  /** It is there in full only when these are. */
  readonly after: readonly QueuedWriter[];
  /** Called when it is there. */
  readonly onDone: () => void;
}

/** See the file header. */
export class QueuedFiles {
  readonly #queue: WriteQueue;
  readonly #meter: WorkerMeter;

  private constructor(queue: WriteQueue, meter: WorkerMeter) {
    this.#queue = queue;
    this.#meter = meter;
  }

  /**
   * Opens a queue.
   *
   * @param storage Where the dataset is.
   * @param meter Of the thread.
   * @param options What is written with.
   * @throws {StorageError} If this host refuses.
   */
  static async open(
    storage: Storage,
    meter: WorkerMeter,
    options: WriteQueueOptions,
  ): Promise<QueuedFiles> {
    const queue = await storage.writeQueue?.(options);
    if (queue === undefined) {
      throw new Error("a storage without a queue was chosen for one");
    }
    return new QueuedFiles(queue, meter);
  }

  /** False: the kernel would not keep hold of the buffers. */
  get hasRegisteredBuffers(): boolean {
    return this.#queue.hasRegisteredBuffers;
  }

  /**
   * Hands a file over; its last bytes may be in flight afterwards.
   *
   * @returns The file, for those that come after it.
   * @throws {Stopped} When the run is stopped.
   * @throws {StorageError} If a file cannot be written, this one or another.
   */
  write(file: NewFile): QueuedWriter {
    const { fileIndex, expectedBytes, after, onDone } = file;
    while (!this.#queue.hasRoom) this.#turn();
    this.#meter.opening(fileIndex);
    const writer = this.#queue.create(file.path, {
      file: fileIndex,
      meter: this.#meter.ofFile(fileIndex),
      expectedBytes,
      atomic: expectedBytes === null,
      fsync: false,
      after,
      onDone,
    });
    this.#meter.writing(fileIndex);
    for (const chunk of file.chunks) {
      if (this.#meter.isStopped()) throw new Stopped();
      this.#append(writer, chunk);
    }
    writer.commit();
    return writer;
  }

  /** Waits until all files are there. @throws As `write`. */
  empty(): void {
    while (this.#queue.inFlight > 0) this.#turn();
  }

  /** Ends what is in flight, waits for that, removes what is not complete. */
  close(): void {
    this.#queue.close();
  }

  #append(writer: QueuedWriter, chunk: Uint8Array): void {
    let doneBytes = 0;
    while (doneBytes < chunk.length) {
      const room = writer.room();
      if (room === null) {
        this.#turn();
        continue;
      }
      const byteCount = Math.min(room.length, chunk.length - doneBytes);
      room.set(
        byteCount === chunk.length
          ? chunk
          : chunk.subarray(doneBytes, doneBytes + byteCount),
      );
      writer.filled(byteCount);
      doneBytes += byteCount;
    }
  }

  /** Waits for a first end. */
  #turn(): void {
    // A stall is reported for the file that was begun first.
    this.#meter.writing(this.#queue.oldestFile);
    this.#queue.wait(WAIT_SLICE_MS);
    if (this.#meter.isStopped()) throw new Stopped();
  }
}
