/**
 * The ring of one thread: fixed-size records of what it did, written by the
 * thread and taken by the trace's writer.
 *
 *    word 0     int32     records written, modulo 2³²    + the thread's
 *    word 1     int32     records that found no room     +
 *    word 2     int32     1: its storage has requests, not calls
 *    byte 16    float64   what makes its clock the run's, ms
 *    word 16    int32     records taken, modulo 2³²        the writer's
 *    byte 128   records of 48 bytes:
 *
 *        float64   begin, end (ms on the thread's clock), bytes
 *        int32     kind, file, epoch, step, rank, 0     -1: there is none
 *
 * One thread writes each word. A record that finds no room is counted and
 * dropped: the thread never waits, and allocates nothing.
 */

const WRITTEN = 0;
const DROPPED = 1;
const HAS_REQUESTS = 2;
const OVERLAPS = 3;
const CLOCK_SHIFT = 2;
const TAKEN = 16;
const HEADER_BYTES = 128;
const RECORD_BYTES = 48;
const FLOATS = RECORD_BYTES / Float64Array.BYTES_PER_ELEMENT;
const WORDS = RECORD_BYTES / Int32Array.BYTES_PER_ELEMENT;
/** Words of a record before its integers. */
const FIRST_WORD = 6;

/** Rings of all threads of a crew together, at most. */
const MAX_RINGS_BYTES = 256 * 2 ** 20;
const MAX_RECORDS = 65_536;
const MIN_RECORDS = 256;

/** What is not there: no file, no step. */
export const NONE = -1;

/** One record, as the writer sees it; it is used over and over. */
export interface TraceRecord {
  /** On the clock of the run, in milliseconds. */
  startMs: number;
  endMs: number;
  byteCount: number;
  /** Index in `TRACE_KINDS`. */
  kind: number;
  file: number;
  epoch: number;
  step: number;
  /** Global; {@linkcode NONE}: of no accelerator. */
  rank: number;
}

/**
 * Records that a ring has room for, where many threads have one each.
 *
 * @returns A power of two.
 */
export function ringRecords(threadCount: number): number {
  const room = MAX_RINGS_BYTES / RECORD_BYTES / Math.max(1, threadCount);
  const power = 2 ** Math.floor(Math.log2(Math.max(1, room)));
  return Math.min(MAX_RECORDS, Math.max(MIN_RECORDS, power));
}

/** How the operations of a thread go. */
export interface TracedWay {
  /** Whether its storage has requests instead of calls. */
  readonly hasRequests: boolean;
  /** Whether several are in flight at a time. */
  readonly overlaps: boolean;
}

/** The memory of a ring. @param recordCount A power of two. */
export function makeRingBuffer(recordCount: number): SharedArrayBuffer {
  return new SharedArrayBuffer(HEADER_BYTES + recordCount * RECORD_BYTES);
}

/** The part that both sides know. */
class Ring {
  readonly header: Int32Array;
  readonly headerFloats: Float64Array;
  readonly floats: Float64Array;
  readonly words: Int32Array;
  readonly mask: number;
  readonly recordCount: number;

  constructor(buffer: SharedArrayBuffer) {
    this.header = new Int32Array(buffer, 0, HEADER_BYTES / 4);
    this.headerFloats = new Float64Array(buffer, 0, HEADER_BYTES / 8);
    this.floats = new Float64Array(buffer, HEADER_BYTES);
    this.words = new Int32Array(buffer, HEADER_BYTES);
    this.recordCount = this.floats.length / FLOATS;
    this.mask = this.recordCount - 1;
  }
}

/** The thread's side. */
export class TraceRing extends Ring {
  #written = 0;
  /** As last seen. */
  #taken = 0;
  #dropped = 0;

  /**
   * @param clockShiftMs Added to the thread's clock it is the run's.
   * @param way How its operations go.
   */
  constructor(
    buffer: SharedArrayBuffer,
    clockShiftMs: number,
    { hasRequests, overlaps }: TracedWay,
  ) {
    super(buffer);
    this.headerFloats[CLOCK_SHIFT] = clockShiftMs;
    this.header[HAS_REQUESTS] = hasRequests ? 1 : 0;
    this.header[OVERLAPS] = overlaps ? 1 : 0;
  }

  /** Adds a record, or counts that there is no room. */
  put(
    kind: number,
    rank: number,
    epoch: number,
    step: number,
    file: number,
    startMs: number,
    endMs: number,
    byteCount: number,
  ): void {
    const written = this.#written;
    if (((written - this.#taken) | 0) >= this.recordCount) {
      this.#taken = Atomics.load(this.header, TAKEN);
      if (((written - this.#taken) | 0) >= this.recordCount) {
        Atomics.store(this.header, DROPPED, ++this.#dropped | 0);
        return;
      }
    }
    const { floats, words } = this;
    const slot = written & this.mask;
    const float = slot * FLOATS;
    floats[float] = startMs;
    floats[float + 1] = endMs;
    floats[float + 2] = byteCount;
    const word = slot * WORDS + FIRST_WORD;
    words[word] = kind;
    words[word + 1] = file;
    words[word + 2] = epoch;
    words[word + 3] = step;
    words[word + 4] = rank;
    this.#written = (written + 1) | 0;
    Atomics.store(this.header, WRITTEN, this.#written);
  }
}

/** The writer's side. */
export class TraceRingReader extends Ring {
  #taken = 0;
  readonly #record: TraceRecord = {
    startMs: 0,
    endMs: 0,
    byteCount: 0,
    kind: 0,
    file: NONE,
    epoch: 0,
    step: NONE,
    rank: NONE,
  };

  /** Records that found no room so far. */
  get droppedCount(): number {
    return Atomics.load(this.header, DROPPED) >>> 0;
  }

  /** How the thread's operations go. */
  get way(): TracedWay {
    return {
      hasRequests: this.header[HAS_REQUESTS] === 1,
      overlaps: this.header[OVERLAPS] === 1,
    };
  }

  /** Records that wait to be taken. */
  get waitingCount(): number {
    return (Atomics.load(this.header, WRITTEN) - this.#taken) | 0;
  }

  /**
   * Takes what is there.
   *
   * @param take Called with each record, in the order in which they ended;
   *   the object is the same every time. False: it and later ones stay.
   */
  drain(take: (record: TraceRecord) => boolean): void {
    const { floats, words } = this;
    const shiftMs = this.headerFloats[CLOCK_SHIFT] ?? 0;
    const written = Atomics.load(this.header, WRITTEN);
    const record = this.#record;
    while (this.#taken !== written) {
      const slot = this.#taken & this.mask;
      const float = slot * FLOATS;
      record.startMs = (floats[float] ?? 0) + shiftMs;
      record.endMs = (floats[float + 1] ?? 0) + shiftMs;
      record.byteCount = floats[float + 2] ?? 0;
      const word = slot * WORDS + FIRST_WORD;
      record.kind = words[word] ?? 0;
      record.file = words[word + 1] ?? NONE;
      record.epoch = words[word + 2] ?? 0;
      record.step = words[word + 3] ?? NONE;
      record.rank = words[word + 4] ?? NONE;
      if (!take(record)) break;
      this.#taken = (this.#taken + 1) | 0;
    }
    Atomics.store(this.header, TAKEN, this.#taken);
  }
}
