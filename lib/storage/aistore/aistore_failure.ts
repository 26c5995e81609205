/**
 * What AIStore says of a request that failed.
 *
 *    {"message": "...", "status": 404, "tcode": "ErrBckNotFound", "node": "..."}
 *
 * In the body or, where there can be none, in the header `Hdr-Error`.
 */
import { RequestFailure } from "../objects/request_failure.ts";
import { retryAfterMs } from "../objects/retry_after.ts";

/** The failure that a response describes; reads its body. */
export async function failureOf(response: Response): Promise<RequestFailure> {
  const text = await response.text().catch(() => "");
  return failureFrom(
    response.status,
    text === "" ? response.headers.get("hdr-error") ?? "" : text,
    retryAfterMs(
      response.headers.get("retry-after"),
      response.headers.get("date"),
    ),
  );
}

/** The failure in the text of an answer. */
export function failureFrom(
  status: number,
  text: string,
  waitMs: number | null = null,
): RequestFailure {
  const { message, tcode } = parse(text);
  return new RequestFailure({
    status,
    // A bucket that is not there has no object: a write makes it.
    code: status === 404 ? "NotFound" : tcode ?? `${status}`,
    message: message ?? "no reason given",
    retryAfterMs: waitMs,
  });
}

function parse(text: string): { message?: string; tcode?: string } {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null) return { message: text };
    const { message, tcode } = value as Record<string, unknown>;
    return {
      ...(typeof message === "string" ? { message } : {}),
      ...(typeof tcode === "string" && tcode !== "" ? { tcode } : {}),
    };
  } catch {
    const message = text.trim().slice(0, 200);
    return message === "" ? {} : { message };
  }
}
