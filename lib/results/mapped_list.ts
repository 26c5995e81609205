/**
 * A list whose entries are made on demand and not kept: a run of thousands of
 * ranks is written to JSON one rank at a time.
 */

/** Entries of one list as another wants them. */
export class MappedList<From, To> implements Iterable<To> {
  readonly #entries: Iterable<From>;
  readonly #map: (entry: From) => To;

  /**
   * @param entries What to make entries from.
   * @param map Makes one; called again for every pass over the list.
   */
  constructor(entries: Iterable<From>, map: (entry: From) => To) {
    this.#entries = entries;
    this.#map = map;
  }

  *[Symbol.iterator](): Generator<To> {
    for (const entry of this.#entries) yield this.#map(entry);
  }

  /** For `JSON.stringify`. @returns All entries. */
  toJSON(): To[] {
    return [...this];
  }
}
