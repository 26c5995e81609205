/**
 * Answers that are taken whole, listings and errors: no longer than 16 MiB,
 * which is four times a page of 1,000 keys of 1,024 bytes, each escaped.
 */
import { concatBytes } from "../../bytes/concat_bytes.ts";
import { REFUSED_BY_RULE, RequestFailure } from "./request_failure.ts";

/** Longest answer that is not an object's bytes. */
export const MAX_ANSWER_BYTES = 16 * 2 ** 20;

/**
 * The text of a body.
 *
 * @param signal Ends a body that stands still.
 * @throws {RequestFailure} If it is longer than {@linkcode MAX_ANSWER_BYTES}.
 */
export async function boundedText(
  body: ReadableStream<Uint8Array> | null,
  signal: AbortSignal,
): Promise<string> {
  if (body === null) return "";
  const reader = body.getReader();
  const stop = () => void reader.cancel(signal.reason).catch(() => {});
  signal.addEventListener("abort", stop, { once: true });
  const chunks: Uint8Array[] = [];
  let byteCount = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      // A body that was given up reads as one that has ended.
      if (signal.aborted) throw signal.reason;
      if (done) break;
      byteCount += value.length;
      if (byteCount > MAX_ANSWER_BYTES) throw answerTooLong();
      chunks.push(value);
    }
  } catch (error) {
    await reader.cancel().catch(() => {});
    throw error;
  } finally {
    signal.removeEventListener("abort", stop);
  }
  return new TextDecoder().decode(concatBytes(chunks));
}

/** An answer whose body fails where it is longer than it may be. */
export function boundedAnswer({ body, status, headers }: Response): Response {
  let byteCount = 0;
  const limit = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      byteCount += chunk.length;
      if (byteCount > MAX_ANSWER_BYTES) throw answerTooLong();
      controller.enqueue(chunk);
    },
  });
  return new Response(body?.pipeThrough(limit) ?? null, { status, headers });
}

/** Of an answer that is longer than any should be. */
export function answerTooLong(): RequestFailure {
  return new RequestFailure({
    status: 0,
    code: REFUSED_BY_RULE,
    message: `the answer is longer than ${MAX_ANSWER_BYTES} bytes`,
  });
}
