/**
 * A gateway and a target that follow AIStore's documented HTTP API, in this
 * process: enough of it for the contract of storages.
 *
 * Stricter than AIStore where that shows a wrong client: the target takes
 * only what the gateway sent there, the gateway takes no bodies of objects.
 */
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import { Buffer } from "node:buffer";
import type { AddressInfo } from "node:net";

/** A running cluster of one target. */
export interface FakeCluster {
  /** Of the gateway. */
  readonly endpoint: string;
  /** Bucket → key → bytes. */
  readonly buckets: Map<string, Map<string, Uint8Array>>;
  /** "METHOD role" → requests. */
  readonly counts: Map<string, number>;
  /** Most names of a page, whatever is asked for. */
  pageSize: number;
  /** Knows folders, as versions from 3.24 on do. */
  knowsFolders: boolean;
  /** Answers the next object requests at the target with these statuses. */
  readonly failures: number[];
  /** Demands this token everywhere. */
  token: string | null;
  /** Where the gateway sends to. */
  targetEndpoint: string;
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
  pageSize = 1000;
  knowsFolders = true;
  token: string | null = null;
  targetEndpoint = "";
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

  get endpoint(): string {
    return addressOf(this.#gateway);
  }

  async start(): Promise<void> {
    for (const server of [this.#gateway, this.#target]) {
      await new Promise<void>((resolve) =>
        server.listen(0, "127.0.0.1", resolve)
      );
    }
    this.targetEndpoint = addressOf(this.#target);
  }

  async stop(): Promise<void> {
    for (const server of [this.#gateway, this.#target]) {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    }
  }

  async #serve(
    request: IncomingMessage,
    response: ServerResponse,
    role: "gateway" | "target",
  ): Promise<void> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk as Uint8Array);
    const body = Buffer.concat(chunks);
    const url = new URL(request.url ?? "/", "http://host");
    const { method = "" } = request;
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
      if (body.length > 0) {
        return fail(response, method, 400, "the gateway takes no object");
      }
      url.searchParams.set("pid", "gateway");
      const location = this.targetEndpoint + url.pathname + url.search;
      response.writeHead(307, { location }).end();
      return;
    }
    if (url.searchParams.get("pid") !== "gateway") {
      return fail(response, method, 400, "not redirected by the gateway");
    }
    const failure = this.failures.shift();
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
      if (isFlat && slash >= 0) entries.set(name.slice(0, slash), 256);
      else entries.set(name, 0);
    }
    const rest = [...entries].filter(([name]) => name > after);
    const page = rest.slice(0, this.pageSize);
    return {
      uuid: "listing",
      entries: page.length === 0
        ? null
        : page.map(([name, flags]) => ({ name, flags })),
      continuation_token: rest.length > page.length
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
      response.writeHead(204).end();
      return;
    }
    const match = /^bytes=(\d+)-(\d+)$/.exec(range ?? "");
    const part = match === null
      ? bytes
      : bytes.subarray(Number(match[1]), Number(match[2]) + 1);
    response.writeHead(match === null ? 200 : 206, {
      "content-length": String(part.length),
    });
    response.end(method === "HEAD" ? undefined : part);
  }

  #append(
    response: ServerResponse,
    url: URL,
    call: { objects: Map<string, Uint8Array>; key: string; body: Uint8Array },
  ): void {
    const handle = url.searchParams.get("append_handle") || `h${this.#next++}`;
    const parts = this.#appends.get(handle) ?? [];
    if (url.searchParams.get("append_type") === "flush") {
      call.objects.set(call.key, Buffer.concat(parts));
      this.#appends.delete(handle);
      response.writeHead(200).end();
      return;
    }
    // The request without a body only asks for the way: see the client.
    if (call.body.length > 0) this.#appends.set(handle, [...parts, call.body]);
    response.writeHead(200, { "ais-append-handle": handle }).end();
  }

  #next = 0;
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
