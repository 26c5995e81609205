/**
 * A meter that records what a storage reports, with a clock that ticks.
 */
import type { ReadMeter } from "../../lib/storage/storage.ts";

/** See the file header. */
export class ReadRecorder implements ReadMeter {
  /** Lengths of all reads, in order. */
  readonly reads: number[] = [];
  openCount = 0;
  /** Operations that would have ended before they began. */
  wrongStarts = 0;
  readonly #stopAfterReads: number;
  #nowMs = 0;

  /** @param stopAfterReads Reads after which the run is being stopped. */
  constructor(stopAfterReads = Infinity) {
    this.#stopAfterReads = stopAfterReads;
  }

  /** Sum of all reads. */
  get bytes(): number {
    return this.reads.reduce((sum, byteCount) => sum + byteCount, 0);
  }

  now(): number {
    return ++this.#nowMs;
  }

  opened(startMs: number): void {
    this.openCount++;
    this.#check(startMs);
  }

  read(startMs: number, byteCount: number): void {
    this.reads.push(byteCount);
    this.#check(startMs);
  }

  isStopped(): boolean {
    return this.reads.length >= this.#stopAfterReads;
  }

  #check(startMs: number): void {
    // Each operation takes its own start from the clock.
    if (startMs !== this.#nowMs) this.wrongStarts++;
  }
}
