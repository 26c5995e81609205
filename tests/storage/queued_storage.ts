/**
 * A storage whose files are written with several writes in flight, so that the
 * contract of all storages can be asked of them.
 */
import { PageArena } from "../../lib/bytes/page_arena.ts";
import type {
  CreateOptions,
  FileWriter,
  QueuedWriter,
  Storage,
  WriteMeter,
  WriteQueue,
} from "../../lib/storage/storage.ts";
import { temporaryStorage } from "./temporary_storage.ts";

const BUFFER_BYTES = 8192;
const DEPTH = 3;

/** A storage in a new folder, whose files are written by queues. */
export async function queuedStorage(kind: string) {
  const made = await temporaryStorage(kind);
  const { storage } = made;
  return {
    ...made,
    storage: new Proxy(storage, {
      get(target, name) {
        if (name === "create") {
          return (path: string, options: CreateOptions) =>
            QueueWriter.create(storage, path, options);
        }
        const value = Reflect.get(target, name, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    }),
  };
}

/** A queue with so many small buffers. */
export async function openWrites(
  storage: Storage,
  { depth = DEPTH, bufferBytes = BUFFER_BYTES, registersBuffers = true } = {},
): Promise<WriteQueue> {
  const memory = new PageArena(depth * bufferBytes)
    .allocate(depth * bufferBytes);
  const queue = await storage.writeQueue?.({
    memory,
    bufferBytes,
    registersBuffers,
  });
  if (queue === undefined) throw new Error("files have a queue");
  return queue;
}

/** Appends bytes, waiting where there is no room. */
export function append(
  queue: WriteQueue,
  writer: QueuedWriter,
  bytes: Uint8Array,
): void {
  let doneBytes = 0;
  while (doneBytes < bytes.length) {
    const room = writer.room();
    if (room === null) {
      queue.wait(1000);
      continue;
    }
    const part = bytes.subarray(doneBytes, doneBytes + room.length);
    room.set(part);
    writer.filled(part.length);
    doneBytes += part.length;
  }
}

/** Waits until nothing is in flight. */
export function emptyWrites(queue: WriteQueue): void {
  while (queue.inFlight > 0) queue.wait(1000);
}

/** Writes down what it is told. */
export class WriteRecorder implements WriteMeter {
  readonly wroteBytes: number[] = [];
  openedCount = 0;
  syncedCount = 0;
  syncedMs = 0;
  wrongTimes = 0;

  now(): number {
    return performance.now();
  }
  isStopped(): boolean {
    return false;
  }
  opened(): void {
    this.openedCount++;
  }
  read(): void {
    throw new Error("nothing is read");
  }
  wrote(startMs: number, byteCount: number, endMs = NaN): void {
    if (!(startMs <= endMs && endMs <= performance.now())) this.wrongTimes++;
    this.wroteBytes.push(byteCount);
  }
  synced(durationMs: number): void {
    this.syncedCount++;
    this.syncedMs += durationMs;
  }
}

class QueueWriter implements FileWriter {
  readonly path: string;
  readonly #queue: WriteQueue;
  readonly #meter: WriteRecorder;
  readonly #writer: QueuedWriter;

  private constructor(
    path: string,
    parts: {
      readonly queue: WriteQueue;
      readonly meter: WriteRecorder;
      readonly writer: QueuedWriter;
    },
  ) {
    this.path = path;
    this.#queue = parts.queue;
    this.#meter = parts.meter;
    this.#writer = parts.writer;
  }

  static async create(
    storage: Storage,
    path: string,
    options: CreateOptions,
  ): Promise<FileWriter> {
    const queue = await openWrites(storage);
    const meter = new WriteRecorder();
    try {
      const writer = queue.create(path, {
        ...options,
        file: 0,
        meter,
        onDone: () => {},
      });
      return new QueueWriter(path, { queue, meter, writer });
    } catch (error) {
      queue.close();
      throw error;
    }
  }

  get fsyncSeconds(): number {
    return this.#meter.syncedMs / 1000;
  }

  write(view: Uint8Array): void {
    append(this.#queue, this.#writer, view);
  }

  commit(): void {
    this.#writer.commit();
    emptyWrites(this.#queue);
    this.#queue.close();
  }

  abort(): void {
    this.#queue.close();
  }
}
