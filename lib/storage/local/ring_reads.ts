/**
 * Reads of local files through io_uring, many in flight in one thread.
 *
 *    file, at most one read long   open -> read -> close, linked: one hand-over
 *    file of unknown length        open -> read, read ..., close: one at a time
 *    longer file                   open, then all its reads, then close
 *    range of an open file         read
 *
 * Latencies run from the moment at which a request is handed to the kernel to
 * the moment at which its end is noticed. Of three that are linked they
 * begin at the same moment, so that of the read includes the open.
 */
import { PAGE_BYTES } from "../../bytes/page_arena.ts";
import { StorageError } from "../../errors.ts";
import { ERRNO } from "../../libc/errno.ts";
import type {
  OpenedFile,
  QueueClient,
  ReadMeter,
  ReadQueue,
  ReadQueueOptions,
} from "../storage.ts";
import { bytesToAsk } from "./asked_bytes.ts";
import type { RingFiles } from "./ring_files.ts";
import { ReadSlots } from "./read_slots.ts";
import {
  BEFORE_READ,
  OF_PLACE,
  OF_PLACE_BEFORE_CLOSE,
  type RingRequests,
} from "./ring_requests.ts";
import { type RingMember, ThreadRing } from "./thread_ring.ts";

/** Times that a request is repeated which the system put off. */
const MAX_REPEATS = 100;

/** What a completion is of. */
const OPENED = 0;
const READ = 1;
const CLOSED = 2;

/** Descriptor of a long file that is being opened. */
const NOT_OPEN = -1;

/** How a slot reads. */
const CHAIN = 0;
const STEPS = 1;
const CHUNK = 2;
const RANGE = 3;

/** See the file header. */
export class RingReads implements ReadQueue, RingMember {
  readonly readBytes: number;
  readonly hasRegisteredBuffers: boolean;
  readonly #files: RingFiles;
  readonly #options: ReadQueueOptions;
  readonly #ring: ThreadRing;
  readonly #requests: RingRequests;
  /** Of the places in the ring: one for each read, then for each long file. */
  readonly #firstPlace: number;
  /** Requests, each with a buffer; `descriptor`: of ranges. */
  readonly #reads: ReadSlots;
  readonly #mode: Int32Array;
  /** Of a chunk: its long file. */
  readonly #owner: Int32Array;
  /** 1: the last read met the end of the file. */
  readonly #isAtEnd: Uint8Array;
  /** Long files; `offset`: first byte that is not asked for yet. */
  readonly #longs: ReadSlots;
  /** The long file whose reads are not all under way; -1: none. */
  #feeding = -1;
  #blockBytes = 0;

  /**
   * @param files How files are opened.
   * @param options What is read with.
   * @param ring That of the thread; absent: it is made.
   * @throws {StorageError} If this host gives no ring.
   */
  constructor(
    files: RingFiles,
    options: ReadQueueOptions,
    ring = ringFor(files, options),
  ) {
    const { depth, readBytes } = options;
    this.#files = files;
    this.#options = options;
    this.#ring = ring;
    this.#firstPlace = ring.join(this);
    this.readBytes = readBytes;
    this.#requests = ring.requests;
    this.hasRegisteredBuffers = this.#requests.hasRegisteredBuffers;
    this.#reads = new ReadSlots(depth);
    this.#longs = new ReadSlots(depth);
    this.#mode = new Int32Array(depth);
    this.#owner = new Int32Array(depth);
    this.#isAtEnd = new Uint8Array(depth);
  }

  get inFlight(): number {
    return this.#reads.usedCount + this.#longs.usedCount;
  }

  get hasRoom(): boolean {
    return this.#feeding < 0 && this.#reads.freeCount > 0 &&
      this.#longs.freeCount > 0;
  }

  get oldestFile(): number {
    const { oldest } = this.#reads;
    if (oldest >= 0) return this.#reads.file[oldest]!;
    const long = this.#longs.oldest;
    return long < 0 ? -1 : this.#longs.file[long]!;
  }

  drain(
    path: string,
    expectedBytes: number,
    file: number,
    batch: number,
  ): void {
    const fullPath = this.#files.fullPath(path);
    if (this.#blockBytes === 0) this.#admit(fullPath);
    if (expectedBytes > this.readBytes) {
      this.#startLong(fullPath, expectedBytes, file, batch);
      return;
    }
    const slot = this.#reads.take(file, batch, fullPath);
    this.#reads.offset[slot] = 0;
    this.#reads.wantedBytes[slot] = expectedBytes;
    this.#startFile(slot, expectedBytes >= 0 ? CHAIN : STEPS);
  }

  readRange(
    source: OpenedFile,
    offset: number,
    byteCount: number,
    file: number,
    batch: number,
  ): void {
    if (this.#blockBytes === 0) this.#admit(source.path);
    const descriptor = source.hold?.();
    if (descriptor === undefined) {
      throw new Error(`"${source.path}" was not opened for a read queue`);
    }
    const slot = this.#reads.take(file, batch, source.path);
    this.#mode[slot] = RANGE;
    this.#reads.source[slot] = source;
    this.#reads.descriptor[slot] = descriptor;
    this.#reads.offset[slot] = offset;
    this.#reads.wantedBytes[slot] = byteCount;
    this.#prepareRead(slot);
    this.#ring.handOverMany();
  }

  wait(timeoutMs: number): void {
    this.#ring.wait(timeoutMs);
  }

  beside(client: QueueClient): ReadQueue {
    return new RingReads(
      this.#files,
      { ...this.#options, failure: undefined, ...client },
      this.#ring,
    );
  }

  close(): void {
    this.#ring.close();
    this.#reads.clear();
  }

  take(place: number, operation: number, result: number): void {
    const slot = place - this.#reads.count;
    if (slot >= 0) this.#takeLong(slot, operation, result);
    else if (operation === READ) this.#takeRead(place, result);
    else if (operation === OPENED) this.#takeOpened(place, result);
    else this.#takeClosed(place);
  }

  goOn(): void {
    if (this.#feeding >= 0) this.#feed();
  }

  failure(error: unknown): unknown {
    return this.#options.failure?.(error) ?? error;
  }

  #admit(fullPath: string): void {
    this.#blockBytes = this.#files.blockBytes(fullPath);
    if (this.#blockBytes <= PAGE_BYTES) return;
    throw new StorageError(
      "read",
      fullPath,
      "EINVAL",
      `blocks of its file system have ${this.#blockBytes} bytes, io_uring is ` +
        `used up to ${PAGE_BYTES}: use reader.io_engine sync there`,
    );
  }

  // A file that is read whole in one slot.

  #startFile(slot: number, mode: number): void {
    const reads = this.#reads;
    this.#mode[slot] = mode;
    this.#isAtEnd[slot] = 0;
    this.#open(reads, slot, BEFORE_READ);
    this.#prepareRead(slot);
    reads.pending[slot] = 2;
    if (mode === CHAIN) this.#closeFile(slot);
  }

  #takeOpened(slot: number, result: number): void {
    const reads = this.#reads;
    reads.pending[slot]!--;
    if (result >= 0) {
      this.#countOpened(reads, slot);
    } else if (!mayRepeat(reads, slot, result)) {
      throw this.#files.error("open", reads.path[slot]!, -result);
    }
  }

  /** A read of a file that is read whole in one slot. */
  #takeFileRead(slot: number, result: number): void {
    const reads = this.#reads;
    reads.pending[slot]!--;
    if (result > 0) this.#countRead(slot, result);
    else if (result === 0) this.#isAtEnd[slot] = 1;
    else if (result !== -ERRNO.ECANCELED && !mayRepeat(reads, slot, result)) {
      throw this.#files.error("read", reads.path[slot]!, -result);
    }
    if (this.#mode[slot] === CHAIN) {
      this.#endChain(slot);
    } else if (result === -ERRNO.ECANCELED) {
      this.#startFile(slot, STEPS);
    } else if (this.#isThere(slot)) {
      this.#mode[slot] = CHAIN;
      this.#closeFile(slot);
    } else {
      reads.pending[slot]!++;
      this.#prepareRead(slot);
    }
  }

  #takeClosed(slot: number): void {
    this.#reads.pending[slot]!--;
    this.#endChain(slot);
  }

  /** What was linked is over: what is missing is read in steps. */
  #endChain(slot: number): void {
    if (this.#reads.pending[slot]! > 0) return;
    if (this.#isThere(slot)) this.#finish(this.#reads, slot);
    else this.#startFile(slot, STEPS);
  }

  /** Whether a file was read to its end, or as far as it must go. */
  #isThere(slot: number): boolean {
    const { wantedBytes, doneBytes } = this.#reads;
    const wanted = wantedBytes[slot]!;
    return this.#isAtEnd[slot] === 1 ||
      (wanted >= 0 && doneBytes[slot]! >= wanted);
  }

  // A file of several reads that are in flight together.

  #startLong(
    fullPath: string,
    expectedBytes: number,
    file: number,
    batch: number,
  ): void {
    const longs = this.#longs;
    const long = longs.take(file, batch, fullPath);
    longs.offset[long] = 0;
    longs.wantedBytes[long] = expectedBytes;
    longs.descriptor[long] = NOT_OPEN;
    this.#feeding = long;
    this.#openLong(long);
  }

  #openLong(long: number): void {
    this.#open(this.#longs, long, 0);
  }

  #takeLongOpened(long: number, result: number): void {
    const longs = this.#longs;
    if (result < 0) {
      if (!mayRepeat(longs, long, result)) {
        throw this.#files.error("open", longs.path[long]!, -result);
      }
      this.#openLong(long);
      return;
    }
    this.#countOpened(longs, long);
    longs.descriptor[long] = this.#placeOf(longs, long);
  }

  /** Begins reads of the long file at hand, as far as there is room. */
  #feed(): void {
    const longs = this.#longs;
    const long = this.#feeding;
    if (longs.descriptor[long] === NOT_OPEN) return;
    while (this.#reads.freeCount > 0) {
      const offset = longs.offset[long]!;
      const leftBytes = longs.wantedBytes[long]! - offset;
      if (leftBytes <= 0) {
        this.#feeding = -1;
        this.#closeLong(long);
        return;
      }
      const slot = this.#reads.take(
        longs.file[long]!,
        longs.batch[long]!,
        longs.path[long]!,
      );
      this.#mode[slot] = CHUNK;
      this.#owner[slot] = long;
      this.#reads.offset[slot] = offset;
      this.#reads.wantedBytes[slot] = Math.min(this.readBytes, leftBytes);
      longs.offset[long] = offset + this.readBytes;
      longs.pending[long]!++;
      this.#prepareRead(slot);
    }
  }

  #takeChunk(slot: number, result: number): void {
    if (!this.#isPieceThere(slot, result)) return;
    const longs = this.#longs;
    const long = this.#owner[slot]!;
    longs.doneBytes[long]! += this.#reads.doneBytes[slot]!;
    longs.pending[long]!--;
    // A file that ends early has no more to ask for.
    if (this.#reads.doneBytes[slot]! < this.#reads.wantedBytes[slot]!) {
      longs.offset[long] = Infinity;
    }
    this.#reads.giveBack(slot);
    if (this.#feeding !== long) this.#closeLong(long);
  }

  /** Closes a long file whose reads have all ended. */
  #closeLong(long: number): void {
    if (this.#longs.pending[long]! > 0) return;
    this.#closePlace(this.#placeOf(this.#longs, long));
  }

  // Pieces of open files.

  #takeRange(slot: number, result: number): void {
    if (this.#isPieceThere(slot, result)) this.#finish(this.#reads, slot);
  }

  /** Counts what a piece got; asks for what is missing. */
  #isPieceThere(slot: number, result: number): boolean {
    const reads = this.#reads;
    if (result < 0 && !mayRepeat(reads, slot, result)) {
      throw this.#files.error("read", reads.path[slot]!, -result);
    }
    this.#isAtEnd[slot] = result === 0 ? 1 : 0;
    if (result > 0) this.#countRead(slot, result);
    const wanted = reads.wantedBytes[slot]!;
    if (reads.doneBytes[slot]! >= wanted || this.#isAtEnd[slot] === 1) {
      return true;
    }
    this.#prepareRead(slot);
    return false;
  }

  /** Counts the wanted bytes of a read. */
  #countRead(slot: number, byteCount: number): void {
    const reads = this.#reads;
    // A read that ends inside of a block has met the end of the file.
    if (byteCount % this.#blockBytes !== 0) this.#isAtEnd[slot] = 1;
    const at = reads.offset[slot]! + reads.doneBytes[slot]!;
    let gotBytes = byteCount - at % this.#blockBytes;
    if (this.#mode[slot] === RANGE) {
      const missing = reads.wantedBytes[slot]! - reads.doneBytes[slot]!;
      gotBytes = Math.min(gotBytes, missing);
    }
    if (gotBytes <= 0) return;
    const { startMs, seenMs } = this.#ring;
    const place = this.#placeOf(reads, slot);
    this.#meterOf(reads, slot).read(startMs[place]!, gotBytes, seenMs);
    reads.doneBytes[slot]! += gotBytes;
  }

  #finish(slots: ReadSlots, slot: number): void {
    const file = slots.file[slot]!;
    const batch = slots.batch[slot]!;
    const doneBytes = slots.doneBytes[slot]!;
    const wantedBytes = slots.wantedBytes[slot]!;
    // That of a long file has moved on.
    const offset = slots === this.#reads ? slots.offset[slot]! : 0;
    slots.giveBack(slot);
    this.#options.onDone(file, batch, doneBytes, offset, wantedBytes);
  }

  #takeRead(slot: number, result: number): void {
    if (this.#mode[slot] === RANGE) this.#takeRange(slot, result);
    else if (this.#mode[slot] === CHUNK) this.#takeChunk(slot, result);
    else this.#takeFileRead(slot, result);
  }

  #takeLong(long: number, operation: number, result: number): void {
    if (operation === OPENED) this.#takeLongOpened(long, result);
    else this.#finish(this.#longs, long);
  }

  #meterOf(slots: ReadSlots, slot: number): ReadMeter {
    return this.#options.meterOf(slots.file[slot]!);
  }

  #countOpened(slots: ReadSlots, slot: number): void {
    const { startMs, seenMs } = this.#ring;
    const place = this.#placeOf(slots, slot);
    this.#meterOf(slots, slot).opened(startMs[place]!, seenMs);
  }

  /** Of a read or of a long file, among those of all queues. */
  #placeOf(slots: ReadSlots, slot: number): number {
    return this.#firstPlace + slot +
      (slots === this.#longs ? this.#reads.count : 0);
  }

  #open(slots: ReadSlots, slot: number, flags: number): void {
    const path = slots.path[slot]!;
    const place = this.#placeOf(slots, slot);
    // The read behind it has the same time.
    if (slots === this.#longs) this.#ring.timeFrom(place);
    const userData = this.#ring.userData(place, OPENED);
    if (!this.#requests.open(place, path, userData, flags)) {
      throw this.#files.error("open", path, ERRNO.ENAMETOOLONG);
    }
  }

  /** The next read of a slot: from what it has on. */
  #prepareRead(slot: number): void {
    const reads = this.#reads;
    const mode = this.#mode[slot]!;
    const block = this.#blockBytes;
    const at = reads.offset[slot]! + reads.doneBytes[slot]!;
    const skipBytes = at % block;
    const place = this.#placeOf(reads, slot);
    let length = this.readBytes;
    let file = place;
    let flags: number = OF_PLACE;
    if (mode === RANGE) {
      const missing = reads.wantedBytes[slot]! - reads.doneBytes[slot]!;
      length = Math.ceil((skipBytes + missing) / block) * block;
      file = reads.descriptor[slot]!;
      flags = 0;
    } else {
      const wanted = reads.wantedBytes[slot]!;
      const missing = wanted < 0 ? wanted : wanted - reads.doneBytes[slot]!;
      // Never beyond the chunk: the next one begins there.
      if (mode === CHUNK) length -= reads.doneBytes[slot]!;
      length = bytesToAsk(missing, block, length);
    }
    if (mode === CHUNK) {
      file = this.#placeOf(this.#longs, this.#owner[slot]!);
    } else if (mode === CHAIN) {
      // A read that ends early must not keep the file open.
      flags = OF_PLACE_BEFORE_CLOSE;
    }
    this.#ring.timeFrom(place);
    const userData = this.#ring.userData(place, READ);
    this.#requests.read(place, file, at - skipBytes, length, userData, flags);
  }

  #closeFile(slot: number): void {
    this.#reads.pending[slot]!++;
    this.#closePlace(this.#placeOf(this.#reads, slot));
  }

  #closePlace(place: number): void {
    this.#requests.closeFile(place, this.#ring.userData(place, CLOSED));
  }
}

function ringFor(files: RingFiles, options: ReadQueueOptions): ThreadRing {
  return new ThreadRing({
    ...options,
    openFlags: files.openFlags,
    registersBuffers: options.registersBuffers !== false,
  }, options.queueCount ?? 1);
}

/** Whether a request that the system put off is repeated once more. */
function mayRepeat(slots: ReadSlots, slot: number, result: number): boolean {
  return (result === -ERRNO.EINTR || result === -ERRNO.EAGAIN) &&
    slots.repeats[slot]!++ < MAX_REPEATS;
}
