/**
 * What every client over Deno's own fetch does: one request without following
 * redirects, and the bytes of an answer in order.
 */
import { drainBody } from "./body_drain.ts";
import type { GetOptions } from "./object_client.ts";
import { brokenOff, RequestFailure } from "./request_failure.ts";
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

/**
 * Gives the bytes of an answer to a GET to the sink.
 *
 * @returns Length that the headers gave, null if they gave none.
 * @throws {RequestFailure} If it breaks off or is not the range that was asked
 *   for.
 */
export async function drainAnswer(
  { status, headers, body }: Response,
  { range, sink, onHeaders, signal }: GetOptions,
): Promise<number | null> {
  onHeaders();
  try {
    if (range !== null) checkRange(status, headers, range.offset);
    if (body !== null) await drainBody(body, sink);
  } catch (error) {
    await body?.cancel().catch(() => {});
    throw brokenOff(error, signal);
  }
  const length = headers.get("content-length");
  return length === null ? null : Number(length);
}

/**
 * A range is 206 or, from AIStore until December 2025, 200 with the header
 * that says which bytes these are (its pull request 250).
 */
function checkRange(status: number, headers: Headers, offset: number): void {
  const given = headers.get("content-range");
  const start = /^bytes (\d+)-/.exec(given ?? "")?.[1];
  if (start === undefined ? status === 206 : Number(start) === offset) return;
  throw new RequestFailure({
    status: 0,
    code: "IgnoredRange",
    message: given === null
      ? "the whole object instead of a range"
      : `the range "${given}" instead of bytes from ${offset}`,
    requestId: headers.get("x-amz-request-id"),
  });
}
