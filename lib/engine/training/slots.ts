/**
 * A bounded number of reads in flight, and the files that they read.
 */
import type { WorkerMeter } from "../threads/meter.ts";

/** See the file header. */
export class Slots {
  readonly #count: number;
  readonly #meter: WorkerMeter;
  readonly #waiting: (() => void)[] = [];
  /** Files of the reads in flight, oldest first. */
  readonly #underWay = new Map<number, number>();
  #usedCount = 0;
  #nextId = 0;

  /** @param count Reads that may be in flight, >= 1. */
  constructor(count: number, meter: WorkerMeter) {
    this.#count = count;
    this.#meter = meter;
  }

  /**
   * Runs a read when there is a slot for it.
   *
   * @param fileIndex The file, for messages.
   * @returns When the read has begun: its end, wrapped.
   */
  async start(
    fileIndex: number,
    read: () => Promise<void>,
  ): Promise<{ readonly done: Promise<void> }> {
    while (this.#usedCount >= this.#count) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#usedCount++;
    const id = this.#nextId++;
    this.#underWay.set(id, fileIndex);
    this.#meter.reading(fileIndex);
    const done = read().finally(() => this.#end(id));
    // The caller awaits it later.
    done.catch(() => {});
    return { done };
  }

  /** Runs a read when there is a slot for it, to its end. */
  async run(fileIndex: number, read: () => Promise<void>): Promise<void> {
    await (await this.start(fileIndex, read)).done;
  }

  #end(id: number): void {
    this.#usedCount--;
    this.#underWay.delete(id);
    // A stall is reported for the read that has been in flight longest.
    const oldest = this.#underWay.values().next();
    if (oldest.done) this.#meter.idle();
    else this.#meter.reading(oldest.value);
    this.#waiting.shift()?.();
  }
}
