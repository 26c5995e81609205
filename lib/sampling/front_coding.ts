/**
 * Front-coding: sorted names, each without what it shares with the one before
 * it, in blocks of 16 so that any can be found.
 *
 *    block     offset in `bytes`, one Uint32 each
 *    first     u8 or 255 + u16 length, then that many bytes
 *    others    u8 or 255 + u16 bytes shared with the name before
 *              u8 or 255 + u16 further bytes, then these
 */

/** Names per block: a look-up decodes half of them on average. */
const BLOCK_NAMES = 16;
/** Longest name, in bytes of UTF-8: what a path can have. */
export const NAME_BYTES_MAX = 4096;

/** Writes sorted names. */
export class FrontEncoder {
  #bytes: Uint8Array;
  #byteCount = 0;
  readonly #blocks: Uint32Array;
  #nameCount = 0;
  readonly #last = new Uint8Array(NAME_BYTES_MAX);
  #lastBytes = 0;

  /**
   * @param nameCount Most names that are added.
   * @param byteCount Bytes that they will take, about.
   */
  constructor(nameCount: number, byteCount: number) {
    this.#bytes = new Uint8Array(byteCount);
    this.#blocks = new Uint32Array(Math.ceil(nameCount / BLOCK_NAMES));
  }

  /** Adds bytes [start, end) of `name`. */
  add(name: Uint8Array, start: number, end: number): void {
    const byteCount = end - start;
    this.#reserve(byteCount + 6);
    let shared = 0;
    if (this.#nameCount % BLOCK_NAMES === 0) {
      this.#blocks[this.#nameCount / BLOCK_NAMES] = this.#byteCount;
    } else {
      const limit = Math.min(this.#lastBytes, byteCount);
      while (shared < limit && this.#last[shared] === name[start + shared]) {
        shared++;
      }
      this.#putLength(shared);
    }
    this.#putLength(byteCount - shared);
    for (let i = shared; i < byteCount; i++) {
      const byte = name[start + i] ?? 0;
      this.#last[i] = byte;
      this.#bytes[this.#byteCount++] = byte;
    }
    this.#lastBytes = byteCount;
    this.#nameCount++;
  }

  /** What was written, in memory of its own; the encoder is empty then. */
  take(): NameRun {
    const run = new NameRun(
      this.#bytes.slice(0, this.#byteCount),
      this.#blocks.slice(0, Math.ceil(this.#nameCount / BLOCK_NAMES)),
      this.#nameCount,
    );
    this.#byteCount = this.#nameCount = this.#lastBytes = 0;
    return run;
  }

  /** Copies into memory that threads share. */
  share(): { bytes: SharedArrayBuffer; blocks: SharedArrayBuffer } {
    const bytes = new SharedArrayBuffer(this.#byteCount);
    new Uint8Array(bytes).set(this.#bytes.subarray(0, this.#byteCount));
    const blocks = new SharedArrayBuffer(this.#blocks.byteLength);
    new Uint32Array(blocks).set(this.#blocks);
    return { bytes, blocks };
  }

  #putLength(length: number): void {
    if (length < 255) {
      this.#bytes[this.#byteCount++] = length;
      return;
    }
    this.#bytes[this.#byteCount++] = 255;
    this.#bytes[this.#byteCount++] = length & 255;
    this.#bytes[this.#byteCount++] = length >> 8;
  }

  #reserve(byteCount: number): void {
    const needed = this.#byteCount + byteCount;
    if (needed <= this.#bytes.length) return;
    if (needed >= 2 ** 32) {
      throw new RangeError("Cannot list the files: names exceed 4 GiB");
    }
    const larger = new Uint8Array(
      Math.max(needed, Math.ceil(this.#bytes.length * 1.5)),
    );
    larger.set(this.#bytes.subarray(0, this.#byteCount));
    this.#bytes = larger;
  }
}

/** Reads names one after another, or from any place. */
export class FrontDecoder {
  /** The current name; its first `nameBytes` bytes. */
  readonly name = new Uint8Array(NAME_BYTES_MAX);
  nameBytes = 0;
  readonly #bytes: Uint8Array;
  readonly #blocks: Uint32Array;
  readonly #nameCount: number;
  #offset = 0;
  #index = -1;

  constructor(bytes: Uint8Array, blocks: Uint32Array, nameCount = 0) {
    this.#bytes = bytes;
    this.#blocks = blocks;
    this.#nameCount = nameCount;
  }

  /** Turns to the next name; false if there is none. */
  next(): boolean {
    if (this.#index + 1 >= this.#nameCount) return false;
    this.#step();
    return true;
  }

  /** Turns to a name by its index. */
  seek(index: number): void {
    const block = Math.floor(index / BLOCK_NAMES);
    // Neighbors are asked for in turn: go on from where it is.
    if (
      index < this.#index || this.#index < block * BLOCK_NAMES
    ) {
      this.#offset = this.#blocks[block] ?? 0;
      this.#index = block * BLOCK_NAMES - 1;
    }
    while (this.#index < index) this.#step();
  }

  #step(): void {
    this.#index++;
    const shared = this.#index % BLOCK_NAMES === 0 ? 0 : this.#length();
    const further = this.#length();
    for (let i = 0; i < further; i++) {
      this.name[shared + i] = this.#bytes[this.#offset + i] ?? 0;
    }
    this.#offset += further;
    this.nameBytes = shared + further;
  }

  #length(): number {
    const length = this.#bytes[this.#offset++] ?? 0;
    if (length < 255) return length;
    const low = this.#bytes[this.#offset++] ?? 0;
    return low + 256 * (this.#bytes[this.#offset++] ?? 0);
  }
}

/** Sorted names, waiting to be merged. */
export class NameRun {
  readonly #bytes: Uint8Array;
  readonly #blocks: Uint32Array;
  readonly #nameCount: number;

  constructor(bytes: Uint8Array, blocks: Uint32Array, nameCount: number) {
    this.#bytes = bytes;
    this.#blocks = blocks;
    this.#nameCount = nameCount;
  }

  get byteLength(): number {
    return this.#bytes.length;
  }

  read(): FrontDecoder {
    return new FrontDecoder(this.#bytes, this.#blocks, this.#nameCount);
  }
}
