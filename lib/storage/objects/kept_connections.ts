/**
 * GETs and HEADs over HTTP/1.1 connections that are kept, without `fetch`: the read path
 * of object stores where it is plain HTTP and no proxy is between.
 *
 * CPU time of a GET, `fetch` to this, without signing: 139 to 75 µs for 150 kB,
 * 0.35 to 0.22 s per GB for 16 MiB (Deno 2.9.6). `fetch` makes a dozen objects
 * for a request and copies each byte once more on its way.
 *
 * A connection that was idle may have been closed by its server, which shows
 * only when it is used: then the request goes over another one, as RFC 9112,
 * section 9.3.1, allows for them. That is no attempt that failed.
 */
import type { Awaitable } from "../../bytes/awaitable.ts";
import { parseIpAddress } from "../../bytes/ip_address.ts";
import type { HttpHead } from "./http_head.ts";
import { HttpWire } from "./http_wire.ts";
import type { AnswerHead, CallOptions, GetOptions } from "./object_client.ts";
import {
  brokenOff,
  REFUSED_BY_RULE,
  RequestFailure,
} from "./request_failure.ts";

/** Says what an answer means that is no object. */
export type FailureOf = (
  status: number,
  text: string,
  headers: Headers,
) => RequestFailure;

/** Takes the rest of an answer. @returns What it means if it is no good. */
type Take = (
  wire: HttpWire,
  head: HttpHead,
) => Awaitable<RequestFailure | null>;

/**
 * The head of a request.
 *
 * @param target Path and query, escaped.
 * @throws {RequestFailure} If a value has what no header may have.
 */
export function requestHead(
  method: string,
  target: string,
  headers: readonly (readonly [string, string])[],
): string {
  let text = `${method} ${target} HTTP/1.1\r\naccept: */*\r\n` +
    "accept-encoding: identity\r\nuser-agent: stoker\r\n";
  for (const [name, value] of headers) {
    if (!/^[\t\x20-\x7e]*$/.test(value)) throw badHeader(name);
    text += `${name}: ${value}\r\n`;
  }
  return `${text}\r\n`;
}

function badHeader(name: string): RequestFailure {
  return new RequestFailure({
    status: 0,
    code: REFUSED_BY_RULE,
    message: `the header ${name} would have other characters than ASCII's, ` +
      "which a setting put there",
  });
}

/** Connections of one thread to one server. */
export class KeptConnections {
  readonly #hostname: string;
  readonly #port: number;
  readonly #idle: HttpWire[] = [];
  #isClosed = false;

  /** @param host "host", "host:port", "[::1]:port". */
  constructor(host: string) {
    const { hostname, port } = new URL(`http://${host}`);
    this.#hostname = hostname.replace(/^\[(.*)\]$/, "$1");
    this.#port = Number(port || 80);
  }

  /**
   * Gets an object.
   *
   * @param request As {@linkcode requestHead} makes it.
   * @param failureOf Of an answer that is not from 200 to 299.
   * @throws {RequestFailure} If it breaks off or is not what was asked for.
   */
  async get(
    request: string,
    { onHeaders, sink, signal }: GetOptions,
    failureOf: FailureOf,
  ): Promise<void> {
    await this.#exchange(request, signal, async (wire, head) => {
      if (head.status >= 300) {
        const text = await wire.text(head);
        return failureOf(head.status, text, head.headers());
      }
      onHeaders(head);
      await wire.body(head, sink);
      return null;
    });
  }

  /** Asks for the head alone; otherwise as {@linkcode get}. */
  async head(
    request: string,
    { signal }: CallOptions,
    failureOf: FailureOf,
  ): Promise<AnswerHead> {
    return await this.#exchange(
      request,
      signal,
      (_wire, head) =>
        head.status < 300 ? null : failureOf(head.status, "", head.headers()),
    );
  }

  /** Closes those that are idle, and the others when they are. */
  close(): void {
    this.#isClosed = true;
    for (const wire of this.#idle.splice(0)) wire.close();
  }

  async #exchange(
    request: string,
    signal: AbortSignal,
    take: Take,
  ): Promise<HttpHead> {
    try {
      for (;;) {
        const head = await this.#try(this.#idle.pop(), request, signal, take);
        if (head !== null) return head;
      }
    } catch (error) {
      throw brokenOff(error, signal);
    }
  }

  /** @returns Null: the kept connection was closed by the server before. */
  async #try(
    kept: HttpWire | undefined,
    request: string,
    signal: AbortSignal,
    take: Take,
  ): Promise<HttpHead | null> {
    if (signal.aborted) throw signal.reason;
    const wire = kept ?? await this.#connect();
    const stop = () => wire.close();
    signal.addEventListener("abort", stop, { once: true });
    let isWhole = false;
    try {
      // It may have been aborted while it was connected.
      if (signal.aborted) throw signal.reason;
      const head = await wire.ask(request);
      const failure = await take(wire, head);
      isWhole = head.isKept;
      if (failure !== null) throw failure;
      return head;
    } catch (error) {
      if (kept !== undefined && !wire.hasHeard && !signal.aborted) return null;
      throw error;
    } finally {
      signal.removeEventListener("abort", stop);
      if (isWhole && wire.isQuiet && !this.#isClosed) this.#idle.push(wire);
      else wire.close();
    }
  }

  /** Deno.connect tries only the first address that a name has. */
  async #connect(): Promise<HttpWire> {
    const port = this.#port;
    let failure: unknown = new Error(`${this.#hostname} has no address`);
    for (const hostname of await addressesOf(this.#hostname)) {
      try {
        return new HttpWire(await Deno.connect({ hostname, port }));
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }
}

async function addressesOf(hostname: string): Promise<readonly string[]> {
  if (parseIpAddress(hostname) !== null) return [hostname];
  const { lookup } = await import("node:dns/promises");
  const found = await lookup(hostname, { all: true });
  return found.map(({ address }) => address);
}
