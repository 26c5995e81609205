/**
 * The reads in flight of one reader, and how many of them each of its batches
 * waits for.
 *
 *    begin -> reads ... -> begun -> turn ... turn -> the batch waits for none:
 *                                            it is there
 *
 * A batch has a place: its number among those that are under way. Reads are
 * begun in the order of batches and end in any order. Readers of one thread
 * wait together, see `ReadQueue.beside`.
 */
import type { QueueClient, ReadQueue } from "../../storage/storage.ts";
import type { WorkerMeter } from "../threads/meter.ts";
import { Stopped, WAIT_SLICE_MS } from "../threads/thread_sync.ts";

/** What is made of the reads that end: the split's own business. */
export interface EndedReads {
  /**
   * A read is over.
   *
   * @param file Index of the file over training, then evaluation files.
   * @param byteCount Bytes that are there.
   * @param offset First wanted byte, and how many were: of a file that is read
   *   whole 0 and its length, -1 if only the file tells.
   */
  ended(
    file: number,
    byteCount: number,
    offset: number,
    wantedBytes: number,
  ): void;
}

/** See the file header. */
export class QueuedReads {
  readonly #meter: WorkerMeter;
  readonly #queue: ReadQueue;
  readonly #pending: Int32Array;
  #target: EndedReads | null = null;

  private constructor(
    meter: WorkerMeter,
    queue: ReadQueue,
    pending: Int32Array,
  ) {
    this.#meter = meter;
    this.#queue = queue;
    this.#pending = pending;
  }

  /**
   * Opens the queue of a reader.
   *
   * @param open The storage's `readQueue`, or `beside` of a queue of the same
   *   thread.
   * @param reader Its meter. `places`: batches that may be under way, >= 1.
   *   `failure`: see `QueueClient`.
   * @throws {StorageError} If this host refuses.
   */
  static async open(
    open: (client: QueueClient) => Promise<ReadQueue> | ReadQueue,
    { meter, places, failure }: {
      readonly meter: WorkerMeter;
      readonly places: number;
      readonly failure?: QueueClient["failure"];
    },
  ): Promise<QueuedReads> {
    const pending = new Int32Array(places);
    const queue = await open({
      meterOf: (file) => meter.ofFile(file),
      onDone: (file, place, byteCount, offset, wantedBytes) => {
        pending[place] = (pending[place] ?? 0) - 1;
        reads.#target?.ended(file, byteCount, offset, wantedBytes);
      },
      failure,
    });
    const reads: QueuedReads = new QueuedReads(meter, queue, pending);
    return reads;
  }

  /** The queue itself, for readers beside this one. */
  get queue(): ReadQueue {
    return this.#queue;
  }

  /** Whether the kernel keeps hold of buffers. */
  get hasRegisteredBuffers(): boolean {
    return this.#queue.hasRegisteredBuffers;
  }

  /** Largest read, bytes. */
  get readBytes(): number {
    return this.#queue.readBytes;
  }

  /** Files and ranges in flight. */
  get inFlight(): number {
    return this.#queue.inFlight;
  }

  /** Tells this one of reads that end from now on; none is in flight. */
  turnTo(target: EndedReads): void {
    this.#target = target;
  }

  /** A batch begins: it is not there before `begun`. */
  begin(place: number): void {
    this.#pending[place] = 1;
  }

  /** All reads of a batch have begun. */
  begun(place: number): void {
    this.#pending[place] = (this.#pending[place] ?? 0) - 1;
  }

  /** Whether all reads of a batch have ended. */
  isThere(place: number): boolean {
    return this.#pending[place] === 0;
  }

  /** Whether one more read may begin; else a turn makes room. */
  get hasRoom(): boolean {
    return this.#queue.hasRoom;
  }

  /** Begins to read a whole file. See {@linkcode ReadQueue.drain}. */
  drain(path: string, expectedBytes: number, file: number, place: number) {
    this.#pending[place] = (this.#pending[place] ?? 0) + 1;
    this.#queue.drain(path, expectedBytes, file, place);
  }

  /** Begins to read a range. See {@linkcode ReadQueue.readRange}. */
  readRange(
    source: Parameters<ReadQueue["readRange"]>[0],
    offset: number,
    byteCount: number,
    file: number,
    place: number,
  ): void {
    this.#pending[place] = (this.#pending[place] ?? 0) + 1;
    this.#queue.readRange(source, offset, byteCount, file, place);
  }

  /**
   * Takes what has ended, in all queues of the thread.
   *
   * @param timeoutMs Longest wait for a first end.
   * @throws {Stopped} When the run is stopped.
   * @throws {StorageError} If a read failed.
   */
  turn(timeoutMs = WAIT_SLICE_MS): void {
    this.watch();
    this.#queue.wait(timeoutMs);
    this.watch();
    if (this.#meter.isStopped()) throw new Stopped();
  }

  /**
   * Says what is in flight now. A stall is reported for the read that has been
   * in flight longest.
   *
   * @returns Whether anything is.
   */
  watch(): boolean {
    const queue = this.#queue;
    if (queue.inFlight > 0) {
      this.#meter.reading(queue.oldestFile);
      return true;
    }
    this.#meter.idle();
    return false;
  }

  /** Ends what is in flight in the thread and waits for that. */
  close(): void {
    this.#queue.close();
  }
}
