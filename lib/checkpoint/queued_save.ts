/**
 * Saves files of checkpoints with many writes in flight (io_uring), also of
 * several files: one is begun while others are written and brought to stable
 * storage.
 */
import type {
  QueuedWriter,
  Storage,
  WriteQueue,
  WriteQueueOptions,
} from "../storage/storage.ts";
import type { FileContent } from "./file_content.ts";
import type { RankMeter } from "./rank_meter.ts";

/** Longest wait before it is looked whether the run is being stopped. */
const SLICE_MS = 100;

/** A file of a rank. */
export interface SavedFile {
  /** Where to, as the storage wants it. */
  readonly path: string;
  readonly content: FileContent;
}

/** The writes in flight of one thread. */
export class QueuedSave {
  readonly #queue: WriteQueue;

  private constructor(queue: WriteQueue) {
    this.#queue = queue;
  }

  /**
   * Opens a queue.
   *
   * @param storage Where checkpoints are.
   * @param options What is written with.
   * @returns Null if the storage has none.
   * @throws {StorageError} If this host refuses.
   */
  static async open(
    storage: Storage,
    options: WriteQueueOptions,
  ): Promise<QueuedSave | null> {
    const queue = await storage.writeQueue?.(options);
    return queue === undefined ? null : new QueuedSave(queue);
  }

  /** False: the kernel would not keep hold of the buffers. */
  get hasRegisteredBuffers(): boolean {
    return this.#queue.hasRegisteredBuffers;
  }

  /**
   * Writes files; the name of each appears when it is complete.
   *
   * @param files What is written; their numbers are their places.
   * @param options Who is told, and whether the bytes must be on stable
   *   storage at the end.
   * @returns False if the run was stopped in the middle: `close` removes what
   *   is not complete.
   * @throws {StorageError} If one cannot be written; as above.
   */
  save(
    files: Iterable<SavedFile>,
    options: { readonly meter: RankMeter; readonly fsync: boolean },
  ): boolean {
    const { meter, fsync } = options;
    const queue = this.#queue;
    let fileIndex = 0;
    for (const { path, content } of files) {
      while (!queue.hasRoom) if (!this.#turn(meter)) return false;
      const writer = queue.create(path, {
        file: fileIndex,
        meter: meter.ofFile(fileIndex),
        expectedBytes: content.fileBytes,
        atomic: true,
        fsync,
        onDone: () => meter.finishedFile(),
      });
      fileIndex++;
      if (!this.#fill(writer, content, meter)) return false;
      writer.commit();
    }
    while (queue.inFlight > 0) if (!this.#turn(meter)) return false;
    return true;
  }

  /** Ends what is in flight, waits for that, removes what is not complete. */
  close(): void {
    this.#queue.close();
  }

  /** @returns False if the run was stopped. */
  #fill(writer: QueuedWriter, content: FileContent, meter: RankMeter): boolean {
    const { fileBytes } = content;
    let offset = 0;
    while (offset < fileBytes) {
      const room = writer.room();
      if (room === null) {
        if (!this.#turn(meter)) return false;
        continue;
      }
      if (meter.isStopped()) return false;
      const byteCount = Math.min(room.length, fileBytes - offset);
      content.fill(room.subarray(0, byteCount), offset);
      writer.filled(byteCount);
      offset += byteCount;
    }
    return true;
  }

  /** Waits for a first end. @returns False if the run was stopped. */
  #turn(meter: RankMeter): boolean {
    // A stall is reported for the file that was begun first.
    meter.writing(this.#queue.oldestFile);
    this.#queue.wait(SLICE_MS);
    return !meter.isStopped();
  }
}
