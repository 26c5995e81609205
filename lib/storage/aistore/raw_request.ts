/**
 * HTTP/1.1 requests that `fetch` forbids, on a connection of their own:
 *
 *    list      GET with a body
 *    declare   PUT with the length of a body and none of its bytes
 *
 * `node:http` would do, were it not that Deno 2.4 sends no body with a GET, and
 * undici sends no length but the body's. `node:tls` can leave certificates
 * unchecked, which `Deno.connectTls` cannot.
 * Spec: RFC 9112.
 */
import net from "node:net";
import tls from "node:tls";
import { concatBytes } from "../../bytes/concat_bytes.ts";
import { answerTooLong, MAX_ANSWER_BYTES } from "../objects/bounded_body.ts";
import type {
  TlsSettings,
  TransportSettings,
} from "../objects/object_client.ts";
import { type Proxy, proxyAuthorization, proxyFor } from "../objects/proxy.ts";
import { brokenOff, RequestFailure } from "../objects/request_failure.ts";

/** Longest answer of a proxy that is asked for a tunnel. */
const MAX_HEAD_BYTES = 64 * 1024;

/** One request. */
export interface RawRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Empty: headers only, whatever length they declare. */
  readonly body: string;
  readonly signal: AbortSignal;
  readonly transport: TransportSettings;
  /** Sent as a bearer token; null: none. */
  readonly authToken: string | null;
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
  const { signal, body } = request;
  signal.throwIfAborted();
  const { tls, proxies } = request.transport;
  const proxy = proxyFor(url, proxies);
  let socket = proxy === null
    ? connect(new URL(url), tls)
    : net.connect(proxy.port, proxy.hostname);
  const stop = () => socket.destroy();
  signal.addEventListener("abort", stop, { once: true });
  try {
    if (proxy !== null && url.startsWith("https:")) {
      await openTunnel(socket, new URL(url), proxy);
      socket = connect(new URL(url), tls, socket);
    }
    socket.write(headOf(new URL(url), request, proxy) + body);
    return await readAnswer(socket);
  } catch (error) {
    throw brokenOff(error, signal);
  } finally {
    signal.removeEventListener("abort", stop);
    socket.destroy();
  }
}

function connect(
  { protocol, hostname, port }: URL,
  { caCerts, insecure }: TlsSettings,
  tunnel?: net.Socket,
): net.Socket {
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  if (protocol === "http:") return net.connect(Number(port || 80), host);
  return tls.connect({
    host,
    port: Number(port || 443),
    ...(tunnel === undefined ? {} : { socket: tunnel }),
    ...(net.isIP(host) === 0 ? { servername: host } : {}),
    rejectUnauthorized: !insecure,
    ...(caCerts === null ? {} : { ca: caCerts }),
  });
}

/** Has a proxy connect to the server; what follows is between the two. */
async function openTunnel(
  socket: net.Socket,
  { hostname, port }: URL,
  proxy: Proxy,
): Promise<void> {
  const place = `${hostname}:${port || 443}`;
  const token = proxyAuthorization(proxy);
  socket.write(
    `CONNECT ${place} HTTP/1.1\r\nhost: ${place}\r\n` +
      (token === null ? "" : `proxy-authorization: ${token}\r\n`) + "\r\n",
  );
  const head = await readHead(socket);
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1]);
  if (status >= 200 && status < 300) return;
  throw new RequestFailure({
    status: Number.isNaN(status) ? 0 : status,
    code: `${status}`,
    message: "the proxy opened no tunnel",
  });
}

/** The head of an answer that has no body, which is all that has come. */
async function readHead(socket: net.Socket): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let text = "";
  const onData = (chunk: Uint8Array) => {
    text += textOf(chunk);
    if (text.includes("\r\n\r\n")) resolve(text);
    else if (text.length > MAX_HEAD_BYTES) reject(malformed("is too long"));
  };
  const onEnd = () => reject(malformed("ends too early"));
  socket.on("data", onData).on("error", reject).on("close", onEnd);
  try {
    return await promise;
  } finally {
    socket.pause();
    socket.off("data", onData).off("error", reject).off("close", onEnd);
  }
}

function headOf(
  { origin, host, pathname, search }: URL,
  { method, headers, authToken }: RawRequest,
  proxy: Proxy | null,
): string {
  // Plain HTTP is asked of the proxy itself, by the whole address.
  const isAskedOfProxy = proxy !== null && origin.startsWith("http:");
  const token = isAskedOfProxy ? proxyAuthorization(proxy) : null;
  const lines = Object.entries({
    host,
    ...headers,
    ...(authToken === null ? {} : { authorization: `Bearer ${authToken}` }),
    ...(token === null ? {} : { "proxy-authorization": token }),
    // Otherwise a server that was sent no body waits for it.
    connection: "close",
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  const target = `${isAskedOfProxy ? origin : ""}${pathname}${search}`;
  return `${method} ${target} HTTP/1.1\r\n${lines.join("")}\r\n`;
}

async function readAnswer(socket: net.Socket): Promise<Response> {
  let received = new Uint8Array(0);
  for await (const chunk of socket) {
    received = concatBytes([received, chunk]);
    if (received.length > MAX_ANSWER_BYTES) throw answerTooLong();
    const answer = parseAnswer(received, false);
    if (answer !== null) return answer;
  }
  const answer = parseAnswer(received, true);
  if (answer === null) throw malformed("ends too early");
  return answer;
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
    if (byteCount === 0) return concatBytes(chunks);
    at = end + 2 + byteCount + 2;
    if (at > rest.length) return null;
    chunks.push(rest.subarray(end + 2, at - 2));
  }
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
