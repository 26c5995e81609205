/**
 * Thrift's compact protocol, reading: a scanner that steps through bytes and
 * makes no objects, so that a footer of 153,600 column chunks is read in
 * little time and memory.
 *
 * Every step is checked against the end of the bytes; what is not needed
 * is skipped by its type (`thrift_skip.ts`). Layout: `thrift_writer.ts`.
 */
import { failAtEnd, ThriftSyntaxError } from "./thrift_error.ts";
import { skipField, skipStruct } from "./thrift_skip.ts";
import { THRIFT_TYPE } from "./thrift_writer.ts";

const TEXT_DECODER = new TextDecoder();

/** A position inside compact Thrift. */
export class ThriftReader {
  readonly #bytes: Uint8Array;
  #position: number;

  /** Type of the field that {@linkcode nextField} found. */
  fieldType = 0;
  /** Element type of the list that {@linkcode listHeader} found. */
  elementType = 0;

  constructor(bytes: Uint8Array, position = 0) {
    this.#bytes = bytes;
    this.#position = position;
  }

  /** Offset of the next byte. */
  get position(): number {
    return this.#position;
  }

  /**
   * Steps to the next field of a struct.
   *
   * @param lastId Id of the field before; 0 at the struct's begin.
   * @returns Its id, or 0 at the struct's end.
   */
  nextField(lastId: number): number {
    const header = this.#byte();
    if (header === 0) return 0;
    this.fieldType = header & 0x0f;
    const delta = header >>> 4;
    const id = delta > 0 ? lastId + delta : this.integer();
    if (id <= 0) this.fail(`a field's id must be > 0, it is ${id}`);
    return id;
  }

  /** Demands the type of the current field. */
  expectType(type: number, name: string): void {
    if (this.fieldType !== type) {
      this.fail(`${name} must have Thrift type ${type}, not ${this.fieldType}`);
    }
  }

  /** A field that holds an integer of any width. */
  integerField(name: string): number {
    if (
      this.fieldType !== THRIFT_TYPE.i32 && this.fieldType !== THRIFT_TYPE.i64
    ) {
      this.expectType(THRIFT_TYPE.i64, name);
    }
    return this.integer();
  }

  /** A zigzag integer. */
  integer(): number {
    const bits = this.varint();
    return bits % 2 === 0 ? bits / 2 : -(bits + 1) / 2;
  }

  /** An unsigned varint; exact up to 2^53, as large as it may be. */
  varint(): number {
    const bytes = this.#bytes;
    let position = this.#position;
    let byte = bytes[position++] ?? this.#end();
    let value = byte & 0x7f;
    let weight = 128;
    while (byte > 0x7f) {
      byte = bytes[position++] ?? this.#end();
      value += (byte & 0x7f) * weight;
      weight *= 128;
      if (position - this.#position > 10) {
        this.fail("a varint must end within 10 bytes");
      }
    }
    this.#position = position;
    return value;
  }

  /**
   * The head of a list.
   *
   * @returns Number of elements; no more than there are bytes left, since
   *   every element has one at least.
   */
  listHeader(): number {
    const header = this.#byte();
    this.elementType = header & 0x0f;
    const count = header >>> 4 === 15 ? this.varint() : header >>> 4;
    const leftBytes = this.#bytes.length - this.#position;
    if (count > leftBytes) {
      this.fail(`a list of ${count} elements cannot be in ${leftBytes} bytes`);
    }
    return count;
  }

  /** Text or bytes as text. */
  string(): string {
    const byteCount = this.varint();
    const start = this.#position;
    this.#advance(byteCount);
    return TEXT_DECODER.decode(this.#bytes.subarray(start, this.#position));
  }

  /** Steps over the value of a field of `type`. */
  skip(type: number): void {
    this.#position = skipField(this.#bytes, this.#position, type);
  }

  /** Steps over a struct, or over the fields of it that are left. */
  skipStruct(): void {
    this.#position = skipStruct(this.#bytes, this.#position);
  }

  /** @throws {ThriftSyntaxError} Always: says what is wrong here. */
  fail(rule: string): never {
    throw new ThriftSyntaxError(this.#position, rule);
  }

  #advance(byteCount: number): void {
    if (byteCount > this.#bytes.length - this.#position) this.#end();
    this.#position += byteCount;
  }

  #byte(): number {
    return this.#bytes[this.#position++] ?? this.#end();
  }

  #end(): never {
    failAtEnd(this.#bytes, this.#position);
  }
}
