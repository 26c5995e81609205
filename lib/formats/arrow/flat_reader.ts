/**
 * FlatBuffers, reading: the layout of `flat_buffer.ts` the other way. What
 * leads out of the buffer is a RangeError, so damage cannot go unnoticed
 * or take memory.
 */

/** A vector of structs. */
export interface FlatStructs {
  readonly count: number;
  /** Reads a 64-bit integer. @param at Byte inside the struct. */
  i64(index: number, at: number): number;
  /** Reads a 32-bit integer. */
  i32(index: number, at: number): number;
}

/** A table in a buffer. */
export class FlatTableReader {
  readonly #view: DataView;
  readonly #at: number;
  readonly #vtable: number;

  private constructor(view: DataView, at: number) {
    this.#view = view;
    this.#at = at;
    this.#vtable = at - view.getInt32(at, true);
    view.getUint16(this.#vtable, true);
  }

  /**
   * The root table of a buffer.
   *
   * @throws {RangeError} If it lies outside, as all reading of it may.
   */
  static root(bytes: Uint8Array): FlatTableReader {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    return new FlatTableReader(view, view.getUint32(0, true));
  }

  /** An unsigned byte; 0 if it is absent. */
  u8(slot: number): number {
    const at = this.#placeOf(slot);
    return at === null ? 0 : this.#view.getUint8(at);
  }

  /** A 64-bit integer; 0 if it is absent. */
  i64(slot: number): number {
    const at = this.#placeOf(slot);
    return at === null ? 0 : i64(this.#view, at);
  }

  /** A table that this one points to; null if it is absent. */
  table(slot: number): FlatTableReader | null {
    const at = this.#targetOf(slot);
    return at === null ? null : new FlatTableReader(this.#view, at);
  }

  /** A vector of structs of `structBytes` each; empty if it is absent. */
  structs(slot: number, structBytes: number): FlatStructs {
    const view = this.#view;
    const at = this.#targetOf(slot);
    const count = at === null ? 0 : view.getUint32(at, true);
    const first = at === null ? 0 : at + 4;
    if (first + count * structBytes > view.byteLength) {
      throw new RangeError("a vector leads out of the buffer");
    }
    const place = (index: number, offset: number) =>
      first + index * structBytes + offset;
    return {
      count,
      i64: (index, offset) => i64(view, place(index, offset)),
      i32: (index, offset) => view.getInt32(place(index, offset), true),
    };
  }

  #targetOf(slot: number): number | null {
    const at = this.#placeOf(slot);
    return at === null ? null : at + this.#view.getUint32(at, true);
  }

  #placeOf(slot: number): number | null {
    const entry = 4 + 2 * slot;
    if (entry >= this.#view.getUint16(this.#vtable, true)) return null;
    const offset = this.#view.getUint16(this.#vtable + entry, true);
    return offset === 0 ? null : this.#at + offset;
  }
}

function i64(view: DataView, at: number): number {
  return Number(view.getBigInt64(at, true));
}
