/**
 * Takes records from the rings of all threads, and writes them.
 *
 *    rings -> TraceText (lines) -> TraceFile (gzip members)
 *
 * A member is written when there is a megabyte of text, or a second after
 * the one before, so that a crash loses no more. After the limit on events,
 * or when the file cannot be written, nothing is taken any more: rings fill,
 * and the threads count what finds no room.
 */
import { StorageError } from "../../errors.ts";
import { TraceFile } from "./trace_file.ts";
import type {
  FileName,
  TraceBegin,
  TracedThread,
  TraceStop,
  TraceTotals,
} from "./trace_messages.ts";
import { type TraceRecord, TraceRingReader } from "./trace_ring.ts";
import { type TraceLine, TraceText, type UnnamedFile } from "./trace_text.ts";

/** Longest time that text waits to be written. */
const FLUSH_MS = 1000;

/** A ring and whose it is. */
interface Source {
  readonly thread: TracedThread;
  readonly ring: TraceRingReader;
  /** Made at the first record: only then the thread has said what it is. */
  line: TraceLine | null;
}

/** See the file header. */
export class TraceWriter {
  readonly #file: TraceFile;
  readonly #text: TraceText;
  readonly #maxEvents: number;
  readonly #now: () => number;
  readonly #sources: Source[] = [];
  #eventCount = 0;
  #lostCount = 0;
  #lastMs = 0;
  #flushedMs: number;
  #stop: TraceStop | null = null;

  /**
   * @param begin What is written.
   * @param now Clock in milliseconds, for the second between two members.
   * @throws {StorageError} If the file cannot be made.
   */
  constructor(begin: TraceBegin, now: () => number = () => performance.now()) {
    this.#file = new TraceFile(begin.path);
    this.#text = new TraceText(begin.hostname);
    this.#maxEvents = begin.maxEvents;
    this.#now = now;
    this.#flushedMs = now();
  }

  /** Why it takes no more; null: it does. */
  get stop(): TraceStop | null {
    return this.#stop;
  }

  /** Takes records of these threads too. */
  add(threads: readonly TracedThread[]): void {
    for (const thread of threads) {
      const ring = new TraceRingReader(thread.buffer);
      this.#sources.push({ thread, ring, line: null });
    }
  }

  /** A crew has ended: its threads leave nothing any more. */
  endCrew(crew: number): void {
    // What their files are called is asked for with the next drain.
    this.#takeAll();
    for (let index = this.#sources.length - 1; index >= 0; index--) {
      const source = this.#sources[index];
      if (source?.thread.crew !== crew) continue;
      this.#lostCount += lostBy(source);
      this.#sources.splice(index, 1);
    }
  }

  /** Takes what is there. @returns Files whose names are wanted. */
  drain(): readonly UnnamedFile[] {
    this.#takeAll();
    if (this.#now() - this.#flushedMs >= FLUSH_MS) this.#flush();
    return this.#text.takeUnnamed();
  }

  #takeAll(): void {
    for (const source of this.#sources) {
      if (this.#stop !== null) break;
      source.ring.drain((record) => this.#take(source, record));
    }
  }

  /** Writes the names of files. */
  name(names: readonly FileName[]): void {
    for (const { number, path } of names) {
      this.#text.name(number, path);
      if (this.#text.isFull) this.#flush();
    }
  }

  /** Writes the rest and gives the file its name. */
  finish(): TraceTotals {
    this.#text.end();
    this.#flush();
    for (const source of this.#sources) this.#lostCount += lostBy(source);
    const totals = {
      eventCount: this.#eventCount,
      lostCount: this.#lostCount,
      stop: this.#stop,
    };
    try {
      this.#file.finish();
      return { ...totals, problem: null };
    } catch (error) {
      return { ...totals, problem: problemOf(error) };
    }
  }

  #take(source: Source, record: TraceRecord): boolean {
    if (this.#eventCount === this.#maxEvents) {
      this.#end(null);
      return false;
    }
    source.line ??= {
      ...source.thread,
      ...source.ring.way,
    };
    this.#eventCount++;
    this.#lastMs = Math.max(this.#lastMs, record.endMs);
    this.#text.event(source.line, record);
    if (this.#text.isFull) this.#flush();
    return this.#stop === null;
  }

  #flush(): void {
    this.#flushedMs = this.#now();
    if (this.#text.isEmpty) return;
    const pieces = this.#text.take();
    if (this.#stop !== null && this.#stop.problem !== null) return;
    try {
      this.#file.append(pieces);
    } catch (error) {
      this.#end(problemOf(error));
    }
  }

  #end(problem: string | null): void {
    this.#stop = { problem, atSeconds: this.#lastMs / 1000 };
  }
}

function lostBy({ ring }: Source): number {
  return ring.droppedCount + ring.waitingCount;
}

/** @throws What is no refusal of the system, but a defect. */
function problemOf(error: unknown): string {
  if (error instanceof StorageError) return error.message;
  throw error;
}
