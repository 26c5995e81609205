/**
 * Thrift's compact protocol, reading: a scanner that steps through bytes and
 * makes no objects, so that a footer of 153,600 column chunks is read in
 * little time and memory.
 *
 * Every step is checked against the end of the bytes; what is not asked for
 * is skipped by its type. For the layout see `thrift_writer.ts`.
 */
import { THRIFT_TYPE } from "./thrift_writer.ts";

/** Structs inside structs; Parquet's metadata has less than ten. */
const MAX_DEPTH = 32;
const TEXT_DECODER = new TextDecoder();

/** Bytes that are not compact Thrift. */
export class ThriftSyntaxError extends Error {
  /**
   * @param position Where in the scanned bytes.
   * @param rule What should have been there and what was.
   */
  constructor(readonly position: number, rule: string) {
    super(rule);
    this.name = "ThriftSyntaxError";
  }
}

/** A position inside compact Thrift. */
export class ThriftReader {
  readonly #bytes: Uint8Array;
  #position: number;
  #depth = 0;

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
    switch (type) {
      case THRIFT_TYPE.true:
      case THRIFT_TYPE.false:
        return;
      case THRIFT_TYPE.byte:
        return this.#advance(1);
      case THRIFT_TYPE.i16:
      case THRIFT_TYPE.i32:
      case THRIFT_TYPE.i64:
        return this.#skipVarint();
      case THRIFT_TYPE.double:
        return this.#advance(8);
      case THRIFT_TYPE.binary:
        return this.#skipBinary();
      case THRIFT_TYPE.list:
      case THRIFT_TYPE.set:
        return this.#skipList();
      case THRIFT_TYPE.map:
        return this.#skipMap();
      case THRIFT_TYPE.struct:
        return this.skipStruct();
    }
    this.fail(`there is no Thrift type ${type}`);
  }

  /** Steps over a whole struct. */
  skipStruct(): void {
    this.skipFields(0);
  }

  /**
   * Steps over the fields of a struct that are left.
   *
   * @param lastId Id of the field before; 0 at the struct's begin.
   */
  skipFields(lastId: number): void {
    this.#enter();
    let id = lastId;
    while ((id = this.nextField(id)) !== 0) this.skip(this.fieldType);
    this.#depth--;
  }

  /** @throws {ThriftSyntaxError} Always: says what is wrong here. */
  fail(rule: string): never {
    throw new ThriftSyntaxError(this.#position, rule);
  }

  #skipList(): void {
    const count = this.listHeader();
    const type = this.elementType;
    this.#enter();
    // Unlike a field's, an element's truth value takes a byte.
    if (type === THRIFT_TYPE.true || type === THRIFT_TYPE.false) {
      this.#advance(count);
    } else {
      for (let i = 0; i < count; i++) this.skip(type);
    }
    this.#depth--;
  }

  #skipMap(): void {
    const count = this.varint();
    if (count === 0) return;
    const types = this.#byte();
    if (count > this.#bytes.length - this.#position) this.#end();
    this.#enter();
    for (let i = 0; i < count; i++) {
      this.#skipElement(types >>> 4);
      this.#skipElement(types & 0x0f);
    }
    this.#depth--;
  }

  #skipElement(type: number): void {
    if (type === THRIFT_TYPE.true || type === THRIFT_TYPE.false) {
      this.#advance(1);
    } else {
      this.skip(type);
    }
  }

  #skipBinary(): void {
    this.#advance(this.varint());
  }

  #skipVarint(): void {
    while ((this.#bytes[this.#position++] ?? this.#end()) > 0x7f);
  }

  #advance(byteCount: number): void {
    if (byteCount > this.#bytes.length - this.#position) this.#end();
    this.#position += byteCount;
  }

  #byte(): number {
    return this.#bytes[this.#position++] ?? this.#end();
  }

  #enter(): void {
    if (++this.#depth > MAX_DEPTH) {
      this.fail(`structs must not be nested deeper than ${MAX_DEPTH}`);
    }
  }

  #end(): never {
    throw new ThriftSyntaxError(
      Math.min(this.#position, this.#bytes.length),
      "the metadata ends in the middle of a value",
    );
  }
}
