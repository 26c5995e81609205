/**
 * Writes of local files through io_uring, many in flight in one thread, also
 * of several files.
 *
 *    create -> room, filled ... room, filled -> commit
 *                      |                      + all are there -> fsync -> name
 *                      + a buffer is full: a write
 *
 * A buffer is one write; the last one of a file goes out with `commit`, padded
 * to whole blocks. Requests are handed over at once. Latencies run from that
 * moment to the moment at which their end is noticed.
 *
 * The buffers are the caller's and go with its thread. The kernel only reads
 * them: what a thread that is ended from outside leaves in flight can spoil no
 * memory, and its files are not whole (`written_file.ts`).
 */
import { ERRNO } from "../../libc/errno.ts";
import type { Libc } from "../../libc/libc.ts";
import { RING_OP } from "../../libc/uring/layout.ts";
import type { Ring } from "../../libc/uring/ring.ts";
import type {
  QueuedFile,
  QueuedWriter,
  WriteQueue,
  WriteQueueOptions,
} from "../storage.ts";
import { openRing } from "./open_ring.ts";
import { writeMemory } from "./write_memory.ts";
import { type RingTargets, WrittenFile } from "./written_file.ts";

/** Times that a request is repeated which the system put off. */
const MAX_REPEATS = 100;

/** What the completion is of; user data is 2 · buffer or place + this. */
const WRITE = 0;
const FSYNC = 1;

const NONE = -1;

/** See the file header. */
export class RingWrites implements WriteQueue {
  readonly hasRegisteredBuffers: boolean;
  readonly #targets: RingTargets;
  readonly #libc: Libc;
  readonly #ring: Ring;
  readonly #memory: Uint8Array;
  readonly #address: number;
  readonly #bufferBytes: number;
  readonly #operation: number;
  /** Files by their places; null: free. */
  readonly #files: (RingWriter | null)[];
  #fileCount = 0;
  /** Files that were ever begun: their order. */
  #begunCount = 0;
  readonly #freeBuffers: number[];
  // Of each buffer: whose bytes are in it, which, and how many are written.
  readonly #owner: (RingWriter | null)[];
  readonly #offset: Float64Array;
  readonly #usedBytes: Int32Array;
  readonly #writtenBytes: Int32Array;
  readonly #startMs: Float64Array;
  readonly #repeats: Int32Array;
  /** When the ends at hand were noticed. */
  #seenMs = 0;
  #isPrepared = false;

  /**
   * @param targets How files are made.
   * @param options What is written with.
   * @throws {StorageError} If this host gives no ring.
   */
  constructor(targets: RingTargets, options: WriteQueueOptions) {
    const { memory, bufferBytes } = options;
    const depth = Math.floor(memory.length / bufferBytes);
    this.#targets = targets;
    this.#memory = memory;
    this.#bufferBytes = bufferBytes;
    const { libc, ring } = openRing(
      writeMemory({ depth, bufferBytes }).entryCount,
    );
    this.#libc = libc;
    this.#ring = ring;
    this.#address = Number(
      Deno.UnsafePointer.value(
        Deno.UnsafePointer.of(memory as Uint8Array<ArrayBuffer>),
      ),
    );
    const registered = { address: this.#address, bytes: memory };
    this.hasRegisteredBuffers = options.registersBuffers !== false &&
      ring.registerBuffer(registered) === 0;
    this.#operation = this.hasRegisteredBuffers
      ? RING_OP.writeFixed
      : RING_OP.write;
    this.#files = new Array<RingWriter | null>(depth).fill(null);
    this.#owner = new Array<RingWriter | null>(depth).fill(null);
    this.#freeBuffers = Array.from({ length: depth }, (_, i) => depth - 1 - i);
    this.#offset = new Float64Array(depth);
    this.#usedBytes = new Int32Array(depth);
    this.#writtenBytes = new Int32Array(depth);
    this.#startMs = new Float64Array(depth);
    this.#repeats = new Int32Array(depth);
  }

  get inFlight(): number {
    return this.#fileCount;
  }

  get hasRoom(): boolean {
    return this.#fileCount < this.#files.length;
  }

  get oldestFile(): number {
    let oldest: RingWriter | null = null;
    for (const writer of this.#files) {
      if (writer === null) continue;
      if (oldest === null || writer.order < oldest.order) oldest = writer;
    }
    return oldest?.file.queued.file ?? NONE;
  }

  create(path: string, queued: QueuedFile): QueuedWriter {
    const place = this.#files.indexOf(null);
    if (place < 0) throw new Error(`there is no room for "${path}"`);
    const { meter } = queued;
    const startMs = meter.now();
    const bufferBytes = this.#bufferBytes;
    const file = new WrittenFile(this.#libc, this.#targets, {
      path,
      queued,
      bufferBytes,
    });
    meter.opened(startMs);
    const order = this.#begunCount++;
    const writer = new RingWriter(this, file, { place, order });
    this.#files[place] = writer;
    this.#fileCount++;
    return writer;
  }

  wait(timeoutMs: number): void {
    const ring = this.#ring;
    this.#isPrepared = false;
    ring.enter(timeoutMs > 0 && ring.underWay > 0 ? 1 : 0, timeoutMs);
    this.#seenMs = performance.now();
    while (ring.next()) this.#take(ring.userData, ring.result);
    if (this.#isPrepared) this.#handOver();
  }

  close(): void {
    this.#ring.close();
    for (const writer of this.#files) writer?.file.discard();
    this.#files.fill(null);
    this.#fileCount = 0;
  }

  /** What of a file's buffer is free; null: no buffer is. */
  roomOf(writer: RingWriter): Uint8Array | null {
    if (writer.buffer === NONE) {
      const buffer = this.#freeBuffers.pop();
      if (buffer === undefined) return null;
      writer.buffer = buffer;
      this.#owner[buffer] = writer;
      this.#usedBytes[buffer] = 0;
    }
    const start = writer.buffer * this.#bufferBytes;
    return this.#memory.subarray(
      start + this.#usedBytes[writer.buffer]!,
      start + this.#bufferBytes,
    );
  }

  /** Bytes were put there. */
  fill(writer: RingWriter, byteCount: number): void {
    const { buffer } = writer;
    if (buffer === NONE) throw new Error(`"${writer.file.path}" has no buffer`);
    this.#usedBytes[buffer]! += byteCount;
    if (this.#usedBytes[buffer] === this.#bufferBytes) this.#flush(writer);
  }

  /** No more bytes come. */
  commit(writer: RingWriter): void {
    writer.file.isCommitted = true;
    if (writer.buffer !== NONE) this.#flush(writer);
    this.#advance(writer);
    if (this.#isPrepared) this.#handOver();
  }

  #handOver(): void {
    this.#isPrepared = false;
    this.#ring.enter(0);
  }

  /** Begins the write of a file's buffer. */
  #flush(writer: RingWriter): void {
    const { buffer, file } = writer;
    const usedBytes = this.#usedBytes[buffer]!;
    writer.buffer = NONE;
    if (usedBytes === 0) {
      this.#giveBack(buffer);
      return;
    }
    const start = buffer * this.#bufferBytes;
    const paddedBytes = this.#paddedBytes(buffer);
    this.#memory.fill(0, start + usedBytes, start + paddedBytes);
    this.#offset[buffer] = file.handedBytes;
    this.#writtenBytes[buffer] = 0;
    this.#repeats[buffer] = 0;
    file.reaches(file.handedBytes + paddedBytes);
    file.handedBytes += usedBytes;
    file.pending++;
    this.#prepareWrite(buffer);
    // Ends that are there are noticed as soon.
    this.wait(0);
  }

  #paddedBytes(buffer: number): number {
    const { blockBytes } = this.#owner[buffer]!.file;
    return Math.ceil(this.#usedBytes[buffer]! / blockBytes) * blockBytes;
  }

  /** The write of what of a buffer is not written. */
  #prepareWrite(buffer: number): void {
    const doneBytes = this.#writtenBytes[buffer]!;
    this.#startMs[buffer] = performance.now();
    this.#isPrepared = true;
    this.#ring.prepare(
      this.#operation,
      0,
      this.#owner[buffer]!.file.fd,
      this.#offset[buffer]! + doneBytes,
      this.#address + buffer * this.#bufferBytes + doneBytes,
      this.#paddedBytes(buffer) - doneBytes,
      buffer * 2 + WRITE,
    );
  }

  #take(userData: number, result: number): void {
    const index = userData >> 1;
    if ((userData & 1) === WRITE) this.#takeWrite(index, result);
    else this.#takeFsync(this.#files[index]!, result);
  }

  #takeWrite(buffer: number, result: number): void {
    const writer = this.#owner[buffer]!;
    const { file } = writer;
    const isPutOff = result === -ERRNO.EINTR || result === -ERRNO.EAGAIN;
    if (!isPutOff || this.#repeats[buffer]!++ >= MAX_REPEATS) {
      this.#count(buffer, result);
    }
    if (this.#writtenBytes[buffer]! < this.#paddedBytes(buffer)) {
      this.#prepareWrite(buffer);
      return;
    }
    file.pending--;
    this.#giveBack(buffer);
    this.#advance(writer);
  }

  /** Counts what a write took of a file's bytes. */
  #count(buffer: number, result: number): void {
    const { file } = this.#owner[buffer]!;
    if (result < 0) throw this.#targets.error("write", file.path, -result);
    if (result === 0 || result % file.blockBytes !== 0) {
      // What a device that is almost full answers before ENOSPC.
      throw this.#targets.error("write", file.path, ERRNO.ENOSPC);
    }
    const missing = this.#usedBytes[buffer]! - this.#writtenBytes[buffer]!;
    this.#writtenBytes[buffer]! += result;
    const { meter } = file.queued;
    const byteCount = Math.min(result, missing);
    meter.wrote(this.#startMs[buffer]!, byteCount, this.#seenMs);
  }

  #takeFsync({ file }: RingWriter, result: number): void {
    if (result < 0) throw this.#targets.error("fsync", file.path, -result);
    file.queued.meter.synced(this.#seenMs - file.syncStartMs);
    this.#end(file);
  }

  #giveBack(buffer: number): void {
    this.#owner[buffer] = null;
    this.#freeBuffers.push(buffer);
  }

  /** Does what comes next for a file, if nothing is in the way. */
  #advance({ file, place }: RingWriter): void {
    const { queued } = file;
    if (!file.isCommitted || file.pending > 0) return;
    // Its last write may have ended as soon as it was handed over.
    if (file.isDone || file.syncStartMs >= 0) return;
    if (queued.after?.some(({ isDone }) => !isDone) === true) return;
    file.cut();
    if (!queued.fsync) {
      this.#end(file);
      return;
    }
    file.syncStartMs = performance.now();
    this.#isPrepared = true;
    this.#ring.prepare(
      RING_OP.fsync,
      0,
      file.fd,
      0,
      0,
      0,
      place * 2 + FSYNC,
    );
  }

  #end(file: WrittenFile): void {
    file.publish();
    const place = this.#files.findIndex((writer) => writer?.file === file);
    this.#files[place] = null;
    this.#fileCount--;
    file.queued.onDone();
    // Others may have waited for it.
    for (const writer of this.#files) {
      if ((writer?.file.queued.after?.length ?? 0) > 0) this.#advance(writer!);
    }
  }
}

/** One file of a queue. */
class RingWriter implements QueuedWriter {
  readonly file: WrittenFile;
  /** Among files in flight. */
  readonly place: number;
  /** Among all files. */
  readonly order: number;
  /** Where its next bytes are put; -1: nowhere yet. */
  buffer = NONE;
  readonly #queue: RingWrites;

  constructor(
    queue: RingWrites,
    file: WrittenFile,
    { place, order }: { readonly place: number; readonly order: number },
  ) {
    this.#queue = queue;
    this.file = file;
    this.place = place;
    this.order = order;
  }

  get isDone(): boolean {
    return this.file.isDone;
  }

  room(): Uint8Array | null {
    return this.#queue.roomOf(this);
  }

  filled(byteCount: number): void {
    this.#queue.fill(this, byteCount);
  }

  commit(): void {
    this.#queue.commit(this);
  }
}
