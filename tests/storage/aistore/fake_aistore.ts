/**
 * A gateway and a target that follow AIStore's HTTP API, in this process:
 * enough of it for the contract of storages.
 *
 * Where documents say little it does as AIStore's source does, which is named
 * beside each such place. Stricter than AIStore where that shows a wrong
 * client: the target takes only what the gateway sent there, the gateway takes
 * no bodies of objects.
 */
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import type { AddressInfo } from "node:net";

/** A running cluster of one target. */
export interface FakeCluster {
  /** Of the gateway. */
  readonly endpoint: string;
  /** Where the gateway sends to. */
  target: string;
  /** Bucket → key → bytes. */
  readonly buckets: Map<string, Map<string, Uint8Array>>;
  /** "METHOD role" → requests. */
  readonly counts: Map<string, number>;
  /** Most names of a page, whatever is asked for. */
  pageSize: number;
  /** Knows folders, as versions from 3.24 on do. */
  knowsFolders: boolean;
  /** Answers the next reads and writes at the target with these statuses. */
  readonly failures: number[];
  /** The same at the gateway. */
  readonly gatewayFailures: number[];
  /**
   * What a range is answered with: 200 until pull request 250 of December
   * 2025, 206 since then.
   */
  rangeStatus: 200 | 206;
  /** Header of every range; null: none; undefined: the one that is right. */
  rangeHeader: string | null | undefined;
  /** The gateway takes bodies of objects, for nothing, as AIStore's does. */
  takesBodies: boolean;
  /** Signs what it redirects to (`ais/csk.go`). */
  isSigning: boolean;
  /** Demands this token everywhere. */
  token: string | null;
  /** Ends the target alone, as if its host were down. */
  stopTarget(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a cluster on free ports. */
export async function startFakeAistore(): Promise<FakeCluster> {
  const fake = new Fake();
  await fake.start();
  return fake;
}

class Fake implements FakeCluster {
  readonly buckets = new Map<string, Map<string, Uint8Array>>();
  readonly counts = new Map<string, number>();
  readonly failures: number[] = [];
  readonly gatewayFailures: number[] = [];
  endpoint = "";
  target = "";
  rangeStatus: 200 | 206 = 200;
  rangeHeader: string | null | undefined;
  takesBodies = false;
  isSigning = false;
  pageSize = 1000;
  knowsFolders = true;
  token: string | null = null;
  readonly #appends = new Map<string, Uint8Array[]>();
  readonly #gateway: Server;
  readonly #target: Server;

  constructor() {
    this.#gateway = createServer((request, response) => {
      this.#serve(request, response, "gateway");
    });
    this.#target = createServer((request, response) => {
      this.#serve(request, response, "target");
    });
  }

  async start(): Promise<void> {
    for (const server of [this.#gateway, this.#target]) {
      await new Promise<void>((resolve) =>
        server.listen(0, "127.0.0.1", resolve)
      );
    }
    this.endpoint = addressOf(this.#gateway);
    this.target = addressOf(this.#target);
  }

  async stopTarget(): Promise<void> {
    await close(this.#target);
  }

  async stop(): Promise<void> {
    for (const server of [this.#gateway, this.#target]) {
      if (server.listening) await close(server);
    }
  }

  async #serve(
    request: IncomingMessage,
    response: ServerResponse,
    role: "gateway" | "target",
  ): Promise<void> {
    const url = new URL(request.url ?? "/", "http://host");
    const { method = "" } = request;
    const { connection, "content-length": length = "0" } = request.headers;
    // Go leaves a body that nobody reads if the connection is to be closed;
    // where there is none, Deno 2.4 would wait for one.
    const hasBody = length !== "0" &&
      !(method === "PUT" && connection === "close");
    const body = hasBody ? await bodyOf(request) : Buffer.alloc(0);
    const count = `${method} ${role}`;
    this.counts.set(count, (this.counts.get(count) ?? 0) + 1);
    if (
      this.token !== null &&
      request.headers.authorization !== `Bearer ${this.token}`
    ) return fail(response, method, 401, "token required");
    const [, version, resource, bucket = "", ...rest] = url.pathname.split("/")
      .map(decodeURIComponent);
    const key = rest.join("/");
    if (version !== "v1" || url.searchParams.get("provider") !== "ais") {
      return fail(response, method, 400, "bad request");
    }
    if (resource === "buckets" && role === "gateway") {
      return this.#bucketCall(response, { method, bucket, body });
    }
    if (resource !== "objects") return fail(response, method, 400, "bad path");
    if (role === "gateway") {
      if (body.length > 0 && !this.takesBodies) {
        return fail(response, method, 400, "the gateway takes no object");
      }
      const failure = this.gatewayFailures.shift();
      if (failure !== undefined) {
        return fail(response, method, failure, "failing on purpose");
      }
      if (!this.buckets.has(bucket)) {
        return fail(response, method, 404, "no bucket", "ErrBckNotFound");
      }
      return this.#redirect(request, response, url);
    }
    if (url.searchParams.get("pid") !== "gateway") {
      return fail(response, method, 400, "not redirected by the gateway");
    }
    const { u: signature } = Object.fromEntries(url.searchParams);
    if (this.isSigning && signature !== signatureOf(request, url)) {
      return fail(response, method, 401, "wrong signature");
    }
    const failure = method === "DELETE" ? undefined : this.failures.shift();
    if (failure !== undefined) {
      return fail(response, method, failure, "failing on purpose");
    }
    const objects = this.buckets.get(bucket);
    if (objects === undefined) {
      return fail(response, method, 404, "no bucket", "ErrBckNotFound");
    }
    const object = { objects, key, body, range: request.headers.range };
    return this.#objectCall(response, method, url, object);
  }

  /** `http.Redirect` in `ais/proxy.go`. */
  #redirect(request: IncomingMessage, response: ServerResponse, url: URL) {
    url.searchParams.set("pid", "gateway");
    url.searchParams.set("utm", "1");
    if (this.isSigning) {
      url.searchParams.set("u", signatureOf(request, url));
    }
    const location = this.target + url.pathname + url.search;
    const status = request.method === "GET" ? 301 : 307;
    response.writeHead(status, { location }).end();
  }

  #bucketCall(
    response: ServerResponse,
    call: { method: string; bucket: string; body: Uint8Array },
  ): void {
    const { method, bucket, body } = call;
    const message = JSON.parse(new TextDecoder().decode(body) || "{}");
    if (method === "POST" && message.action === "create-bck") {
      if (this.buckets.has(bucket)) return fail(response, method, 409, "is");
      this.buckets.set(bucket, new Map());
      response.writeHead(200).end();
      return;
    }
    const objects = this.buckets.get(bucket);
    if (objects === undefined) {
      return fail(response, method, 404, "no bucket", "ErrBckNotFound");
    }
    if (method !== "GET" || message.action !== "list") {
      return fail(response, method, 400, "unknown action");
    }
    response.writeHead(200, { "content-type": "application/json" })
      .end(JSON.stringify(this.#page(objects, message.value)));
  }

  #page(
    objects: ReadonlyMap<string, Uint8Array>,
    value: { prefix: string; continuation_token: string; flags: string },
  ) {
    const { prefix, continuation_token: after } = value;
    const isFlat = (Number(value.flags) & (1 << 11)) !== 0 && this.knowsFolders;
    const entries = new Map<string, number>();
    for (const name of [...objects.keys()].sort()) {
      if (!name.startsWith(prefix)) continue;
      const slash = name.indexOf("/", prefix.length);
      if (isFlat && slash >= 0) entries.set(name.slice(0, slash), IS_FOLDER);
      else entries.set(name, IS_PRESENT);
    }
    const rest = [...entries].filter(([name]) => name > after);
    const page = rest.slice(0, this.pageSize);
    return {
      uuid: "listing",
      entries: page.length === 0 ? null : page.map(([name, flags]) => ({
        name,
        flags,
        ...sizeOf(objects.get(name), Number(value.flags)),
      })),
      // Of a full page, even where nothing follows (`lsObjsA`).
      continuation_token: page.length === this.pageSize
        ? page.at(-1)?.[0] ?? ""
        : "",
    };
  }

  #objectCall(
    response: ServerResponse,
    method: string,
    url: URL,
    call: {
      objects: Map<string, Uint8Array>;
      key: string;
      body: Uint8Array;
      range: string | undefined;
    },
  ): void {
    const { objects, key, body, range } = call;
    if (method === "PUT") {
      const type = url.searchParams.get("append_type");
      if (type !== null) return this.#append(response, url, call);
      objects.set(key, body);
      response.writeHead(200).end();
      return;
    }
    const bytes = objects.get(key);
    if (bytes === undefined) return fail(response, method, 404, "no object");
    if (method === "DELETE") {
      objects.delete(key);
      response.writeHead(200).end();
      return;
    }
    const match = /^bytes=(\d+)-(\d+)$/.exec(range ?? "");
    const first = Number(match?.[1] ?? 0);
    const end = match === null ? bytes.length : Number(match[2]) + 1;
    const part = bytes.subarray(first, end);
    const last = first + part.length - 1;
    const contentRange = match === null
      ? null
      : this.rangeHeader === undefined
      ? `bytes ${first}-${last}/${bytes.length}`
      : this.rangeHeader;
    response.writeHead(match === null ? 200 : this.rangeStatus, {
      // `cmn.ToHeader`: of an empty object there is none.
      ...(part.length === 0 ? {} : { "content-length": String(part.length) }),
      ...(contentRange === null ? {} : { "content-range": contentRange }),
    });
    response.end(method === "HEAD" ? undefined : part);
  }

  #append(
    response: ServerResponse,
    url: URL,
    call: { objects: Map<string, Uint8Array>; key: string; body: Uint8Array },
  ): void {
    const given = url.searchParams.get("append_handle") ?? "";
    const parts = this.#appends.get(given);
    if (given !== "" && parts === undefined) {
      return fail(response, "PUT", 500, `no such handle "${given}"`);
    }
    if (url.searchParams.get("append_type") === "flush") {
      if (parts === undefined) {
        return fail(response, "PUT", 500, "nothing to flush");
      }
      call.objects.set(call.key, Buffer.concat(parts));
      this.#appends.delete(given);
      response.writeHead(200).end();
      return;
    }
    // A first append goes on where the object ends (`apndOI.apnd`).
    const before = parts ??
      [call.objects.get(call.key) ?? new Uint8Array()];
    const handle = given === ""
      ? `t1|/fs/%wk/append.${this.#next++}|xxhash2|AB+/cw==`
      : given;
    this.#appends.set(handle, [...before, call.body]);
    response.writeHead(200, { "ais-append-handle": handle }).end();
  }

  #next = 0;
}

/** Flags of entries, `api/apc/lsmsg.go`. */
const IS_PRESENT = 1 << 6;
const IS_FOLDER = 1 << 8;

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}

/** Stands for a MAC over method, path and length with the cluster's key. */
function signatureOf(request: IncomingMessage, url: URL): string {
  const length = request.headers["content-length"] ?? "0";
  return createHash("sha256")
    .update(`secret ${request.method} ${url.pathname} ${length}`)
    .digest("base64url");
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
}

function addressOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function fail(
  response: ServerResponse,
  method: string,
  status: number,
  message: string,
  tcode = "",
): void {
  const text = JSON.stringify({ message, method, status, tcode });
  // An answer to HEAD has no body.
  if (method === "HEAD") {
    response.writeHead(status, { "hdr-error": text }).end();
  } else response.writeHead(status).end(text);
}

/** `cmn.LsoEnt`: a number as text, of an empty object nothing (`omitempty`). */
function sizeOf(
  bytes: Uint8Array | undefined,
  flags: number,
): { readonly size?: string } {
  const isWanted = (flags & (1 << 5)) !== 0;
  return isWanted && bytes !== undefined && bytes.length > 0
    ? { size: String(bytes.length) }
    : {};
}
