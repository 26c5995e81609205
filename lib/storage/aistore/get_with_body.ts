/**
 * GET with a body, which AIStore's listing wants and `fetch` forbids: through
 * `node:http`.
 */
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import type { ClientSettings } from "../s3/object_client.ts";
import { brokenOff } from "../s3/request_failure.ts";
import { failureFrom } from "./aistore_failure.ts";

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
  { tls, sessionToken, signal }:
    & Pick<
      ClientSettings,
      "tls" | "sessionToken"
    >
    & { readonly signal: AbortSignal },
): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const send = url.startsWith("https:") ? httpsRequest : httpRequest;
  const request = send(url, {
    method: "GET",
    signal,
    headers: {
      "content-type": "application/json",
      accept: "application/json",
      "content-length": String(new TextEncoder().encode(body).length),
      ...(sessionToken === null
        ? {}
        : { authorization: `Bearer ${sessionToken}` }),
    },
    ...(tls.caCerts === null ? {} : { ca: tls.caCerts }),
  }, (response) => {
    const decoder = new TextDecoder();
    let text = "";
    response.on("data", (chunk: Uint8Array) => {
      text += decoder.decode(chunk, { stream: true });
    });
    response.on("error", reject);
    response.on("end", () => {
      const status = response.statusCode ?? 0;
      if (status === 200) resolve(text);
      else reject(failureFrom(status, text));
    });
  });
  request.on("error", reject);
  request.end(body);
  try {
    return await promise;
  } catch (error) {
    throw brokenOff(error, signal);
  }
}
