/**
 * Names of files that are called by UUIDs, as DLIO and Spark name what they
 * write into partitions: 16 bytes each, where front-coding takes 36.
 *
 *    train/day=3/ f81d4fae-7dec-11d0-a765-00a0c91e6bf6 .parquet
 *    head         four words of 32 bits                tail
 *
 *    heads    each once, sorted
 *    starts   Uint32 per head: index of its first name
 *    words    four Uint32 per name, in order
 *
 * Invariant: all names have one tail and equally many folders above them, so
 * that no head begins another and names sort as head, then UUID. Hexadecimal
 * digits sort as the numbers that they stand for.
 *
 * Spec: RFC 9562, section 4; `name_table.ts` for the order.
 */

/** Names as UUIDs: plain data whose buffers threads share. */
export interface UuidTable {
  readonly heads: readonly string[];
  readonly tail: string;
  readonly starts: SharedArrayBuffer;
  readonly words: SharedArrayBuffer;
}

/** ASCII heads alone, whose order is that of JavaScript too. */
const SHAPE =
  /^([\x20-\x7e]*\/|)([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})([0-9a-f]{8})([^/]*)$/;
/** More of them than this are no folders of partitions. */
const HEADS_MAX = 4096;
const WORDS = 4;
const FIRST_NAMES = 64;

/** UUIDs below one head, in the order in which they came. */
interface HeadNames {
  nameCount: number;
  words: Uint32Array;
}

/** Takes names as long as all of them are UUIDs of one shape. */
export class UuidNames {
  readonly #heads = new Map<string, HeadNames>();
  #tail = "";
  #folderCount = 0;

  /**
   * Adds a name.
   *
   * @returns False if it cannot be one of these; then it was not added.
   */
  tryAdd(name: string): boolean {
    const parts = SHAPE.exec(name);
    if (parts === null) return false;
    const [, head = "", a = "", b = "", c = "", d = "", e = "", f = ""] = parts;
    const tail = parts[8] ?? "";
    let names = this.#heads.get(head);
    if (names === undefined) {
      const folderCount = head.split("/").length;
      if (this.#heads.size === 0) {
        this.#tail = tail;
        this.#folderCount = folderCount;
      }
      if (
        folderCount !== this.#folderCount || this.#heads.size === HEADS_MAX
      ) return false;
      names = { nameCount: 0, words: new Uint32Array(FIRST_NAMES * WORDS) };
      this.#heads.set(head, names);
    }
    if (tail !== this.#tail) return false;
    const at = names.nameCount * WORDS;
    if (at === names.words.length) {
      const larger = new Uint32Array(2 * at);
      larger.set(names.words);
      names.words = larger;
    }
    for (const [index, digits] of [a, b + c, d + e, f].entries()) {
      names.words[at + index] = Number.parseInt(digits, 16);
    }
    names.nameCount++;
    return true;
  }

  /** All names so far, in no order. */
  *names(): Generator<string, void> {
    for (const [head, { nameCount, words }] of this.#heads) {
      for (let index = 0; index < nameCount; index++) {
        yield head + uuidText(words, index) + this.#tail;
      }
    }
  }

  /** The table of all names, sorted. */
  finish(): UuidTable {
    const heads = [...this.#heads.keys()].sort();
    const starts = new Uint32Array(
      new SharedArrayBuffer(heads.length * Uint32Array.BYTES_PER_ELEMENT),
    );
    let nameCount = 0;
    for (const [index, head] of heads.entries()) {
      starts[index] = nameCount;
      nameCount += this.#heads.get(head)?.nameCount ?? 0;
    }
    const words = new Uint32Array(
      new SharedArrayBuffer(nameCount * WORDS * Uint32Array.BYTES_PER_ELEMENT),
    );
    for (const [index, head] of heads.entries()) {
      const names = this.#heads.get(head);
      if (names !== undefined) copySorted(names, words, starts[index] ?? 0);
      this.#heads.delete(head);
    }
    const { buffer } = words;
    return { heads, tail: this.#tail, starts: starts.buffer, words: buffer };
  }
}

/** A name by its place in the order; the table must have it. */
export function uuidNameAt(table: UuidTable, index: number): string {
  const starts = new Uint32Array(table.starts);
  let low = 0;
  let high = starts.length;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((starts[middle] ?? 0) <= index) low = middle;
    else high = middle;
  }
  const words = new Uint32Array(table.words);
  return (table.heads[low] ?? "") + uuidText(words, index) + table.tail;
}

function copySorted(
  { nameCount, words }: HeadNames,
  target: Uint32Array,
  start: number,
): void {
  const order = new Uint32Array(nameCount);
  for (let index = 0; index < nameCount; index++) order[index] = index;
  order.sort((one, other) => {
    for (let word = 0; word < WORDS; word++) {
      const difference = (words[one * WORDS + word] ?? 0) -
        (words[other * WORDS + word] ?? 0);
      if (difference !== 0) return difference;
    }
    return 0;
  });
  for (const [place, index] of order.entries()) {
    const from = index * WORDS;
    target.set(words.subarray(from, from + WORDS), (start + place) * WORDS);
  }
}

function uuidText(words: Uint32Array, index: number): string {
  const hex = (word: number) =>
    (words[index * WORDS + word] ?? 0).toString(16).padStart(8, "0");
  const [a, bc, de, f] = [hex(0), hex(1), hex(2), hex(3)];
  return `${a}-${bc.slice(0, 4)}-${bc.slice(4)}-${de.slice(0, 4)}-` +
    de.slice(4) + f;
}
