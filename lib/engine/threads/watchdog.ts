/**
 * Notices an operation that does not end.
 *
 * It compares snapshots of the workers' rows: a worker that is inside an
 * operation and has finished none since the last look is suspected; after the
 * limit it is stalled. A worker that waits for its turn is never suspected,
 * however long others compute.
 */
import { FIELD, STATE_IDLE, STATE_NAMES } from "./region.ts";

/** An operation that has taken too long. */
export interface Stall {
  /** Row of the worker in the region. */
  readonly row: number;
  /** "open", "read", "write". */
  readonly operation: string;
  /** Index over training, then evaluation files. */
  readonly fileIndex: number;
  readonly seconds: number;
}

/** Watches the rows of a region. */
export class Watchdog {
  readonly #limitMs: number;
  readonly #rows: readonly Float64Array[];
  readonly #operations: Float64Array;
  readonly #sinceMs: Float64Array;

  /**
   * @param rows Counters of every worker, see FIELD.
   * @param limitMs Longest time that one operation may take; Infinity: any.
   * @param nowMs Monotonic time of the beginning.
   */
  constructor(
    rows: readonly Float64Array[],
    limitMs: number,
    nowMs: number,
  ) {
    this.#rows = rows;
    this.#limitMs = limitMs;
    this.#operations = new Float64Array(rows.length);
    this.#sinceMs = new Float64Array(rows.length).fill(nowMs);
  }

  /** Looks once. @returns The first stalled worker, or null. */
  look(nowMs: number): Stall | null {
    for (const [row, fields] of this.#rows.entries()) {
      const state = fields[FIELD.state] ?? STATE_IDLE;
      const operations = fields[FIELD.operations] ?? 0;
      if (state === STATE_IDLE || operations !== this.#operations[row]) {
        this.#operations[row] = operations;
        this.#sinceMs[row] = nowMs;
        continue;
      }
      const elapsedMs = nowMs - (this.#sinceMs[row] ?? nowMs);
      if (elapsedMs < this.#limitMs) continue;
      return {
        row,
        operation: STATE_NAMES[state] ?? "use",
        fileIndex: fields[FIELD.file] ?? 0,
        seconds: elapsedMs / 1000,
      };
    }
    return null;
  }
}
