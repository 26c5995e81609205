/**
 * The records of a TFRecord file, written into buffers of any length.
 *
 *    front: head, Example prefix │ image │ back: Example suffix, tail
 *
 * Front and back are the same for all records but for the last four bytes,
 * the checksum. Records can be short, millions in a file, so this is a plain
 * loop and not a generator per part: 2.0 GB/s at 2,500 bytes, against 1.5.
 */
import { crc32c } from "../bytes/crc.ts";
import type { RandomSource } from "../random/random_source.ts";
import type { FileSpec } from "./format.ts";
import { sampleBytes } from "./format.ts";
import { frameExample } from "./protobuf_example.ts";
import { maskCrc, RECORD_TAIL_BYTES, recordHead } from "./tfrecord_framing.ts";

/** Writes the records of one file, front to back. */
export class RecordWriter {
  readonly #random: RandomSource;
  readonly #stream: number;
  readonly #imageBytes: number;
  readonly #front: Uint8Array;
  readonly #back: Uint8Array;
  readonly #tail: DataView;
  readonly #suffix: Uint8Array;
  readonly #prefixCrc: number;
  /** Where in the file's stream the current record's image begins. */
  #imageOffset = 0;
  /** Bytes of the current record that are written. */
  #doneBytes = 0;

  constructor(spec: FileSpec, random: RandomSource) {
    this.#random = random;
    this.#stream = spec.fileIndex;
    this.#imageBytes = sampleBytes(spec);
    const { prefix, suffix } = frameExample(this.#imageBytes);
    const head = recordHead(prefix.length + this.#imageBytes + suffix.length);
    this.#front = new Uint8Array(head.length + prefix.length);
    this.#front.set(head);
    this.#front.set(prefix, head.length);
    this.#back = new Uint8Array(suffix.length + RECORD_TAIL_BYTES);
    this.#back.set(suffix);
    this.#tail = new DataView(this.#back.buffer, suffix.length);
    this.#suffix = suffix;
    this.#prefixCrc = crc32c(prefix);
  }

  /** Writes the next `view.length` bytes of the file. */
  write(view: Uint8Array): void {
    const imageAt = this.#front.length;
    const backAt = imageAt + this.#imageBytes;
    const recordBytes = backAt + this.#back.length;
    let at = 0;
    while (at < view.length) {
      const done = this.#doneBytes;
      let partBytes: number;
      if (done < imageAt) {
        partBytes = Math.min(imageAt - done, view.length - at);
        copyPart(this.#front, done, partBytes, view, at);
      } else if (done < backAt) {
        partBytes = Math.min(backAt - done, view.length - at);
        this.#random.fill(
          view.subarray(at, at + partBytes),
          this.#stream,
          this.#imageOffset + done - imageAt,
        );
      } else {
        if (done === backAt) this.#sumRecord();
        partBytes = Math.min(recordBytes - done, view.length - at);
        copyPart(this.#back, done - backAt, partBytes, view, at);
      }
      at += partBytes;
      this.#doneBytes += partBytes;
      if (this.#doneBytes === recordBytes) {
        this.#doneBytes = 0;
        this.#imageOffset += this.#imageBytes;
      }
    }
  }

  /** Puts the current record's checksum into the back. */
  #sumRecord(): void {
    const imageCrc = this.#random.crc32c(
      this.#stream,
      this.#imageOffset,
      this.#imageBytes,
      this.#prefixCrc,
    );
    this.#tail.setUint32(0, maskCrc(crc32c(this.#suffix, imageCrc)), true);
  }
}

/** A few dozen bytes: a loop is faster than `set` with a view of its own. */
function copyPart(
  source: Uint8Array,
  offset: number,
  byteCount: number,
  target: Uint8Array,
  at: number,
): void {
  for (let i = 0; i < byteCount; i++) target[at + i] = source[offset + i]!;
}
