/**
 * GET with a body, which AIStore's listing wants and `fetch` forbids: through
 * `node:http`, and through undici over TLS.
 */
import http from "node:http";
import type { ClientSettings } from "../s3/object_client.ts";
import { brokenOff } from "../s3/request_failure.ts";
import { retryAfterMs } from "../s3/retry_after.ts";
import { UndiciTls } from "../s3/undici_tls.ts";
import { failureFrom } from "./aistore_failure.ts";

/** What of the settings and of a call is needed. */
type AskOptions = Pick<ClientSettings, "tls" | "sessionToken"> & {
  readonly signal: AbortSignal;
};

/**
 * Asks for a text.
 *
 * @param url Where.
 * @param body JSON.
 * @throws {RequestFailure} If it is refused or breaks off.
 */
export async function askWithBody(
  url: string,
  body: string,
  { tls, sessionToken, signal }: AskOptions,
): Promise<string> {
  const { protocol, hostname, port, pathname, search } = new URL(url);
  const overTls = protocol === "https:" ? new UndiciTls(tls) : null;
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const request = (overTls ?? http).request({
    method: "GET",
    protocol,
    host: hostname.replace(/^\[|\]$/g, ""),
    ...(port === "" ? {} : { port }),
    path: pathname + search,
    headers: {
      "content-type": "application/json",
      accept: "application/json",
      "content-length": String(new TextEncoder().encode(body).length),
      ...(sessionToken === null
        ? {}
        : { authorization: `Bearer ${sessionToken}` }),
    },
  }, (response) => {
    const decoder = new TextDecoder();
    let text = "";
    response.on("data", (chunk: Uint8Array) => {
      text += decoder.decode(chunk, { stream: true });
    });
    response.on("error", reject);
    response.on("end", () => {
      const status = response.statusCode ?? 0;
      if (status === 200) return resolve(text);
      const { "retry-after": wait, date } = response.headers;
      reject(failureFrom(status, text, retryAfterMs(wait, date)));
    });
  });
  request.on("error", reject);
  const end = () => {
    reject(signal.reason);
    request.destroy();
  };
  if (signal.aborted) end();
  else signal.addEventListener("abort", end, { once: true });
  request.end(body);
  try {
    return await promise;
  } catch (error) {
    throw brokenOff(error, signal);
  } finally {
    signal.removeEventListener("abort", end);
    overTls?.close();
  }
}
