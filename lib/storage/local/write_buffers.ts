/**
 * The buffers of a write queue, and what is kept of the write of each: numbers
 * in arrays, so that none of them costs an object.
 */
const NONE = -1;

/** See the file header. */
export class WriteBuffers<Owner> {
  /** How many there are. */
  readonly count: number;
  /** Length of each, bytes. */
  readonly bufferBytes: number;
  /** Whose bytes are in it; null: nobody's. */
  readonly owner: (Owner | null)[];
  /** Where in the file its first byte belongs. */
  readonly offset: Float64Array;
  /** Bytes of the file in it, and those that are written. */
  readonly usedBytes: Int32Array;
  readonly writtenBytes: Int32Array;
  /** When its write was handed over last, milliseconds. */
  readonly startMs: Float64Array;
  /** How often its write was put off. */
  readonly repeats: Int32Array;
  readonly #memory: Uint8Array;
  readonly #address: number;
  readonly #free: number[];

  /**
   * @param memory All of them.
   * @param bufferBytes Length of each.
   */
  constructor(memory: Uint8Array, bufferBytes: number) {
    const count = Math.floor(memory.length / bufferBytes);
    this.count = count;
    this.bufferBytes = bufferBytes;
    this.#memory = memory;
    this.#address = Number(
      Deno.UnsafePointer.value(
        Deno.UnsafePointer.of(memory as Uint8Array<ArrayBuffer>),
      ),
    );
    this.owner = new Array<Owner | null>(count).fill(null);
    this.offset = new Float64Array(count);
    this.usedBytes = new Int32Array(count);
    this.writtenBytes = new Int32Array(count);
    this.startMs = new Float64Array(count);
    this.repeats = new Int32Array(count);
    this.#free = Array.from({ length: count }, (_, i) => count - 1 - i);
  }

  /** All of them, as a ring registers memory. */
  get registered(): { readonly address: number; readonly bytes: Uint8Array } {
    return { address: this.#address, bytes: this.#memory };
  }

  /** Gives an empty one to an owner. @returns Its number; -1: there is none. */
  take(owner: Owner): number {
    const buffer = this.#free.pop();
    if (buffer === undefined) return NONE;
    this.owner[buffer] = owner;
    this.usedBytes[buffer] = 0;
    return buffer;
  }

  /** Takes one back. */
  giveBack(buffer: number): void {
    this.owner[buffer] = null;
    this.#free.push(buffer);
  }

  /** What of it is free. */
  room(buffer: number): Uint8Array {
    const start = buffer * this.bufferBytes;
    return this.#memory.subarray(
      start + this.usedBytes[buffer]!,
      start + this.bufferBytes,
    );
  }

  /** Fills what it has up to a length with zeros. */
  pad(buffer: number, paddedBytes: number): void {
    const start = buffer * this.bufferBytes;
    const end = start + this.usedBytes[buffer]!;
    if (end < start + paddedBytes) {
      this.#memory.fill(0, end, start + paddedBytes);
    }
  }

  /** Of the first byte that is not written. */
  address(buffer: number): number {
    return this.#address + buffer * this.bufferBytes +
      this.writtenBytes[buffer]!;
  }
}
