/**
 * HTTP/1.1 requests that `fetch` forbids, on a connection of their own:
 *
 *    list      GET with a body
 *    declare   PUT with the length of a body and none of its bytes
 *
 * `node:http` would do, were it not that Deno 2.4 sends no body with a GET.
 * Spec: RFC 9112.
 */
import type { ClientSettings } from "../s3/object_client.ts";
import { brokenOff, RequestFailure } from "../s3/request_failure.ts";

const READ_BYTES = 65536;

/** One request. */
export interface RawRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Empty: headers only, whatever length they declare. */
  readonly body: string;
  readonly signal: AbortSignal;
  readonly settings: Pick<ClientSettings, "tls" | "sessionToken">;
}

/**
 * Sends a request and takes its whole answer.
 *
 * @throws {RequestFailure} If none comes, or no HTTP.
 */
export async function sendRaw(
  url: string,
  request: RawRequest,
): Promise<Response> {
  const { signal, settings } = request;
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const stop = () => aborted.reject(signal.reason);
  signal.addEventListener("abort", stop);
  const connecting = connect(new URL(url), settings.tls);
  try {
    const answer = exchange(connecting, headOf(new URL(url), request), request);
    return await Promise.race([answer, aborted.promise]);
  } catch (error) {
    throw brokenOff(error, signal);
  } finally {
    signal.removeEventListener("abort", stop);
    // It may come to stand when nobody waits for it any more.
    connecting.then((connection) => connection.close(), () => {});
  }
}

async function exchange(
  connecting: Promise<Deno.Conn>,
  head: string,
  { body }: RawRequest,
): Promise<Response> {
  const connection = await connecting;
  await writeAll(connection, head + body);
  return await readAnswer(connection);
}

function connect(
  { protocol, hostname: host, port }: URL,
  { caCerts }: ClientSettings["tls"],
): Promise<Deno.Conn> {
  const hostname = host.replace(/^\[(.*)\]$/, "$1");
  if (protocol === "http:") {
    return Deno.connect({ hostname, port: Number(port || 80) });
  }
  return Deno.connectTls({
    hostname,
    port: Number(port || 443),
    ...(caCerts === null ? {} : { caCerts: [caCerts] }),
  });
}

function headOf(
  { host, pathname, search }: URL,
  { method, headers, settings: { sessionToken } }: RawRequest,
): string {
  const lines = Object.entries({
    host,
    ...headers,
    ...(sessionToken === null
      ? {}
      : { authorization: `Bearer ${sessionToken}` }),
    // Otherwise a server that was sent no body waits for it.
    connection: "close",
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${pathname}${search} HTTP/1.1\r\n${lines.join("")}\r\n`;
}

async function writeAll(connection: Deno.Conn, text: string): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  for (let sentBytes = 0; sentBytes < bytes.length;) {
    sentBytes += await connection.write(bytes.subarray(sentBytes));
  }
}

async function readAnswer(connection: Deno.Conn): Promise<Response> {
  const buffer = new Uint8Array(READ_BYTES);
  let received = new Uint8Array(0);
  for (;;) {
    const byteCount = await connection.read(buffer);
    const longer = new Uint8Array(received.length + (byteCount ?? 0));
    longer.set(received);
    longer.set(buffer.subarray(0, byteCount ?? 0), received.length);
    received = longer;
    const answer = parseAnswer(received, byteCount === null);
    if (answer !== null) return answer;
    if (byteCount === null) throw malformed("ends too early");
  }
}

/**
 * The answer in the bytes of a connection.
 *
 * @param isEnd Nothing follows.
 * @returns Null as long as some of it is missing.
 * @throws {RequestFailure} If it is no HTTP.
 */
export function parseAnswer(
  bytes: Uint8Array<ArrayBuffer>,
  isEnd: boolean,
): Response | null {
  const headBytes = indexOf(bytes, "\r\n\r\n", 0);
  if (headBytes < 0) return null;
  const [first = "", ...lines] = textOf(bytes.subarray(0, headBytes))
    .split("\r\n");
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(first)?.[1]);
  const rest = bytes.subarray(headBytes + 4);
  if (status >= 100 && status < 200) return parseAnswer(rest, isEnd);
  if (!(status >= 200 && status <= 599)) throw malformed("is no HTTP");
  const headers = new Headers();
  for (const line of lines) {
    const [, name, value] = /^([\w-]+):[ \t]*(.*)$/.exec(line) ?? [];
    if (name !== undefined) headers.append(name, value?.trim() ?? "");
  }
  const body = bodyOf(rest, headers, isEnd);
  if (body === null) return null;
  return new Response(body.length === 0 ? null : body, { status, headers });
}

function bodyOf(
  rest: Uint8Array<ArrayBuffer>,
  headers: Headers,
  isEnd: boolean,
): Uint8Array<ArrayBuffer> | null {
  if (/chunked/i.test(headers.get("transfer-encoding") ?? "")) {
    return unchunk(rest);
  }
  const length = headers.get("content-length");
  if (length === null) return isEnd ? rest : null;
  return rest.length < Number(length) ? null : rest.slice(0, Number(length));
}

/** Each chunk: its length in hexadecimal, CRLF, bytes, CRLF; the last is empty. */
function unchunk(rest: Uint8Array): Uint8Array<ArrayBuffer> | null {
  const chunks: Uint8Array[] = [];
  for (let at = 0;;) {
    const end = indexOf(rest, "\r\n", at);
    if (end < 0) return null;
    const size = /^[0-9a-f]+/i.exec(textOf(rest.subarray(at, end)))?.[0];
    if (size === undefined) throw malformed("has a chunk of no length");
    const byteCount = parseInt(size, 16);
    if (byteCount === 0) return concatenated(chunks);
    at = end + 2 + byteCount + 2;
    if (at > rest.length) return null;
    chunks.push(rest.subarray(end + 2, at - 2));
  }
}

function concatenated(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(
    chunks.reduce((sum, { length }) => sum + length, 0),
  );
  let offset = 0;
  for (const chunk of chunks) {
    all.set(chunk, offset);
    offset += chunk.length;
  }
  return all;
}

function indexOf(bytes: Uint8Array, wanted: string, from: number): number {
  for (
    let at = bytes.indexOf(13, from);
    at >= 0;
    at = bytes.indexOf(13, at + 1)
  ) {
    if (textOf(bytes.subarray(at, at + wanted.length)) === wanted) return at;
  }
  return -1;
}

/** One character for each byte. */
function textOf(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(bytes);
}

function malformed(how: string): RequestFailure {
  return new RequestFailure({
    status: 0,
    code: "MalformedAnswer",
    message: `the answer ${how}`,
  });
}
