/**
 * Names of many files in little memory, shared by all threads.
 *
 * Names are sorted; what all have in common at their begin and end is kept
 * once. The rest is front-coded (`front_coding.ts`).
 *
 * A name costs its further bytes and about 2.5 more: 3 to 5 for numbered
 * files, however many there are. UUIDs share almost nothing and have a table of
 * their own: `uuid_names.ts`.
 */
import {
  FrontDecoder,
  FrontEncoder,
  NAME_BYTES_MAX,
  type NameRun,
} from "./front_coding.ts";
import { uuidNameAt, UuidNames, type UuidTable } from "./uuid_names.ts";

/** A table of names: plain data whose buffers threads share. */
export interface NameTable {
  readonly nameCount: number;
  readonly prefix: string;
  readonly suffix: string;
  /** Uint32 per block. */
  readonly blocks: SharedArrayBuffer;
  readonly bytes: SharedArrayBuffer;
  /** The names, if they are all UUIDs; the buffers above are empty then. */
  readonly uuids: UuidTable | null;
}

/**
 * Names that are sorted at once: few, since what waits for it is memory, and
 * a merge of more runs costs little.
 */
const RUN_NAMES = 8192;
/** Bytes of names that are sorted at once. */
const RUN_BYTES = 2 ** 20;

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder();

/** Takes names in any order and makes a table of them. */
export class NameTableBuilder {
  /** Null: a name was none. */
  #uuids: UuidNames | null = new UuidNames();
  readonly #runs: NameRun[] = [];
  readonly #batch = new NameBatch();
  #nameCount = 0;
  #prefix: string | null = null;
  #suffix = "";
  /** Length of the shortest name, in UTF-16 units. */
  #shortestName = Infinity;

  /** Names so far. */
  get nameCount(): number {
    return this.#nameCount;
  }

  /** Adds a name, such as a path relative to some folder. */
  add(name: string): void {
    this.#nameCount++;
    const uuids = this.#uuids;
    if (uuids !== null) {
      if (uuids.tryAdd(name)) return;
      this.#uuids = null;
      for (const earlier of uuids.names()) this.#addText(earlier);
    }
    this.#addText(name);
  }

  #addText(name: string): void {
    this.#shortestName = Math.min(this.#shortestName, name.length);
    if (this.#prefix === null) {
      this.#prefix = this.#suffix = name;
    } else if (!name.startsWith(this.#prefix)) {
      this.#prefix = this.#prefix.slice(0, sharedStart(name, this.#prefix));
    }
    if (!name.endsWith(this.#suffix)) {
      const shared = sharedEnd(name, this.#suffix);
      this.#suffix = this.#suffix.slice(this.#suffix.length - shared);
    }
    if (!this.#batch.hasRoom) this.#runs.push(this.#batch.takeSorted());
    this.#batch.add(name);
  }

  /**
   * The table of all names that were added, sorted by code points as Python
   * and `LC_ALL=C sort` do it.
   */
  finish(): NameTable {
    const uuids = this.#uuids?.finish() ?? null;
    this.#runs.push(this.#batch.takeSorted());
    const prefix = this.#prefix ?? "";
    // The common end of names must not reach into their common begin.
    const suffixLength = Math.min(
      this.#suffix.length,
      Math.max(0, this.#shortestName - prefix.length),
    );
    const suffix = this.#suffix.slice(this.#suffix.length - suffixLength);
    const cut = {
      prefixBytes: ENCODER.encode(prefix).length,
      suffixBytes: ENCODER.encode(suffix).length,
    };
    const encoder = new FrontEncoder(
      uuids === null ? this.#nameCount : 0,
      // More than enough; what is not written to is no memory yet.
      this.#runs.reduce((sum, run) => sum + run.byteLength, 0),
    );
    const heap = new RunHeap(this.#runs.map((run) => run.read()));
    for (let run = heap.top; run !== null; run = heap.top) {
      encoder.add(
        run.name,
        cut.prefixBytes,
        run.nameBytes - cut.suffixBytes,
      );
      heap.advance();
    }
    this.#runs.length = 0;
    const { blocks, bytes } = encoder.share();
    return {
      nameCount: this.#nameCount,
      prefix,
      suffix,
      blocks,
      bytes,
      uuids,
    };
  }
}

/**
 * Names as they come, until there are enough to sort them. As bytes, which
 * are not garbage to collect and have the order of code points.
 */
class NameBatch {
  readonly #bytes = new Uint8Array(RUN_BYTES);
  /** Where each name begins, and where the last one ends. */
  readonly #starts = new Uint32Array(RUN_NAMES + 1);
  readonly #order = new Uint32Array(RUN_NAMES);
  readonly #encoder = new FrontEncoder(RUN_NAMES, RUN_BYTES);
  #nameCount = 0;

  /** Whether any name would fit. */
  get hasRoom(): boolean {
    return this.#nameCount < RUN_NAMES &&
      this.#endOf(this.#nameCount - 1) + NAME_BYTES_MAX <= RUN_BYTES;
  }

  add(name: string): void {
    const start = this.#endOf(this.#nameCount - 1);
    const { read, written } = ENCODER.encodeInto(
      name,
      this.#bytes.subarray(start, start + NAME_BYTES_MAX),
    );
    if (read < name.length) {
      throw new RangeError(
        `Cannot use the name "${name.slice(0, 60)}\u2026" as it must have at ` +
          `most ${NAME_BYTES_MAX} bytes`,
      );
    }
    this.#nameCount++;
    this.#starts[this.#nameCount] = start + written;
  }

  /** The names in order; the batch is empty then. */
  takeSorted(): NameRun {
    const order = this.#order.subarray(0, this.#nameCount);
    for (let index = 0; index < order.length; index++) order[index] = index;
    order.sort((one, other) => this.#compare(one, other));
    const encoder = this.#encoder;
    for (const index of order) {
      encoder.add(this.#bytes, this.#startOf(index), this.#endOf(index));
    }
    this.#nameCount = 0;
    return encoder.take();
  }

  #startOf(index: number): number {
    return this.#starts[index] ?? 0;
  }

  #endOf(index: number): number {
    return this.#starts[index + 1] ?? 0;
  }

  #compare(one: number, other: number): number {
    const bytes = this.#bytes;
    let at = this.#startOf(one);
    let otherAt = this.#startOf(other);
    const end = this.#endOf(one);
    const otherEnd = this.#endOf(other);
    while (at < end && otherAt < otherEnd) {
      const difference = (bytes[at++] ?? 0) - (bytes[otherAt++] ?? 0);
      if (difference !== 0) return difference;
    }
    return (end - at) - (otherEnd - otherAt);
  }
}

/** One reader per table and thread: it has the memory to decode into. */
const READERS = new WeakMap<NameTable, FrontDecoder>();

/**
 * A name by its place in the order.
 *
 * @param index From 0.
 * @throws {RangeError} If the table has no such name.
 */
export function nameAt(table: NameTable, index: number): string {
  if (!(index >= 0 && index < table.nameCount)) {
    throw new RangeError(
      `Cannot name a file as its index must be below ${table.nameCount}: ` +
        `current value is ${index}`,
    );
  }
  if (table.uuids !== null) return uuidNameAt(table.uuids, index);
  let reader = READERS.get(table);
  if (reader === undefined) {
    reader = new FrontDecoder(
      new Uint8Array(table.bytes),
      new Uint32Array(table.blocks),
    );
    READERS.set(table, reader);
  }
  reader.seek(index);
  const middle = DECODER.decode(reader.name.subarray(0, reader.nameBytes));
  return table.prefix + middle + table.suffix;
}

/** Bytes that a table takes. */
export function tableBytes(table: NameTable): number {
  const { bytes, blocks, uuids } = table;
  const uuidBytes = uuids === null
    ? 0
    : uuids.words.byteLength + uuids.starts.byteLength +
      uuids.heads.join().length;
  return bytes.byteLength + blocks.byteLength + uuidBytes;
}

/** Runs as a binary heap, the one with the least name on top. */
class RunHeap {
  readonly #runs: FrontDecoder[] = [];

  constructor(runs: readonly FrontDecoder[]) {
    this.#runs = runs.filter((run) => run.next());
    for (let i = this.#runs.length >> 1; i >= 0; i--) this.#sink(i);
  }

  get top(): FrontDecoder | null {
    return this.#runs[0] ?? null;
  }

  /** Turns the top run to its next name. */
  advance(): void {
    const top = this.#runs[0];
    if (top === undefined) return;
    if (!top.next()) {
      const last = this.#runs.pop();
      if (last === undefined || last === top) return;
      this.#runs[0] = last;
    }
    this.#sink(0);
  }

  #sink(from: number): void {
    let at = from;
    for (;;) {
      const left = 2 * at + 1;
      let least = at;
      if (this.#isLess(left, least)) least = left;
      if (this.#isLess(left + 1, least)) least = left + 1;
      if (least === at) return;
      const moved = this.#runs[at];
      const other = this.#runs[least];
      if (moved === undefined || other === undefined) return;
      this.#runs[at] = other;
      this.#runs[least] = moved;
      at = least;
    }
  }

  #isLess(index: number, than: number): boolean {
    const one = this.#runs[index];
    const other = this.#runs[than];
    if (one === undefined || other === undefined) return false;
    const limit = Math.min(one.nameBytes, other.nameBytes);
    for (let i = 0; i < limit; i++) {
      const difference = (one.name[i] ?? 0) - (other.name[i] ?? 0);
      if (difference !== 0) return difference < 0;
    }
    return one.nameBytes < other.nameBytes;
  }
}

/** Length of what two texts have in common at the begin, whole characters. */
function sharedStart(a: string, b: string): number {
  let length = 0;
  while (length < b.length && a[length] === b[length]) length++;
  return isHighSurrogate(a.charCodeAt(length - 1)) ? length - 1 : length;
}

/** The same at the end. */
function sharedEnd(a: string, b: string): number {
  let length = 0;
  while (
    length < Math.min(a.length, b.length) &&
    a[a.length - 1 - length] === b[b.length - 1 - length]
  ) length++;
  return isLowSurrogate(a.charCodeAt(a.length - length)) ? length - 1 : length;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000;
}
