/**
 * A proxy in front of an S3 server that does harm: cuts bodies, stalls,
 * answers by itself. It works on raw TCP, since an HTTP server would not let
 * itself be made to lie; one connection serves one request.
 */

/** A request as the proxy sees it. */
export interface SeenRequest {
  readonly method: string;
  /** Path with query. */
  readonly target: string;
  /** Requests before this one. */
  readonly number: number;
  /** Request line and headers. */
  readonly head: string;
}

/** What to do to a request; null: nothing. */
export type Fault =
  /** The server's answer breaks off after so many bytes of its body. */
  | { readonly kind: "cut"; readonly bodyBytes: number }
  /** It stands still there, until the client gives up. */
  | { readonly kind: "stall"; readonly bodyBytes: number }
  /** The answer begins late. */
  | { readonly kind: "late"; readonly delayMs: number }
  /** The proxy answers 200 with a body that never ends. */
  | {
    readonly kind: "endless";
    readonly chunkBytes: number;
    readonly everyMs: number;
  }
  /** The connection is closed before anything is said. */
  | { readonly kind: "drop" }
  /** The proxy answers; the server hears nothing. */
  | (Answer & { readonly kind: "answer" })
  /** The server does it, then the proxy answers. */
  | (Answer & { readonly kind: "answerAfter" });

/** An answer of the proxy's own. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Says nothing of the length; the connection's end is the body's. */
  readonly hasNoLength?: true;
}

/** Decides what is done to a request. */
export type FaultRule = (request: SeenRequest) => Fault | null;

/** A running proxy. */
export interface FaultProxy {
  readonly endpoint: string;
  /** Every request so far, "METHOD target". */
  readonly seen: readonly string[];
  rule: FaultRule;
  stop(): Promise<void>;
}

/** An error of S3's in XML. */
export function s3Error(status: number, code: string): Answer {
  return {
    status,
    headers: { "x-amz-request-id": "REQ42" },
    body: `<?xml version="1.0"?><Error><Code>${code}</Code>` +
      `<Message>because of ${code}</Message></Error>`,
  };
}

/** Applies a fault to the first `count` requests that match. */
export function firstOf(
  count: number,
  matches: (request: SeenRequest) => boolean,
  fault: Fault,
): FaultRule {
  let hits = 0;
  return (request) => matches(request) && hits++ < count ? fault : null;
}

/** Starts a proxy in front of `upstream`, without faults. */
export function startFaultProxy(upstream: string): FaultProxy {
  const { hostname, port } = new URL(upstream);
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Deno.Conn>();
  const serving: Promise<void>[] = [];
  const { promise: stopped, resolve: endWaits } = Promise.withResolvers<void>();
  const proxy = {
    stopped,
    endpoint: `http://127.0.0.1:${listener.addr.port}`,
    seen: [] as string[],
    rule: (() => null) as FaultRule,
    stop: async () => {
      endWaits();
      listener.close();
      for (const connection of open) close(connection);
      await Promise.all(serving);
    },
  };
  const connectUpstream = () => Deno.connect({ hostname, port: Number(port) });
  serving.push(
    (async () => {
      for await (const client of listener) {
        open.add(client);
        serving.push(
          serve(client, proxy, connectUpstream, open)
            .catch(() => {})
            .finally(() => {
              open.delete(client);
              close(client);
            }),
        );
      }
    })().catch(() => {}),
  );
  return proxy;
}

async function serve(
  client: Deno.Conn,
  proxy: { seen: string[]; rule: FaultRule; stopped: Promise<void> },
  connectUpstream: () => Promise<Deno.Conn>,
  open: Set<Deno.Conn>,
): Promise<void> {
  const request = await readMessage(client);
  if (request === null) return;
  const [method = "", target = ""] = request.head.split(" ");
  const number = proxy.seen.length;
  proxy.seen.push(`${method} ${target}`);
  const fault = proxy.rule({ method, target, number, head: request.head });
  if (fault?.kind === "drop") return;
  if (fault?.kind === "late") {
    await sleepUntil(fault.delayMs, proxy.stopped);
  }
  if (fault?.kind === "answer") {
    await finishBody(client, request);
    await writeAll(client, answerBytes(fault));
    return;
  }
  if (fault?.kind === "endless") return await neverEnd(client, fault);
  const upstream = await connectUpstream();
  open.add(upstream);
  try {
    await writeAll(upstream, encode(withClose(request.head)));
    await writeAll(upstream, request.body);
    await forward(client, upstream, request.restBytes);
    await answer(client, upstream, fault);
  } finally {
    open.delete(upstream);
    close(upstream);
  }
}

async function answer(
  client: Deno.Conn,
  upstream: Deno.Conn,
  fault: Fault | null,
): Promise<void> {
  if (fault?.kind === "answerAfter") {
    const buffer = new Uint8Array(65536);
    while (await upstream.read(buffer) !== null);
    await writeAll(client, answerBytes(fault));
    return;
  }
  const response = await readMessage(upstream);
  if (response === null) return;
  await writeAll(client, encode(withClose(response.head)));
  const cuts = fault?.kind === "cut" || fault?.kind === "stall";
  if (!cuts) {
    await writeAll(client, response.body);
    await forward(client, upstream, Infinity);
    return;
  }
  let body = response.body;
  const buffer = new Uint8Array(65536);
  while (body.length < fault.bodyBytes) {
    const byteCount = await upstream.read(buffer);
    if (byteCount === null) break;
    body = concat(body, buffer.subarray(0, byteCount));
  }
  await writeAll(client, body.subarray(0, fault.bodyBytes));
  if (fault.kind === "cut") return;
  // Until the client gives up.
  while (await client.read(buffer) !== null);
}

/** Until the client gives up. */
async function neverEnd(
  client: Deno.Conn,
  { chunkBytes, everyMs }: Extract<Fault, { kind: "endless" }>,
): Promise<void> {
  const head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
  await writeAll(client, encode(head));
  const chunk = encode(
    `${chunkBytes.toString(16)}\r\n${" ".repeat(chunkBytes)}\r\n`,
  );
  for (;;) {
    await writeAll(client, chunk);
    await sleep(everyMs);
  }
}

interface Message {
  readonly head: string;
  /** What of the body came with the head. */
  readonly body: Uint8Array;
  /** What of the body has not come. */
  readonly restBytes: number;
}

async function readMessage(connection: Deno.Conn): Promise<Message | null> {
  const buffer = new Uint8Array(65536);
  let bytes: Uint8Array = new Uint8Array(0);
  for (;;) {
    const text = new TextDecoder("latin1").decode(bytes);
    const end = text.indexOf("\r\n\r\n");
    if (end >= 0) {
      const head = text.slice(0, end + 4);
      const body = bytes.subarray(end + 4);
      const length = /\r\ncontent-length: *(\d+)/i.exec(head);
      return {
        head,
        body,
        restBytes: Number(length?.[1] ?? 0) - body.length,
      };
    }
    const byteCount = await connection.read(buffer);
    if (byteCount === null) return null;
    bytes = concat(bytes, buffer.subarray(0, byteCount));
  }
}

function withClose(head: string): string {
  return head.replace(/\r\nconnection:[^\r]*/gi, "")
    .replace(/\r\n\r\n$/, "\r\nconnection: close\r\n\r\n");
}

async function finishBody(client: Deno.Conn, request: Message): Promise<void> {
  const buffer = new Uint8Array(65536);
  let restBytes = request.restBytes;
  while (restBytes > 0) {
    const byteCount = await client.read(buffer);
    if (byteCount === null) return;
    restBytes -= byteCount;
  }
}

async function forward(
  to: Deno.Conn | Deno.Conn,
  from: Deno.Conn,
  restBytes: number,
): Promise<void> {
  // A request flows from client to server, an answer the other way.
  const [source, target] = restBytes === Infinity ? [from, to] : [to, from];
  const buffer = new Uint8Array(65536);
  let rest = restBytes;
  while (rest > 0) {
    const byteCount = await source.read(buffer);
    if (byteCount === null) return;
    rest -= byteCount;
    await writeAll(target, buffer.subarray(0, byteCount));
  }
}

function answerBytes(
  { status, headers = {}, body = "", hasNoLength }: Answer,
): Uint8Array {
  const length = encode(body).length;
  const lines = Object.entries({
    ...(hasNoLength === true ? {} : { "content-length": `${length}` }),
    connection: "close",
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return encode(`HTTP/1.1 ${status} X\r\n${lines.join("")}\r\n${body}`);
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array) {
  let done = 0;
  while (done < bytes.length) {
    done += await connection.write(bytes.subarray(done));
  }
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // Closed by the other side.
  }
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Waits, but not beyond an end; leaves no timer behind, which keeps a test. */
async function sleepUntil(delayMs: number, end: Promise<void>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, delayMs);
  await Promise.race([promise, end]);
  clearTimeout(timer);
}

function sleep(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}
