/**
 * Requests over undici, where neither fetch nor node:http will do:
 *
 *    insecure   TLS without checking certificates, which Deno's fetch cannot
 *               do, nor node:https in Deno 2.4.2
 *    proxies    of the library minio, as node:http knows none
 *    2.4.2      and that library: node:http of this Deno neither keeps
 *               connections nor takes IPv6 addresses
 *
 * undici over node:net and node:tls can, in all versions. It is slower than
 * fetch and may limit a fast storage, so an insecure run has a warning. A
 * connection is used again one turn of the event loop after its answer, so there
 * may be twice as many as requests in flight. It is loaded only when used.
 */
import { EventEmitter } from "node:events";
import type http from "node:http";
import type { Readable } from "node:stream";
import type { Agent, Dispatcher, ProxyAgent } from "undici";
import { hideEnvironment } from "./package_environment.ts";
import { type Proxy, proxyAuthorization, proxyFor } from "./proxy.ts";
import type { TransportSettings } from "./object_client.ts";

/** Connections of undici. */
export class UndiciStack {
  readonly #settings: TransportSettings;
  /** By the address of their proxies; "": none. */
  readonly #agents = new Map<string, Promise<Loaded>>();

  constructor(settings: TransportSettings) {
    this.#settings = settings;
  }

  /** As `fetch`; redirects are not followed. */
  async fetch(url: string, init: RequestInit): Promise<Response> {
    const { undici, agent } = await this.#agentFor(url);
    // undici's own fetch does not end a body whose connection breaks off.
    const { statusCode, headers, body } = await undici.request(url, {
      dispatcher: agent,
      method: init.method as Dispatcher.HttpMethod,
      headers: Object.fromEntries(init.headers as [string, string][]),
      signal: init.signal ?? null,
      body: await bytesOf(init.body),
      reset: false,
    });
    const isEmpty = init.method === "HEAD" || [204, 304].includes(statusCode);
    if (isEmpty) body.resume();
    return new Response(isEmpty ? null : streamOf(body), {
      status: statusCode,
      headers: Object.entries(headers).map(([name, value]) =>
        [name, String(value)] as [string, string]
      ),
    });
  }

  /** As `fetch` of a request that is made already. */
  async fetchRequest(request: Request): Promise<Response> {
    const { method, url, headers, signal } = request;
    const hasBody = request.body !== null;
    return await this.fetch(url, {
      method,
      headers: [...headers],
      signal,
      ...(hasBody ? { body: await request.bytes() } : {}),
    });
  }

  /** As `https.request`, as far as Stoker and minio use it. */
  request(
    options: http.RequestOptions,
    onAnswer: (answer: http.IncomingMessage) => void,
  ): http.ClientRequest {
    const sent = new UndiciRequest((body, signal) =>
      this.#dispatch(options, body, signal)
    );
    sent.once("response", onAnswer);
    return sent as unknown as http.ClientRequest;
  }

  /** Closes all connections. */
  close(): void {
    for (const loading of this.#agents.values()) {
      loading.then(({ agent }) => agent.destroy()).catch(() => {});
    }
  }

  async #dispatch(
    { protocol, method, host, port, path, headers }: http.RequestOptions,
    body: Uint8Array | string | null,
    signal: AbortSignal,
  ): Promise<Dispatcher.ResponseData> {
    const name = /^[^[].*:/.test(host ?? "") ? `[${host}]` : host;
    const origin = `${protocol ?? "https:"}//${name}${
      port === undefined || port === null ? "" : `:${port}`
    }`;
    const { undici, agent } = await this.#agentFor(origin);
    return await undici.request(origin + path, {
      dispatcher: agent,
      method: method as Dispatcher.HttpMethod,
      headers: headers as Record<string, string>,
      body,
      signal,
      // Else a connection ends with the answer to a HEAD.
      reset: false,
    });
  }

  #agentFor(url: string): Promise<Loaded> {
    const { tls, proxies } = this.#settings;
    const proxy = proxyFor(url, proxies);
    const key = proxy?.origin ?? "";
    let loading = this.#agents.get(key);
    if (loading === undefined) {
      loading = loadAgent(tls, proxy);
      this.#agents.set(key, loading);
    }
    return loading;
  }
}

interface Loaded {
  readonly undici: typeof import("undici");
  readonly agent: Agent | ProxyAgent;
}

async function loadAgent(
  { caCerts, insecure }: TransportSettings["tls"],
  proxy: Proxy | null,
): Promise<Loaded> {
  await hideEnvironment();
  const undici = await import("undici");
  const connect = {
    timeout: 0,
    rejectUnauthorized: !insecure,
    ...(caCerts === null ? {} : { ca: caCerts }),
  };
  // Requests have deadlines of their own.
  const limits = { headersTimeout: 0, bodyTimeout: 0 };
  if (proxy === null) {
    return { undici, agent: new undici.Agent({ ...limits, connect }) };
  }
  const token = proxyAuthorization(proxy);
  const agent = new undici.ProxyAgent({
    ...limits,
    uri: proxy.origin,
    requestTls: connect,
    // Plain HTTP is asked of the proxy itself, as fetch does.
    proxyTunnel: false,
    ...(token === null ? {} : { token }),
  });
  return { undici, agent };
}

/** A Blob of `upload_body.ts` has its bytes in its stream alone. */
async function bytesOf(
  body: RequestInit["body"],
): Promise<Uint8Array | string | null> {
  if (body instanceof Blob) return await new Response(body.stream()).bytes();
  return (body ?? null) as Uint8Array | string | null;
}

/**
 * As fetch has it: a stream of bytes that fills the reader's buffers. Deno
 * 2.4.2's own `Readable.toWeb` throws where a stream is cancelled.
 */
function streamOf(body: Readable): ReadableStream<Uint8Array<ArrayBuffer>> {
  const chunks = body[Symbol.asyncIterator]();
  body.on("error", () => {});
  return new ReadableStream({
    type: "bytes",
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done === true) {
        controller.close();
        controller.byobRequest?.respond(0);
      } else {
        // A copy, as the stream takes the memory, which is node's pool.
        controller.enqueue(new Uint8Array(value));
      }
    },
    cancel() {
      body.destroy();
    },
    // Deno 2.4.2 says less of what is in the stream.
  }, { highWaterMark: 0 }) as ReadableStream<Uint8Array<ArrayBuffer>>;
}

type Send = (
  body: Uint8Array | string | null,
  signal: AbortSignal,
) => Promise<Dispatcher.ResponseData>;

/** Speaks like a `ClientRequest` whose body is given at its end. */
class UndiciRequest extends EventEmitter {
  readonly #send: Send;
  readonly #ending = new AbortController();

  constructor(send: Send) {
    super();
    this.#send = send;
  }

  end(body: Uint8Array | string | null = null): void {
    this.#send(body, this.#ending.signal).then(
      (data) => this.emit("response", toIncoming(data)),
      (error) => this.emit("error", error),
    );
  }

  destroy(): void {
    this.#ending.abort();
  }
}

function toIncoming(data: Dispatcher.ResponseData): http.IncomingMessage {
  const { body, statusCode, headers } = data;
  const answer = Object.assign(body, { statusCode, headers, complete: false });
  answer.once("end", () => answer.complete = true);
  // Who ends it early hears of an error that nobody else waits for.
  answer.on("error", () => {});
  return answer as unknown as http.IncomingMessage;
}
