/**
 * Loads files of checkpoints with many reads in flight (io_uring), and keeps
 * nothing: their length is checked, their content is not.
 */
import type {
  QueuePlan,
  ReadMeter,
  ReadQueue,
  Storage,
} from "../storage/storage.ts";
import type { FilePart } from "./file_part.ts";
import { checkLength, transferOf } from "./read_file.ts";
import type { FileTransfer } from "./write_file.ts";

/** Longest wait before it is looked whether the run is being stopped. */
const SLICE_MS = 100;

/** What is known of the file at hand. */
interface Progress {
  meter: ReadMeter | null;
  byteCount: number;
  /** Where a read found the file to end; Infinity: nowhere. */
  endOffset: number;
}

/** The reads in flight of one thread. */
export class QueuedLoad {
  readonly #storage: Storage;
  readonly #queue: ReadQueue;
  readonly #progress: Progress;

  private constructor(storage: Storage, queue: ReadQueue, progress: Progress) {
    this.#storage = storage;
    this.#queue = queue;
    this.#progress = progress;
  }

  /**
   * Opens a queue.
   *
   * @param storage Where checkpoints are.
   * @param options How deep, and the largest read in bytes.
   * @returns Null if the storage has none.
   * @throws {StorageError} If this host refuses.
   */
  static async open(
    storage: Storage,
    options: Omit<QueuePlan, "depthReason"> & { readonly readBytes: number },
  ): Promise<QueuedLoad | null> {
    const progress: Progress = {
      meter: null,
      byteCount: 0,
      endOffset: Infinity,
    };
    const queue = await storage.readQueue?.({
      ...options,
      meterOf() {
        if (progress.meter === null) throw new Error("no file is loaded");
        return progress.meter;
      },
      onDone(_file, _batch, byteCount, offset, wantedBytes) {
        progress.byteCount += byteCount;
        if (byteCount === wantedBytes) return;
        progress.endOffset = Math.min(progress.endOffset, offset + byteCount);
      },
    });
    return queue === undefined
      ? null
      : new QueuedLoad(storage, queue, progress);
  }

  /** False: the kernel would not keep hold of the buffers. */
  get hasRegisteredBuffers(): boolean {
    return this.#queue.hasRegisteredBuffers;
  }

  /**
   * Reads a part of a file and keeps nothing.
   *
   * @param path Where from, as the storage wants it.
   * @param fileBytes Length that the file must have.
   * @param options Which part, and who is told.
   * @returns What it cost.
   * @throws {DatasetError} If it has another length.
   * @throws {StorageError} If it cannot be read.
   */
  async read(
    path: string,
    fileBytes: number,
    { part, meter }: { readonly part: FilePart; readonly meter: ReadMeter },
  ): Promise<FileTransfer> {
    const progress = this.#progress;
    progress.meter = meter;
    progress.byteCount = 0;
    progress.endOffset = Infinity;
    const startMs = meter.now();
    const file = await this.#storage.open(path);
    meter.opened(startMs);
    const queue = this.#queue;
    try {
      checkLength(path, file.byteLength, fileBytes);
      let { offset } = part;
      while (offset < part.endOffset && !meter.isStopped()) {
        if (!queue.hasRoom) {
          queue.wait(SLICE_MS);
          continue;
        }
        const byteCount = Math.min(queue.readBytes, part.endOffset - offset);
        queue.readRange(file, offset, byteCount, 0, 0);
        offset += byteCount;
      }
      while (queue.inFlight > 0 && !meter.isStopped()) queue.wait(SLICE_MS);
    } finally {
      await file.close();
    }
    if (progress.endOffset < Infinity) {
      checkLength(path, progress.endOffset, fileBytes);
    }
    const { byteCount } = progress;
    const isComplete = byteCount === part.endOffset - part.offset;
    return transferOf(meter, { startMs, byteCount, isComplete });
  }

  /** Ends what is in flight and waits for that. */
  close(): void {
    this.#queue.close();
  }
}
