/**
 * Files that a generator writes with many writes in flight (io_uring), also of
 * several files: one is encoded while others are written.
 *
 * A file that a write holds is encoded into the very buffer that is written;
 * of longer ones each full work buffer is copied, since the encoder goes on in
 * it.
 */
import type { EncodeTools } from "../../formats/format.ts";
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
  /** Its chunks, as `Format.encode` has them: `expectedBytes` if known. */
  encode(tools: EncodeTools): Iterable<Uint8Array>;
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
  readonly #tools: EncodeTools;

  private constructor(
    queue: WriteQueue,
    meter: WorkerMeter,
    tools: EncodeTools,
  ) {
    this.#queue = queue;
    this.#meter = meter;
    this.#tools = tools;
  }

  /**
   * Opens a queue.
   *
   * @param storage Where the dataset is.
   * @param meter Of the thread.
   * @param tools What files are encoded with; buffers of the queue are as long
   *   as `pages`, and in the same arena.
   * @param options What is written with.
   * @throws {StorageError} If this host refuses.
   */
  static async open(
    storage: Storage,
    meter: WorkerMeter,
    tools: EncodeTools,
    options: WriteQueueOptions,
  ): Promise<QueuedFiles> {
    const queue = await storage.writeQueue?.(options);
    if (queue === undefined) {
      throw new Error("a storage without a queue was chosen for one");
    }
    return new QueuedFiles(queue, meter, tools);
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
    if (expectedBytes !== null && expectedBytes <= this.#tools.pages.length) {
      this.#encodeInPlace(writer, file, expectedBytes);
    } else {
      for (const chunk of file.encode(this.#tools)) {
        if (this.#meter.isStopped()) throw new Stopped();
        this.#append(writer, chunk);
      }
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

  /** Has a file encoded into the buffer that it is written from. */
  #encodeInPlace(
    writer: QueuedWriter,
    file: NewFile,
    expectedBytes: number,
  ): void {
    const { random, pages } = this.#tools;
    const room = this.#room(writer);
    let doneBytes = 0;
    let isInPlace = false;
    for (const chunk of file.encode({ random, pages: room })) {
      if (this.#meter.isStopped()) throw new Stopped();
      isInPlace = chunk.length === expectedBytes &&
        chunk.buffer === room.buffer && chunk.byteOffset === room.byteOffset;
      // Only a format that fills no work buffer has several: they overwrite
      // each other there.
      if (!isInPlace) pages.set(chunk, doneBytes);
      doneBytes += chunk.length;
    }
    if (!isInPlace) room.set(pages.subarray(0, doneBytes));
    writer.filled(doneBytes);
  }

  /** Room for the next bytes of a file, waiting for it. */
  #room(writer: QueuedWriter): Uint8Array {
    for (;;) {
      const room = writer.room();
      if (room !== null) return room;
      this.#turn();
    }
  }

  #append(writer: QueuedWriter, chunk: Uint8Array): void {
    let doneBytes = 0;
    while (doneBytes < chunk.length) {
      const room = this.#room(writer);
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
