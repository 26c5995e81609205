/**
 * What every client over Deno's own fetch does: one request without following
 * redirects, and the bytes of an answer in order.
 */
import { drainBody } from "./body_drain.ts";
import { lengthFrom } from "./answer_check.ts";
import type { AnswerHead, GetOptions } from "./object_client.ts";
import { brokenOff } from "./request_failure.ts";
import type { Transport } from "./transport.ts";
import { uploadBody } from "./upload_body.ts";

/** One request. */
export interface FetchOnce {
  readonly method: string;
  readonly headers: [string, string][];
  readonly body?: Uint8Array | string | undefined;
  readonly signal: AbortSignal;
}

/**
 * Sends a request and gives its answer, whatever its status.
 *
 * @throws {RequestFailure} If none comes.
 */
export async function fetchOnce(
  transport: Transport,
  url: string,
  { method, headers, body, signal }: FetchOnce,
): Promise<Response> {
  try {
    return await transport.fetch(url, {
      method,
      // Otherwise an object that says so would be inflated on its way.
      headers: [...headers, ["accept-encoding", "identity"]],
      signal,
      redirect: "manual",
      ...(body === undefined ? {} : { body: bodyInit(body) }),
    });
  } catch (error) {
    throw brokenOff(error, signal);
  }
}

function bodyInit(body: Uint8Array | string): BodyInit {
  return typeof body === "string" ? body : uploadBody(body);
}

/** The header `range` of a GET; undefined for all of an object. */
export function rangeHeader(range: GetOptions["range"]): string | undefined {
  if (range === null) return undefined;
  const { offset, byteCount } = range;
  return `bytes=${offset}-${offset + byteCount - 1}`;
}

/** What the head of an answer says. */
export function headOf({ status, headers }: Response): AnswerHead {
  return {
    status,
    byteCount: lengthFrom(headers.get("content-length")),
    contentRange: headers.get("content-range"),
    etag: headers.get("etag"),
  };
}

/**
 * Gives the bytes of an answer to a GET to the sink.
 *
 * @throws {RequestFailure} If it breaks off or is not what was asked for.
 */
export async function drainAnswer(
  response: Response,
  { sink, onHeaders, signal }: GetOptions,
): Promise<void> {
  const { body } = response;
  try {
    onHeaders(headOf(response));
    if (body !== null) await drainBody(body, sink, signal);
  } catch (error) {
    await body?.cancel().catch(() => {});
    throw brokenOff(error, signal);
  }
}
