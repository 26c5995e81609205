/**
 * Lanes of one thread's line in a trace, so that events of a line lie beside
 * each other or one within the other, as viewers demand: requests of a thread
 * overlap as they like, and each in flight gets a lane of its own.
 *
 * Events come in the order in which they end, so one that is placed can only
 * contain earlier ones or lie behind them.
 */

/** Lanes of a thread at most; what is beyond shares the last one. */
export const MAX_LANES = 1000;

/** How much later than a read its request begins at most. */
const MAX_LATER_US = 1000;

/** Spans that a lane remembers for one that may contain them. */
const MAX_SPANS = 4096;

/** Spans of a lane that no other contains, oldest first. */
class Lane {
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  /** End of the last one that was forgotten. */
  #floor = -Infinity;

  get end(): number {
    return this.#ends.at(-1) ?? this.#floor;
  }

  /** Begin of the last span; -Infinity: there is none. */
  get lastStart(): number {
    return this.#starts.at(-1) ?? -Infinity;
  }

  fits(start: number): boolean {
    const outside = this.#outside(start);
    const end = outside < 0 ? this.#floor : this.#ends[outside] ?? Infinity;
    return end <= start;
  }

  add(start: number, end: number): void {
    const keptCount = this.#outside(start) + 1;
    this.#starts.length = this.#ends.length = keptCount;
    this.#starts.push(start);
    this.#ends.push(end);
    if (keptCount < MAX_SPANS) return;
    // Half of them at once, since removing the first one moves all others.
    this.#floor = this.#ends[MAX_SPANS / 2 - 1] ?? this.#floor;
    this.#starts.splice(0, MAX_SPANS / 2);
    this.#ends.splice(0, MAX_SPANS / 2);
  }

  /** Index of the last span that began before; -1: none did. */
  #outside(start: number): number {
    let index = this.#starts.length - 1;
    while (index >= 0 && (this.#starts[index] ?? 0) >= start) index--;
    return index;
  }
}

/** The lanes of one thread. */
export class TraceLanes {
  readonly #lanes: Lane[] = [];

  /**
   * Places an event that ends no earlier than those before.
   *
   * @param start Microseconds, as `end`.
   * @returns Its lane, from 0: that of an event that began right after it,
   *   which is a part of it (a GET of its read), else the one that has been
   *   free for the shortest time, else a new one.
   */
  place(start: number, end: number): number {
    const lane = this.#around(start) ?? this.#free(start) ?? this.#added();
    this.#lanes[lane]?.add(start, end);
    return lane;
  }

  #around(start: number): number | null {
    let best: number | null = null;
    let bestLater = MAX_LATER_US;
    for (const [number, lane] of this.#lanes.entries()) {
      const later = lane.lastStart - start;
      if (later < 0 || later > bestLater || !lane.fits(start)) continue;
      // Of two, the one that ended last.
      if (later === bestLater && best !== null) {
        const isEarlier = lane.end < (this.#lanes[best]?.end ?? Infinity);
        if (isEarlier) continue;
      }
      best = number;
      bestLater = later;
    }
    return best;
  }

  #free(start: number): number | null {
    let best: number | null = null;
    let bestEnd = -Infinity;
    for (const [number, lane] of this.#lanes.entries()) {
      if (lane.end > start || lane.end <= bestEnd) continue;
      best = number;
      bestEnd = lane.end;
    }
    return best;
  }

  #added(): number {
    if (this.#lanes.length === MAX_LANES) return MAX_LANES - 1;
    return this.#lanes.push(new Lane()) - 1;
  }
}
