/**
 * A body that fetch sends piece by piece out of the caller's memory.
 *
 * Given the bytes themselves, fetch copies them twice before it sends any:
 * four parts of 128 MiB in flight took 2 GiB beside their buffers and 1.6 s
 * of CPU per GB. A stream takes 12 MiB and 0.4 s, but is sent without a
 * length, which S3 refuses. Only a Blob is both a stream and of a known
 * length; this one hands out views of memory that it does not own.
 */

/** Up to this length two copies cost less than the turns of a stream. */
const COPIED_BYTES = 512 * 1024;
/** Bytes handed over at once. */
const PIECE_BYTES = 2 ** 20;

/**
 * What to give fetch for `bytes`, which must stay as they are until the
 * answer is there. A body is for one request: a retry makes another one.
 */
export function uploadBody(bytes: Uint8Array): BodyInit {
  const body = bytes as Uint8Array<ArrayBuffer>;
  return body.length <= COPIED_BYTES ? body : new BorrowedBlob(body);
}

class BorrowedBlob extends Blob {
  readonly #bytes: Uint8Array<ArrayBuffer>;

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    super();
    this.#bytes = bytes;
  }

  override get size(): number {
    return this.#bytes.length;
  }

  override stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    const bytes = this.#bytes;
    let offset = 0;
    return new ReadableStream({
      pull(controller) {
        controller.enqueue(bytes.subarray(offset, offset + PIECE_BYTES));
        offset += PIECE_BYTES;
        if (offset >= bytes.length) controller.close();
      },
    }, { highWaterMark: 0 });
  }
}
