/**
 * Requests over TLS without checking certificates: `insecure: true`. Deno's
 * fetch cannot do it, nor can node:https in Deno 2.4.2.
 *
 * undici over node:tls can, in all versions. It is slower than fetch and may
 * limit a fast storage, so the run has a warning. It is loaded only when used.
 */
import { EventEmitter } from "node:events";
import type http from "node:http";
import type { Readable } from "node:stream";
import type { Agent, Dispatcher } from "undici";
import type { TlsSettings } from "./object_client.ts";
import { hideEnvironment } from "./package_environment.ts";

/** Connections of undici. */
export class UndiciTls {
  readonly #tls: TlsSettings;
  #agent: Promise<{ undici: typeof import("undici"); agent: Agent }> | null =
    null;

  constructor(tls: TlsSettings) {
    this.#tls = tls;
  }

  /** As `fetch`; redirects are not followed. */
  async fetch(url: string, init: RequestInit): Promise<Response> {
    const { undici, agent } = await this.#load();
    // undici's own fetch does not end a body whose connection breaks off.
    const { statusCode, headers, body } = await undici.request(url, {
      dispatcher: agent,
      method: init.method as Dispatcher.HttpMethod,
      headers: Object.fromEntries(init.headers as [string, string][]),
      signal: init.signal ?? null,
      body: await bytesOf(init.body),
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
    this.#agent?.then(({ agent }) => agent.destroy()).catch(() => {});
  }

  async #dispatch(
    { method, host, port, path, headers }: http.RequestOptions,
    body: Uint8Array | string | null,
    signal: AbortSignal,
  ): Promise<Dispatcher.ResponseData> {
    const { undici, agent } = await this.#load();
    const name = /^[^[].*:/.test(host ?? "") ? `[${host}]` : host;
    return await undici.request(`https://${name}:${port ?? 443}${path}`, {
      dispatcher: agent,
      method: method as Dispatcher.HttpMethod,
      headers: headers as Record<string, string>,
      body,
      signal,
    });
  }

  #load() {
    this.#agent ??= loadAgent(this.#tls);
    return this.#agent;
  }
}

async function loadAgent({ caCerts, insecure }: TlsSettings) {
  hideEnvironment();
  const undici = await import("undici");
  const agent = new undici.Agent({
    // Requests have deadlines of their own.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: {
      timeout: 0,
      rejectUnauthorized: !insecure,
      ...(caCerts === null ? {} : { ca: caCerts }),
    },
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
  return answer as unknown as http.IncomingMessage;
}
