/**
 * The search for the largest whole number for which something holds: doubling
 * until it fails, then bisection, then the two sides of the answer again.
 *
 *    first, 2·first, 4·first … cap        until one fails
 *    (holds + fails) / 2                  until they are neighbours
 *    holds, fails                         each once more
 *
 * What was measured may be wrong: it is taken as true until it is measured
 * again, and then for good. If a side of the answer turns out otherwise, the
 * search goes on from there, so every number is asked for twice at most.
 *
 * Above 100 neighbours are those within 1 % of each other.
 */

/** Part of the answer by which the two sides may differ. */
const TOLERANCE = 0.01;
/** Measurements of a number after which it is not asked for again. */
const MAX_ROUNDS = 2;

/** What is to be measured next. */
export interface SearchStep {
  readonly value: number;
  /** It was measured before: the answer depends on it. */
  readonly isRecheck: boolean;
}

/** What is known of the answer. */
export interface SearchBounds {
  /** The largest number that holds below all that fail; null: none. */
  readonly holds: number | null;
  /** The least number that fails; null: none. */
  readonly fails: number | null;
}

/** See the file header. */
export class BoundarySearch {
  readonly #first: number;
  #cap: number;
  readonly #told = new Map<number, { holds: boolean; rounds: number }>();

  /** @param range `first`: where it begins, 1…cap; `cap`: the largest number. */
  constructor(
    { first, cap }: { readonly first: number; readonly cap: number },
  ) {
    if (!(first >= 1 && first <= cap)) {
      throw new RangeError(`first must be 1…${cap}: ${first}`);
    }
    this.#first = first;
    this.#cap = cap;
  }

  /** The largest number that may be asked for. */
  get cap(): number {
    return this.#cap;
  }

  /**
   * Larger numbers are not asked for from now on.
   *
   * @param cap At least the largest number that holds.
   */
  limitTo(cap: number): void {
    this.#cap = Math.min(this.#cap, cap);
  }

  /** What is known so far. */
  bounds(): SearchBounds {
    let fails: number | null = null;
    for (const [value, { holds }] of this.#told) {
      if (!holds && (fails === null || value < fails)) fails = value;
    }
    let holding: number | null = null;
    for (const [value, { holds }] of this.#told) {
      if (!holds || value >= (fails ?? Infinity)) continue;
      if (holding === null || value > holding) holding = value;
    }
    return { holds: holding, fails };
  }

  /** What is to be measured next; null: the answer is known. */
  next(): SearchStep | null {
    const { holds, fails } = this.bounds();
    const value = this.#unknown(holds, fails);
    if (value !== null) return { value, isRecheck: false };
    for (const side of [holds, fails]) {
      if (side === null || side > this.#cap) continue;
      const { rounds } = this.#told.get(side) ?? { rounds: 0 };
      if (rounds < MAX_ROUNDS) return { value: side, isRecheck: true };
    }
    return null;
  }

  /** Takes what was measured. @param holds Of all measurements of it. */
  tell(value: number, holds: boolean): void {
    const rounds = (this.#told.get(value)?.rounds ?? 0) + 1;
    this.#told.set(value, { holds, rounds });
  }

  /** The next number between the bounds; null: they are neighbours. */
  #unknown(holds: number | null, fails: number | null): number | null {
    if (fails === null) {
      if (holds === null) return Math.min(this.#first, this.#cap);
      return holds >= this.#cap ? null : Math.min(2 * holds, this.#cap);
    }
    const low = holds ?? 0;
    const high = Math.min(fails, this.#cap + 1);
    const gap = Math.max(1, Math.floor(TOLERANCE * low));
    return high - low <= gap ? null : Math.floor((low + high) / 2);
  }
}
