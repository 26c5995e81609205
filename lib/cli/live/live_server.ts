/**
 * A read-only web server for people and programs that watch a run:
 *
 *    /          the page                              token
 *    /events    server-sent events, one a second      token
 *    /metrics   Prometheus text                       token
 *    /healthz   "ok"
 *
 * The token is in the address that is printed, as `?token=…`; without it, or
 * with another one, the answer is 403. It is on the main thread, which is no
 * part of any measured path, and reads only what others keep there.
 *
 * Server-sent events: https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
import { createHash, timingSafeEqual } from "node:crypto";
import { StokerError } from "../../errors.ts";
import type { LiveAddress } from "./live_address.ts";
import { PROMETHEUS_TYPE } from "./prometheus_text.ts";

/** What is served. Each is asked for when somebody wants it. */
export interface LiveSource {
  /** The page as HTML. @param eventsPath Where it listens. */
  page(eventsPath: string): Promise<string>;
  /** Data of an event that tells all that a page shows. */
  event(): string;
  /** Prometheus text. */
  metrics(): string;
}

/** Connections that hear events at a time. */
export const MAX_LISTENERS = 64;
/** Events that may wait for a client; one that is slower is dropped. */
export const MAX_WAITING_EVENTS = 8;
const EVENT_MS = 1000;
const TOKEN_BYTES = 16;
/** How long the last answers may take when the run is over. */
const END_MS = 2000;

/** Nothing is kept by a browser, sniffed, framed, or told to others. */
const HEADERS = {
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
} as const;

type Listener = ReadableStreamDefaultController<Uint8Array>;

/** See the file header. */
export class LiveServer {
  /** To be opened by people. */
  readonly url: string;
  readonly #source: LiveSource;
  readonly #token: string;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #listeners = new Set<Listener>();
  readonly #encoder = new TextEncoder();
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #abort = new AbortController();
  #eventId = 0;

  /**
   * Begins to listen.
   *
   * @throws {StokerError} If the address cannot be listened at.
   */
  constructor(address: LiveAddress, source: LiveSource) {
    this.#source = source;
    this.#token = newToken();
    try {
      this.#server = Deno.serve({
        ...address,
        signal: this.#abort.signal,
        onListen: () => {},
        onError: () => answer(500, "Cannot answer\n"),
      }, (request) => this.#answer(request));
    } catch (error) {
      throw cannotListen(address, error);
    }
    const { hostname, port } = this.#server.addr;
    const host = hostname.includes(":") ? `[${hostname}]` : hostname;
    this.url = `http://${host}:${port}/?token=${this.#token}`;
    this.#timer = setInterval(() => this.#send(), EVENT_MS);
  }

  /** Sends the last event and ends; clients that do not take it are left. */
  async end(): Promise<void> {
    clearInterval(this.#timer);
    this.#send();
    for (const listener of this.#listeners) closeQuietly(listener);
    this.#listeners.clear();
    const timer = setTimeout(() => this.#abort.abort(), END_MS);
    await this.#server.shutdown().catch(() => {});
    clearTimeout(timer);
  }

  async #answer(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    if (request.method !== "GET" && request.method !== "HEAD") {
      return answer(405, "Only GET and HEAD\n", { allow: "GET, HEAD" });
    }
    const isHead = request.method === "HEAD";
    if (pathname === "/healthz") return answer(200, isHead ? null : "ok\n");
    if (!isSame(searchParams.get("token") ?? "", this.#token)) {
      return answer(403, isHead ? null : "The address needs its token\n");
    }
    switch (pathname) {
      case "/": {
        const eventsPath = `/events?token=${this.#token}`;
        const page = isHead ? null : await this.#source.page(eventsPath);
        return answer(200, page, {
          "content-type": "text/html; charset=utf-8",
        });
      }
      case "/events":
        return this.#events(isHead);
      case "/metrics":
        return answer(200, isHead ? null : this.#source.metrics(), {
          "content-type": PROMETHEUS_TYPE,
        });
      default:
        return answer(404, isHead ? null : "There is nothing\n");
    }
  }

  #events(isHead: boolean): Response {
    const type = { "content-type": "text/event-stream; charset=utf-8" };
    if (isHead) return answer(200, null, type);
    if (this.#listeners.size >= MAX_LISTENERS) {
      return answer(503, `There are ${MAX_LISTENERS} listeners already\n`);
    }
    let own: Listener | undefined;
    const stream = new ReadableStream<Uint8Array>({
      start: (listener) => {
        own = listener;
        this.#listeners.add(listener);
        // A page that was loaded anew, or has lost its connection, is told
        // everything at once.
        listener.enqueue(this.#event());
      },
      cancel: () => {
        if (own !== undefined) this.#listeners.delete(own);
      },
    }, { highWaterMark: MAX_WAITING_EVENTS });
    return answer(200, stream, type);
  }

  #send(): void {
    if (this.#listeners.size === 0) return;
    const event = this.#event();
    for (const listener of this.#listeners) {
      if ((listener.desiredSize ?? 0) > 0) listener.enqueue(event);
      else {
        this.#listeners.delete(listener);
        closeQuietly(listener);
      }
    }
  }

  #event(): Uint8Array {
    return this.#encoder.encode(
      `id: ${++this.#eventId}\ndata: ${this.#source.event()}\n\n`,
    );
  }
}

function newToken(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(TOKEN_BYTES));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}

/** In a time that tells nothing of either. */
function isSame(given: string, token: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(token));
}

function answer(
  status: number,
  body: BodyInit | null,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(body, { status, headers: { ...HEADERS, ...headers } });
}

/** A stream that its client has left is closed already. */
function closeQuietly(listener: Listener): void {
  try {
    listener.close();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
}

function cannotListen(
  { hostname, port }: LiveAddress,
  error: unknown,
): unknown {
  const where = `${hostname}:${port}`;
  if (error instanceof Deno.errors.AddrInUse) {
    return new StokerError(
      `Cannot listen at ${where} as --live needs a port that is free: another ` +
        "program has it. Name another one, or none for any free port",
    );
  }
  if (
    error instanceof Deno.errors.AddrNotAvailable ||
    error instanceof Deno.errors.PermissionDenied ||
    error instanceof Deno.errors.NotCapable
  ) {
    return new StokerError(
      `Cannot listen at ${where} (--live): ${error.message}`,
    );
  }
  return error;
}
