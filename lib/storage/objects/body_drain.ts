/**
 * Reads the body of a response from its stream through buffers that are reused.
 *
 * Without a buffer of the caller's, Deno makes one of 64 KiB for every chunk,
 * fills it with zeros first and leaves it to the garbage collector. A buffer
 * given to each read halves the CPU time of a large GET, from 0.65 to 0.30 s
 * per GB, half of it because a longer one takes what one call of the system
 * brought: 0.37 with 64 KiB, 0.31 with 128, 0.29 with 256, 0.28 with 512.
 */

/** Bytes of one buffer; only what a body fills of it becomes resident. */
const BUFFER_BYTES = 256 * 1024;

/** Of this thread; as many as were in use at once. */
const free: ArrayBufferLike[] = [];

/**
 * Reads the body of an answer to its end.
 *
 * @param body Where from; a stream of bytes, which fills buffers.
 * @param sink Takes the bytes in order; a chunk is valid during the call.
 * @param signal Ends a body that stands still; aborting whatever made the body
 *   does not always reach it.
 * @throws What the stream or the sink failed with, or the signal's reason; the
 *   body is given up then.
 */
export async function drainBody(
  body: ReadableStream<Uint8Array>,
  sink: (chunk: Uint8Array) => void,
  signal: AbortSignal,
): Promise<void> {
  const reader = body.getReader({ mode: "byob" });
  const stop = () => void reader.cancel(signal.reason).catch(() => {});
  signal.addEventListener("abort", stop, { once: true });
  try {
    let buffer = free.pop() ?? new ArrayBuffer(BUFFER_BYTES);
    for (;;) {
      // The stream takes the buffer and hands it back as another object.
      const { done, value } = await reader.read(new Uint8Array(buffer));
      // A body that was given up reads as one that has ended.
      if (signal.aborted) throw signal.reason;
      if (value !== undefined) buffer = value.buffer;
      if (done) break;
      sink(value);
    }
    free.push(buffer);
  } catch (error) {
    await reader.cancel().catch(() => {});
    throw error;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
