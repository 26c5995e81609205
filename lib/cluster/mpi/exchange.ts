/**
 * Collective calls over messages from one to one. They are written as
 * generators: each `yield` says that nothing can go on now.
 *
 * MPI's own collective calls cannot be taken back, and count bytes with 32
 * bits. These can be left in the middle when a process is lost, and go in
 * chunks.
 *
 *    a piece    head: its length as float64, little-endian, then as many of
 *               its bytes as fit into 4,096; then chunks of what is left
 *    toFirst    every process sends its piece to process 0, which takes them
 *               in order; what was not taken yet stays with its sender
 *    fromFirst  along a binomial tree: log2(P) rounds
 *    toAll      toFirst, then fromFirst of all pieces
 */
import type { Messenger, Transfer } from "./messenger.ts";

/** Work that goes on in steps. */
export type Steps<T> = Generator<void, T, void>;

const HEAD_BYTES = 4096;
const LENGTH_BYTES = Float64Array.BYTES_PER_ELEMENT;
const INLINE_BYTES = HEAD_BYTES - LENGTH_BYTES;

/** Well below 2^31, which counts of MPI cannot exceed. */
const CHUNK_BYTES = 64 * 2 ** 20;

/** Waits until a message is there or gone. */
export function* done(transfer: Transfer): Steps<void> {
  while (!transfer.isDone()) yield;
}

/** Collective calls of one kind; those with the same tag keep their order. */
export class Exchange {
  readonly #messenger: Messenger;
  readonly #tag: number;
  readonly #chunkBytes: number;

  /**
   * @param messenger The other processes.
   * @param tag Of all messages.
   * @param chunkBytes Longest message, < 2^31.
   */
  constructor(messenger: Messenger, tag: number, chunkBytes = CHUNK_BYTES) {
    this.#messenger = messenger;
    this.#tag = tag;
    this.#chunkBytes = chunkBytes;
  }

  /** @returns By process; null in all processes but the first. */
  *toFirst(bytes: Uint8Array): Steps<Uint8Array[] | null> {
    const { rank, size } = this.#messenger;
    if (rank > 0) {
      yield* this.send(0, bytes);
      return null;
    }
    const pieces = [bytes];
    for (let peer = 1; peer < size; peer++) {
      pieces.push(yield* this.receive(peer));
    }
    return pieces;
  }

  /** @param bytes Of process 0; ignored in every other. */
  *fromFirst(bytes: Uint8Array): Steps<Uint8Array> {
    const { rank, size } = this.#messenger;
    // The lowest bit of a rank names its parent; lower ones its children.
    let bit = 1;
    while (bit < size && (rank & bit) === 0) bit *= 2;
    const piece = rank === 0 ? bytes : yield* this.receive(rank - bit);
    for (bit /= 2; bit >= 1; bit /= 2) {
      if (rank + bit < size) yield* this.send(rank + bit, piece);
    }
    return piece;
  }

  /** @returns By process, in every process. */
  *toAll(bytes: Uint8Array): Steps<Uint8Array[]> {
    const pieces = yield* this.toFirst(bytes);
    const packed = pieces === null ? new Uint8Array() : pack(pieces);
    return unpack(yield* this.fromFirst(packed), this.#messenger.size);
  }

  /** Sends a piece. */
  *send(peer: number, bytes: Uint8Array): Steps<void> {
    const head = new Uint8Array(
      LENGTH_BYTES + Math.min(bytes.length, INLINE_BYTES),
    );
    new DataView(head.buffer).setFloat64(0, bytes.length, true);
    head.set(bytes.subarray(0, INLINE_BYTES), LENGTH_BYTES);
    yield* done(this.#messenger.send(peer, this.#tag, head));
    for (const chunk of this.#chunksOf(bytes)) {
      yield* done(this.#messenger.send(peer, this.#tag, chunk));
    }
  }

  /** Receives a piece. */
  *receive(peer: number): Steps<Uint8Array> {
    const head = new Uint8Array(HEAD_BYTES);
    yield* done(this.#messenger.receive(peer, this.#tag, head));
    const byteCount = new DataView(head.buffer).getFloat64(0, true);
    const bytes = new Uint8Array(byteCount);
    const inlineCount = Math.min(byteCount, INLINE_BYTES);
    bytes.set(head.subarray(LENGTH_BYTES, LENGTH_BYTES + inlineCount));
    for (const chunk of this.#chunksOf(bytes)) {
      yield* done(this.#messenger.receive(peer, this.#tag, chunk));
    }
    return bytes;
  }

  /** What does not fit into the head. */
  *#chunksOf(bytes: Uint8Array): Generator<Uint8Array> {
    for (let at = INLINE_BYTES; at < bytes.length; at += this.#chunkBytes) {
      yield bytes.subarray(at, at + this.#chunkBytes);
    }
  }
}

/** Lengths as float64, then the pieces. */
function pack(pieces: readonly Uint8Array[]): Uint8Array {
  const tableBytes = pieces.length * LENGTH_BYTES;
  const total = pieces.reduce((sum, { length }) => sum + length, tableBytes);
  const packed = new Uint8Array(total);
  const table = new DataView(packed.buffer);
  let at = tableBytes;
  for (const [index, piece] of pieces.entries()) {
    table.setFloat64(index * LENGTH_BYTES, piece.length, true);
    packed.set(piece, at);
    at += piece.length;
  }
  return packed;
}

function unpack(packed: Uint8Array, count: number): Uint8Array[] {
  const table = new DataView(packed.buffer, packed.byteOffset);
  const pieces: Uint8Array[] = [];
  let at = count * LENGTH_BYTES;
  for (let index = 0; index < count; index++) {
    const end = at + table.getFloat64(index * LENGTH_BYTES, true);
    // A copy, so that each may be handed on by itself.
    pieces.push(packed.slice(at, end));
    at = end;
  }
  return pieces;
}
