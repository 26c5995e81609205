/**
 * FlatBuffers, writing: as much of it as Arrow's messages need. (The package
 * `flatbuffers` would add 10 ms to the start of every worker.)
 *
 *    buffer    u32 offset of the root table
 *    vtable    u16 bytes of itself, u16 bytes of the table, then per slot
 *              u16 offset inside the table, 0 where the field is absent
 *    table     i32 distance back to its vtable, then the fields
 *    string    u32 bytes, UTF-8, a zero
 *    vector    u32 elements, then their offsets, or the structs themselves
 *
 * Offsets are u32 from where they stand to their target, which is always
 * behind. Everything begins at a multiple of its size.
 *
 * Spec: https://flatbuffers.dev/internals/
 */

/** A number in a table. */
export interface FlatNumber {
  readonly slot: number;
  readonly byteCount: 1 | 2 | 4 | 8;
  /** Integer >= 0, below 2^53. */
  readonly value: number;
}

/** A field that points to something. */
export interface FlatReference {
  readonly slot: number;
  readonly target: FlatTarget;
}

/** Fields of a table in any order. */
export type FlatTable = readonly (FlatNumber | FlatReference)[];

/** What a field can point to. */
export type FlatTarget =
  | { readonly text: string }
  | { readonly table: FlatTable }
  /** A vector of tables. */
  | { readonly tables: readonly FlatTable[] }
  /** A vector of structs of 64-bit integers. */
  | { readonly structs: readonly (readonly number[])[] }
  /**
   * A vector of so many structs of 64-bit integers that the caller appends:
   * a long one need not be in memory. Nothing can be written behind it.
   */
  | { readonly structsBehind: number };

const OFFSET_BYTES = 4;
const TEXT_ENCODER = new TextEncoder();

/** Writes a buffer of one root table. */
export function flatBuffer(root: FlatTable): Uint8Array {
  const writer = new FlatWriter();
  writer.root(root);
  return writer.toBytes();
}

class FlatWriter {
  readonly #bytes: number[] = [];
  #isOpenEnded = false;

  root(table: FlatTable): void {
    const at = this.#placeholder();
    this.#pointTo(at, this.#table(table));
  }

  toBytes(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }

  /** @returns Where the table begins. */
  #table(fields: FlatTable): number {
    // Larger ones first: then each begins at a multiple of its size.
    const ordered = fields.toSorted((a, b) => byteCountOf(b) - byteCountOf(a));
    const slotCount = fields.reduce((n, { slot }) => Math.max(n, slot + 1), 0);
    const vtableBytes = 2 * (2 + slotCount);
    // The fields begin 4 bytes behind the table's begin.
    const [alignment, shift] = byteCountOf(ordered[0]) === 8 ? [8, 4] : [4, 0];
    while ((this.#bytes.length + vtableBytes + shift) % alignment !== 0) {
      this.#number(0, 1);
    }
    const vtableAt = this.#bytes.length;
    const tableAt = vtableAt + vtableBytes;
    const slots = new Array<number>(slotCount).fill(0);
    let tableBytes = 4;
    for (const field of ordered) {
      slots[field.slot] = tableBytes;
      tableBytes += byteCountOf(field);
    }
    for (const u16 of [vtableBytes, tableBytes, ...slots]) this.#number(u16, 2);
    this.#number(tableAt - vtableAt, 4);
    const references: [number, FlatTarget][] = [];
    for (const field of ordered) {
      if ("target" in field) {
        references.push([this.#placeholder(), field.target]);
      } else {
        this.#number(field.value, field.byteCount);
      }
    }
    for (const [at, target] of references) {
      this.#pointTo(at, this.#target(target));
    }
    return tableAt;
  }

  #target(target: FlatTarget): number {
    if ("table" in target) return this.#table(target.table);
    if ("structs" in target) return this.#structs(target.structs);
    if ("structsBehind" in target) {
      const at = this.#structVector(target.structsBehind);
      this.#isOpenEnded = true;
      return at;
    }
    this.#align();
    const at = this.#bytes.length;
    if ("text" in target) {
      const utf8 = TEXT_ENCODER.encode(target.text);
      this.#number(utf8.length, 4);
      for (const byte of utf8) this.#number(byte, 1);
      this.#number(0, 1);
      return at;
    }
    this.#number(target.tables.length, 4);
    const offsets = target.tables.map(() => this.#placeholder());
    target.tables.forEach((table, i) =>
      this.#pointTo(offsets[i]!, this.#table(table))
    );
    return at;
  }

  #structs(structs: readonly (readonly number[])[]): number {
    const at = this.#structVector(structs.length);
    for (const value of structs.flat()) this.#number(value, 8);
    return at;
  }

  /** Begins a vector whose elements begin at a multiple of 8. */
  #structVector(count: number): number {
    while (this.#bytes.length % 8 !== 4) this.#number(0, 1);
    const at = this.#bytes.length;
    this.#number(count, 4);
    return at;
  }

  /** @returns Where an offset is to be written. */
  #placeholder(): number {
    const at = this.#bytes.length;
    this.#number(0, OFFSET_BYTES);
    return at;
  }

  #pointTo(at: number, targetAt: number): void {
    for (let i = 0; i < OFFSET_BYTES; i++) {
      this.#bytes[at + i] = (targetAt - at) >>> (8 * i) & 0xff;
    }
  }

  #number(value: number, byteCount: number): void {
    if (this.#isOpenEnded) {
      throw new Error("a vector that the caller appends must be the last part");
    }
    let rest = value;
    for (let i = 0; i < byteCount; i++) {
      this.#bytes.push(rest % 256);
      rest = Math.floor(rest / 256);
    }
  }

  #align(): void {
    while (this.#bytes.length % 4 !== 0) this.#number(0, 1);
  }
}

function byteCountOf(field: FlatNumber | FlatReference | undefined): number {
  if (field === undefined) return 0;
  return "target" in field ? OFFSET_BYTES : field.byteCount;
}
