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
 * Past the page cache, a file of one write is made, written and closed by
 * linked requests once it is committed (`file_chains.ts`). They begin at the
 * same moment, so that the time of the write includes the open. The first file
 * of a folder is made by calls, which make the folder and look at its file
 * system. So is every file through the page cache: NFS sends what was written
 * when a descriptor is closed, but not a direct one.
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
import { CHAIN_STATE, FileChains, LINK } from "./file_chains.ts";
import { parentOf } from "./local_path.ts";
import { openRing } from "./open_ring.ts";
import { WriteBuffers } from "./write_buffers.ts";
import { writeMemory } from "./write_memory.ts";
import {
  NEW_FILE_MODE,
  type RingTargets,
  WrittenFile,
} from "./written_file.ts";

/** Times that a request is repeated which the system put off. */
const MAX_REPEATS = 100;

/** What the completion is of; user data is 8 · buffer or place + this. */
const WRITE = 0;
const FSYNC = 1;
/** The first of a chain's, which are in the order of `LINK`. */
const CHAIN = 2;
const OPERATIONS = 8;

/** What is said of a request of a chain that failed, in the same order. */
const LINK_VERBS = ["create", "write", "truncate", "close"] as const;

const NONE = -1;

/** See the file header. */
export class RingWrites implements WriteQueue {
  readonly hasRegisteredBuffers: boolean;
  readonly #targets: RingTargets;
  readonly #libc: Libc;
  readonly #ring: Ring;
  readonly #buffers: WriteBuffers<RingWriter>;
  readonly #operation: number;
  /** Null: all files are made by calls. */
  readonly #chains: FileChains | null;
  /** Blocks of the folders in which a file was made by a call. */
  readonly #folderBlocks = new Map<string, number>();
  /** Files by their places; null: free. */
  readonly #files: (RingWriter | null)[];
  #fileCount = 0;
  /** Files that were ever begun: their order. */
  #begunCount = 0;
  /** When the ends at hand were noticed. */
  #seenMs = 0;

  /**
   * @param targets How files are made.
   * @param options What is written with.
   * @throws {StorageError} If this host gives no ring.
   */
  constructor(targets: RingTargets, options: WriteQueueOptions) {
    const buffers = new WriteBuffers<RingWriter>(
      options.memory,
      options.bufferBytes,
    );
    const depth = buffers.count;
    const { libc, ring } = openRing(
      writeMemory({ depth, bufferBytes: options.bufferBytes }).entryCount,
    );
    this.#targets = targets;
    this.#libc = libc;
    this.#ring = ring;
    this.#buffers = buffers;
    this.hasRegisteredBuffers = options.registersBuffers !== false &&
      ring.registerBuffer(buffers.registered) === 0;
    this.#operation = this.hasRegisteredBuffers
      ? RING_OP.writeFixed
      : RING_OP.write;
    this.#chains = chainsFor(ring, targets, depth);
    this.#files = new Array<RingWriter | null>(depth).fill(null);
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
    const { bufferBytes } = this.#buffers;
    const file = new WrittenFile(this.#libc, this.#targets, {
      path,
      queued,
      bufferBytes,
    });
    if (!this.#isMadeLater(file)) this.#make(file);
    const order = this.#begunCount++;
    const writer = new RingWriter(this, file, { place, order });
    this.#files[place] = writer;
    this.#fileCount++;
    return writer;
  }

  wait(timeoutMs: number): void {
    const ring = this.#ring;
    ring.enter(timeoutMs > 0 && ring.underWay > 0 ? 1 : 0, timeoutMs);
    this.#seenMs = performance.now();
    while (ring.next()) this.#take(ring.userData, ring.result);
    this.#handOver();
  }

  close(): void {
    this.#ring.close(() => this.#takeLast());
    for (const writer of this.#files) writer?.file.discard();
    this.#files.fill(null);
    this.#fileCount = 0;
  }

  /** What of a file's buffer is free; null: no buffer is. */
  roomOf(writer: RingWriter): Uint8Array | null {
    if (writer.buffer === NONE) writer.buffer = this.#buffers.take(writer);
    return writer.buffer === NONE ? null : this.#buffers.room(writer.buffer);
  }

  /** Bytes were put there. */
  fill(writer: RingWriter, byteCount: number): void {
    const { buffer } = writer;
    if (buffer === NONE) throw new Error(`"${writer.file.path}" has no buffer`);
    this.#buffers.usedBytes[buffer]! += byteCount;
    if (this.#buffers.usedBytes[buffer] === this.#buffers.bufferBytes) {
      this.#flush(writer);
    }
  }

  /** No more bytes come. */
  commit(writer: RingWriter): void {
    const { file } = writer;
    file.isCommitted = true;
    if (writer.buffer !== NONE) this.#flush(writer);
    // It is empty.
    if (!file.isMade && file.handedBytes === 0) this.#makeLate(writer);
    this.#advance(writer);
    this.#handOver();
  }

  #handOver(): void {
    if (this.#ring.prepared > 0) this.#ring.enter(0);
  }

  /** Whether a file is made only when it is known that one write holds it. */
  #isMadeLater(file: WrittenFile): boolean {
    const { expectedBytes, fsync, after } = file.queued;
    if (this.#chains === null || fsync) return false;
    if ((expectedBytes ?? 0) > this.#buffers.bufferBytes) return false;
    if (after?.some(({ isDone }) => !isDone) === true) return false;
    const blockBytes = this.#folderBlocks.get(parentOf(file.workPath));
    if (blockBytes === undefined) return false;
    file.blockBytes = blockBytes;
    return true;
  }

  /** Makes a file by calls. */
  #make(file: WrittenFile): void {
    const { meter } = file.queued;
    const startMs = meter.now();
    file.make();
    meter.opened(startMs);
    this.#folderBlocks.set(parentOf(file.workPath), file.blockBytes);
  }

  /** The same of a file in flight. */
  #makeLate(writer: RingWriter): void {
    try {
      this.#make(writer.file);
    } catch (error) {
      this.#drop(writer);
      throw error;
    }
  }

  /** Takes a file out that could not be made: nothing of it is under way. */
  #drop(writer: RingWriter): void {
    this.#files[writer.place] = null;
    this.#fileCount--;
    const buffer = this.#buffers.owner.indexOf(writer);
    if (buffer >= 0) this.#buffers.giveBack(buffer);
  }

  /** Begins the write of a file's buffer. */
  #flush(writer: RingWriter): void {
    const { buffer, file } = writer;
    writer.buffer = NONE;
    if (this.#buffers.usedBytes[buffer] === 0) {
      this.#buffers.giveBack(buffer);
      return;
    }
    this.#buffers.pad(buffer, this.#paddedBytes(buffer));
    file.pending++;
    this.#buffers.writtenBytes[buffer] = 0;
    this.#buffers.repeats[buffer] = 0;
    const isOneWrite = file.isCommitted && !file.isMade;
    if (!isOneWrite || !this.#beginChain(buffer)) this.#beginWrite(buffer);
    // Ends that are there are noticed as soon.
    this.wait(0);
  }

  /** Has a file made that its buffer holds. @returns False if that cannot be. */
  #beginChain(buffer: number): boolean {
    const { file } = this.#buffers.owner[buffer]!;
    const byteLength = this.#buffers.usedBytes[buffer]!;
    this.#buffers.startMs[buffer] = performance.now();
    const hasBegun = this.#chains?.begin(buffer, {
      path: file.workPath,
      mode: NEW_FILE_MODE,
      writeOperation: this.#operation,
      address: this.#buffers.address(buffer),
      paddedBytes: this.#paddedBytes(buffer),
      byteLength,
    });
    if (hasBegun !== true) return false;
    file.handedBytes = byteLength;
    return true;
  }

  /** Begins a write of a file that has a descriptor, or gets one now. */
  #beginWrite(buffer: number): void {
    const writer = this.#buffers.owner[buffer]!;
    const { file } = writer;
    if (!file.isMade) this.#makeLate(writer);
    this.#buffers.offset[buffer] = file.handedBytes;
    file.reaches(file.handedBytes + this.#paddedBytes(buffer));
    file.handedBytes += this.#buffers.usedBytes[buffer]!;
    this.#prepareWrite(buffer);
  }

  #paddedBytes(buffer: number): number {
    const { blockBytes } = this.#buffers.owner[buffer]!.file;
    return Math.ceil(this.#buffers.usedBytes[buffer]! / blockBytes) *
      blockBytes;
  }

  /** The write of what of a buffer is not written. */
  #prepareWrite(buffer: number): void {
    const doneBytes = this.#buffers.writtenBytes[buffer]!;
    this.#buffers.startMs[buffer] = performance.now();
    this.#ring.prepare(
      this.#operation,
      0,
      this.#buffers.owner[buffer]!.file.fd,
      this.#buffers.offset[buffer]! + doneBytes,
      this.#buffers.address(buffer),
      this.#paddedBytes(buffer) - doneBytes,
      buffer * OPERATIONS + WRITE,
    );
  }

  #take(userData: number, result: number): void {
    const operation = userData % OPERATIONS;
    const index = (userData - operation) / OPERATIONS;
    if (operation === WRITE) this.#takeWrite(index, result);
    else if (operation === FSYNC) this.#takeFsync(this.#files[index]!, result);
    else this.#takeLink(index, operation - CHAIN, result);
  }

  /** An end that comes when all is given up: a file that was made is known. */
  #takeLast(): void {
    const { userData, result } = this.#ring;
    const operation = userData % OPERATIONS;
    if (operation !== CHAIN + LINK.open || result < 0) return;
    this.#buffers.owner[(userData - operation) / OPERATIONS]!.file.isMade =
      true;
  }

  /** A request of a chain has ended. */
  #takeLink(buffer: number, link: number, result: number): void {
    const chains = this.#chains!;
    const { file } = this.#buffers.owner[buffer]!;
    const { meter } = file.queued;
    const startMs = this.#buffers.startMs[buffer]!;
    chains.take(buffer, link, result);
    if (link === LINK.open && result >= 0) {
      file.isMade = true;
      meter.opened(startMs, this.#seenMs);
    } else if (link === LINK.write && result === this.#paddedBytes(buffer)) {
      meter.wrote(startMs, this.#buffers.usedBytes[buffer]!, this.#seenMs);
    }
    this.#endChain(buffer);
  }

  /** Does what comes after a chain, if it is over. */
  #endChain(buffer: number): void {
    const chains = this.#chains!;
    const writer = this.#buffers.owner[buffer]!;
    const { file } = writer;
    switch (chains.state(buffer)) {
      case CHAIN_STATE.running:
        return;
      case CHAIN_STATE.whole:
        file.reaches(file.handedBytes);
        file.pending--;
        this.#buffers.giveBack(buffer);
        this.#advance(writer);
        return;
      case CHAIN_STATE.failed:
        throw this.#targets.error(
          LINK_VERBS[chains.failedLink(buffer)]!,
          file.path,
          chains.errno(buffer),
        );
      case CHAIN_STATE.notWritten:
        file.makeAgain();
        break;
      case CHAIN_STATE.notOpened:
    }
    // By calls: they know what to do, or what to say.
    file.handedBytes = 0;
    this.#beginWrite(buffer);
  }

  #takeWrite(buffer: number, result: number): void {
    const writer = this.#buffers.owner[buffer]!;
    const { file } = writer;
    const isPutOff = result === -ERRNO.EINTR || result === -ERRNO.EAGAIN;
    if (!isPutOff || this.#buffers.repeats[buffer]!++ >= MAX_REPEATS) {
      this.#count(buffer, result);
    }
    if (this.#buffers.writtenBytes[buffer]! < this.#paddedBytes(buffer)) {
      this.#prepareWrite(buffer);
      return;
    }
    file.pending--;
    this.#buffers.giveBack(buffer);
    this.#advance(writer);
  }

  /** Counts what a write took of a file's bytes. */
  #count(buffer: number, result: number): void {
    const { file } = this.#buffers.owner[buffer]!;
    if (result < 0) throw this.#targets.error("write", file.path, -result);
    if (result === 0 || result % file.blockBytes !== 0) {
      // What a device that is almost full answers before ENOSPC.
      throw this.#targets.error("write", file.path, ERRNO.ENOSPC);
    }
    const missing = this.#buffers.usedBytes[buffer]! -
      this.#buffers.writtenBytes[buffer]!;
    this.#buffers.writtenBytes[buffer]! += result;
    const { meter } = file.queued;
    const byteCount = Math.min(result, missing);
    meter.wrote(this.#buffers.startMs[buffer]!, byteCount, this.#seenMs);
  }

  #takeFsync(writer: RingWriter, result: number): void {
    const { file } = writer;
    if (result < 0) throw this.#targets.error("fsync", file.path, -result);
    file.queued.meter.synced(this.#seenMs - file.syncStartMs);
    this.#end(writer);
  }

  /** Does what comes next for a file, if nothing is in the way. */
  #advance(writer: RingWriter): void {
    const { file, place } = writer;
    const { queued } = file;
    if (!file.isCommitted || file.pending > 0) return;
    // Its last write may have ended as soon as it was handed over.
    if (file.isDone || file.syncStartMs >= 0) return;
    if (queued.after?.some(({ isDone }) => !isDone) === true) return;
    file.cut();
    if (!queued.fsync) {
      this.#end(writer);
      return;
    }
    file.syncStartMs = performance.now();
    this.#ring.prepare(
      RING_OP.fsync,
      0,
      file.fd,
      0,
      0,
      0,
      place * OPERATIONS + FSYNC,
    );
  }

  #end({ file, place }: RingWriter): void {
    file.publish();
    this.#files[place] = null;
    this.#fileCount--;
    file.queued.onDone();
    // Others may have waited for it.
    for (const writer of this.#files) {
      if ((writer?.file.queued.after?.length ?? 0) > 0) this.#advance(writer!);
    }
  }
}

function chainsFor(
  ring: Ring,
  { openFlags }: RingTargets,
  depth: number,
): FileChains | null {
  if (openFlags === 0) return null;
  try {
    return new FileChains(ring, {
      openFlags,
      depth,
      userData: (buffer, link) => buffer * OPERATIONS + CHAIN + link,
    });
  } catch (error) {
    ring.abandon();
    throw error;
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
