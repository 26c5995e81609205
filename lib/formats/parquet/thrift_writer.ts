/**
 * Thrift's compact protocol, writing: what Parquet's footer and page headers
 * are made of.
 *
 *    struct     field headers and values, ended by a zero byte
 *    field      (delta of the field's id << 4 | type), or type and zigzag id
 *    list       (count << 4 | type), or 0xF0 | type and a varint count
 *    integer    zigzag, then varint of 7 bits a byte, lowest first
 *    bytes      varint length, then the bytes
 *
 * Spec: https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 */

/** Type codes of fields and list elements. */
export const THRIFT_TYPE = {
  true: 1,
  false: 2,
  byte: 3,
  i16: 4,
  i32: 5,
  i64: 6,
  double: 7,
  binary: 8,
  list: 9,
  set: 10,
  map: 11,
  struct: 12,
} as const;

/** Above it the 4 bits of a short header are not enough. */
const SHORT_MAX = 14;
const TEXT_ENCODER = new TextEncoder();

/** A growing buffer of compact Thrift. */
export class ThriftWriter {
  #bytes = new Uint8Array(1024);
  #length = 0;
  #lastField = 0;
  readonly #outerFields: number[] = [];

  /** Bytes written since the last {@linkcode clear}. */
  get length(): number {
    return this.#length;
  }

  /** What was written; valid until the next call. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** A copy of what was written. */
  toBytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  /** Forgets the bytes, keeps the memory and the place inside structs. */
  clear(): void {
    this.#length = 0;
  }

  /**
   * Begins a struct that is the top, a list's element or {@linkcode field}.
   *
   * @param lastField Id of its last field that is there already as
   *   {@linkcode raw} bytes.
   */
  beginStruct(lastField = 0): void {
    this.#outerFields.push(this.#lastField);
    this.#lastField = lastField;
  }

  /** Ends the innermost struct. */
  endStruct(): void {
    this.#byte(0);
    this.#lastField = this.#outerFields.pop() ?? 0;
  }

  /** Announces field `id` of a {@linkcode THRIFT_TYPE}. */
  field(id: number, type: number): void {
    const delta = id - this.#lastField;
    if (delta > 0 && delta <= SHORT_MAX + 1) {
      this.#byte(delta << 4 | type);
    } else {
      this.#byte(type);
      this.integer(id);
    }
    this.#lastField = id;
  }

  /** Announces field `id` as a struct and begins it. */
  structField(id: number): void {
    this.field(id, THRIFT_TYPE.struct);
    this.beginStruct();
  }

  /** A field of 8 bits, which is not zigzag. */
  byteField(id: number, value: number): void {
    this.field(id, THRIFT_TYPE.byte);
    this.#byte(value);
  }

  /** A field of 32 bits. */
  i32Field(id: number, value: number): void {
    this.field(id, THRIFT_TYPE.i32);
    this.integer(value);
  }

  /** A field of 64 bits; the value is an integer up to 2^52. */
  i64Field(id: number, value: number): void {
    this.field(id, THRIFT_TYPE.i64);
    this.integer(value);
  }

  /** A field whose type is its value. */
  boolField(id: number, value: boolean): void {
    this.field(id, value ? THRIFT_TYPE.true : THRIFT_TYPE.false);
  }

  /** A field of text. */
  stringField(id: number, text: string): void {
    this.field(id, THRIFT_TYPE.binary);
    this.string(text);
  }

  /** A field that is a list; its elements are written next. */
  listField(id: number, elementType: number, count: number): void {
    this.field(id, THRIFT_TYPE.list);
    this.listHeader(elementType, count);
  }

  /** The head of a list. */
  listHeader(elementType: number, count: number): void {
    if (count <= SHORT_MAX) {
      this.#byte(count << 4 | elementType);
    } else {
      this.#byte(0xf0 | elementType);
      this.varint(count);
    }
  }

  /** Text as an element of a list. */
  string(text: string): void {
    const bytes = TEXT_ENCODER.encode(text);
    this.varint(bytes.length);
    this.raw(bytes);
  }

  /** A value that is in compact Thrift already. */
  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** An integer as an element of a list: zigzag varint. */
  integer(value: number): void {
    this.varint(value < 0 ? -2 * value - 1 : 2 * value);
  }

  /** An unsigned varint up to 2^53. */
  varint(value: number): void {
    this.#reserve(8);
    let rest = value;
    // Shifts work on 32 bits only: divide while the number is larger.
    while (rest > 0x7fffffff) {
      this.#bytes[this.#length++] = rest % 128 | 0x80;
      rest = Math.floor(rest / 128);
    }
    while (rest > 0x7f) {
      this.#bytes[this.#length++] = rest & 0x7f | 0x80;
      rest >>>= 7;
    }
    this.#bytes[this.#length++] = rest;
  }

  #byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  #reserve(byteCount: number): void {
    if (this.#length + byteCount <= this.#bytes.length) return;
    const bytes = new Uint8Array(
      Math.max(this.#bytes.length * 2, this.#length + byteCount),
    );
    bytes.set(this.#bytes);
    this.#bytes = bytes;
  }
}
