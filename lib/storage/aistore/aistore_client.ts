/**
 * One attempt of each request of AIStore's own HTTP API.
 *
 *    get, head, delete   /v1/objects/BUCKET/KEY at a gateway, which answers
 *                        307 with the target that has the object
 *    put                 the same without a body first: the gateway would
 *                        read it for nothing
 *    long objects        PUT append_type=append, each with the handle that
 *                        the last one gave, then append_type=flush
 *    list                GET /v1/buckets/BUCKET with a JSON body
 *
 * The address of a redirect is followed as it is: the target demands the
 * query that the gateway put there.
 * Spec: https://docs.nvidia.com/aistore/http_api
 */
import type {
  CallOptions,
  ClientSettings,
  GetOptions,
  ListPage,
  ObjectClient,
  ObjectName,
  PutOptions,
  UploadCalls,
  UploadName,
} from "../s3/object_client.ts";
import {
  brokenOff,
  REFUSED_BY_RULE,
  RequestFailure,
} from "../s3/request_failure.ts";
import { createTransport, type Transport } from "../s3/transport.ts";
import type { CreateClient } from "../s3/client_libraries.ts";
import { failureOf } from "./aistore_failure.ts";
import { askWithBody } from "./get_with_body.ts";
import { listMessage, parseListing } from "./listing.ts";

/** A gateway leads to a target; nothing should lead further. */
const MAX_REDIRECTS = 3;

/** Appends so far of an upload: they follow one another at one target. */
interface Appending {
  handle: string;
  nextNumber: number;
  isBroken: boolean;
}

/**
 * Clients of one connection; all endpoints know all uploads.
 *
 * @param provider Where buckets are: "ais", or "aws", "gcp" … behind it.
 */
export function aistoreClients(provider: string): CreateClient {
  const uploads = new Map<string, Appending>();
  return (settings) => new AistoreClient(settings, provider, uploads);
}

interface Sent extends CallOptions {
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  readonly range?: string;
}

class AistoreClient implements ObjectClient {
  readonly uploads: UploadCalls;
  readonly #settings: ClientSettings;
  readonly #provider: string;
  readonly #appending: Map<string, Appending>;
  readonly #transport: Transport;

  constructor(
    settings: ClientSettings,
    provider: string,
    appending: Map<string, Appending>,
  ) {
    this.#settings = settings;
    this.#provider = provider;
    this.#appending = appending;
    this.#transport = createTransport(settings.tls);
    this.uploads = {
      create: (name, options) => this.#createUpload(name, options),
      part: (upload, body, options) => this.#append(upload, body, options),
      complete: (upload, _parts, options) => this.#flush(upload, options),
      abort: ({ uploadId }) => {
        // AIStore has no call for it and drops appends that nobody flushes.
        this.#appending.delete(uploadId);
        return Promise.resolve();
      },
    };
  }

  async get(name: ObjectName, options: GetOptions): Promise<number | null> {
    const { range, sink, onHeaders, signal } = options;
    const response = await this.#send({
      method: "GET",
      path: objectPath(name),
      signal,
      ...(range === null ? {} : {
        range: `bytes=${range.offset}-${range.offset + range.byteCount - 1}`,
      }),
    });
    onHeaders();
    const { body, headers } = response;
    const length = headers.get("content-length");
    try {
      if (range !== null && response.status !== 206) {
        throw new RequestFailure({
          status: 0,
          code: "IgnoredRange",
          message: "the whole object instead of a range",
        });
      }
      if (body !== null) {
        const reader = body.getReader();
        for (;;) {
          const { done, value } = await reader.read();
          if (done) break;
          sink(value);
        }
      }
    } catch (error) {
      await body?.cancel().catch(() => {});
      throw brokenOff(error, signal);
    }
    return length === null ? null : Number(length);
  }

  async put(
    name: ObjectName,
    body: Uint8Array,
    { signal }: PutOptions,
  ): Promise<void> {
    await this.#inBucket(name, { signal }, async () => {
      const path = objectPath(name);
      await this.#sendBody({ method: "PUT", path, body, signal });
    });
  }

  async head(name: ObjectName, { signal }: CallOptions): Promise<number> {
    const path = objectPath(name);
    const response = await this.#send({ method: "HEAD", path, signal });
    await response.body?.cancel();
    return Number(response.headers.get("content-length") ?? Number.NaN);
  }

  async list(
    prefix: ObjectName,
    options: Parameters<ObjectClient["list"]>[1],
  ): Promise<ListPage> {
    const text = await askWithBody(
      this.#address(`/v1/buckets/${encodeURIComponent(prefix.bucket)}`),
      listMessage(prefix.key, options),
      { ...this.#settings, signal: options.signal },
    );
    return parseListing(text, prefix.key, options);
  }

  async delete(name: ObjectName, { signal }: CallOptions): Promise<void> {
    const path = objectPath(name);
    const response = await this.#send({ method: "DELETE", path, signal });
    await response.body?.cancel();
  }

  close(): void {
    this.#transport.close();
  }

  #createUpload(_name: ObjectName, _options: CallOptions): Promise<string> {
    const uploadId = crypto.randomUUID();
    const appending = { handle: "", nextNumber: 1, isBroken: false };
    this.#appending.set(uploadId, appending);
    return Promise.resolve(uploadId);
  }

  async #append(
    upload: UploadName,
    body: Uint8Array,
    { signal, number }: PutOptions & { readonly number: number },
  ): Promise<string> {
    const appending = this.#appending.get(upload.uploadId);
    if (appending === undefined || appending.nextNumber !== number) {
      throw new Error(`part ${number} of an append is out of turn`);
    }
    if (appending.isBroken) throw unrepeatable();
    try {
      const headers = await this.#inBucket(
        upload,
        { signal },
        () =>
          this.#sendBody({
            method: "PUT",
            path: objectPath(upload),
            query: { append_type: "append", append_handle: appending.handle },
            body,
            signal,
          }),
      );
      appending.handle = headers.get("ais-append-handle") ?? "";
      appending.nextNumber++;
      return "";
    } catch (error) {
      // Whether its bytes were appended is not known, unless nobody heard.
      appending.isBroken = !(error instanceof RequestFailure &&
        error.code === "ConnectionRefused");
      throw error;
    }
  }

  async #flush(upload: UploadName, { signal }: CallOptions): Promise<void> {
    const appending = this.#appending.get(upload.uploadId);
    const response = await this.#send({
      method: "PUT",
      path: objectPath(upload),
      query: { append_type: "flush", append_handle: appending?.handle ?? "" },
      signal,
    });
    await response.body?.cancel();
    this.#appending.delete(upload.uploadId);
  }

  /** Does what needs a bucket; makes AIStore's own where there is none. */
  async #inBucket<Result>(
    { bucket }: ObjectName,
    { signal }: CallOptions,
    act: () => Promise<Result>,
  ): Promise<Result> {
    try {
      return await act();
    } catch (error) {
      const isMissing = error instanceof RequestFailure &&
        error.status === 404 && this.#provider === "ais";
      if (!isMissing) throw error;
    }
    const path = `/v1/buckets/${encodeURIComponent(bucket)}`;
    const body = JSON.stringify({ action: "create-bck" });
    try {
      const response = await this.#send({ method: "POST", path, body, signal });
      await response.body?.cancel();
    } catch (error) {
      // Another thread was first.
      if (!(error instanceof RequestFailure && error.status === 409)) {
        throw error;
      }
    }
    return await act();
  }

  /** @returns Headers of the answer. */
  async #sendBody(sent: Sent & { body: Uint8Array }): Promise<Headers> {
    const { body: _body, ...withoutBody } = sent;
    let url = this.#address(sent.path, sent.query);
    const first = await this.#once(url, withoutBody);
    await first.body?.cancel();
    // A target takes it at once, and then has to be given the body.
    if (isRedirect(first)) url = this.#followed(first, url);
    else if (!first.ok) throw await failureOf(first);
    const response = await this.#once(url, sent);
    if (!response.ok) throw await failureOf(response);
    await response.body?.cancel();
    return response.headers;
  }

  async #send(sent: Sent): Promise<Response> {
    let url = this.#address(sent.path, sent.query);
    for (let hop = 0;; hop++) {
      const response = await this.#once(url, sent);
      if (response.ok) return response;
      if (!isRedirect(response) || hop === MAX_REDIRECTS) {
        throw await failureOf(response);
      }
      await response.body?.cancel();
      url = this.#followed(response, url);
    }
  }

  async #once(url: string, sent: Omit<Sent, "path">): Promise<Response> {
    const { method, body, range, signal } = sent;
    const { sessionToken } = this.#settings;
    const headers: [string, string][] = [["accept-encoding", "identity"]];
    if (typeof body === "string") {
      headers.push(["content-type", "application/json"]);
    }
    if (range !== undefined) headers.push(["range", range]);
    if (sessionToken !== null) {
      headers.push(["authorization", `Bearer ${sessionToken}`]);
    }
    try {
      return await this.#transport.fetch(url, {
        method,
        headers,
        signal,
        redirect: "manual",
        ...(body === undefined ? {} : { body: body as BodyInit }),
      });
    } catch (error) {
      throw brokenOff(error, signal);
    }
  }

  #address(
    path: string,
    query: Readonly<Record<string, string>> = {},
  ): string {
    const search = new URLSearchParams({ provider: this.#provider, ...query });
    return `${this.#settings.endpoint}${path}?${search}`;
  }

  #followed(response: Response, from: string): string {
    const location = response.headers.get("location") ?? "";
    const url = URL.canParse(location, from) ? new URL(location, from) : null;
    if (url === null) throw refused(response, `to "${location}"`);
    if (from.startsWith("https:") && url.protocol !== "https:") {
      throw refused(response, `from HTTPS to ${url.origin}`);
    }
    return url.href;
  }
}

function isRedirect({ status }: Response): boolean {
  return [301, 302, 307, 308].includes(status);
}

function refused(response: Response, where: string): RequestFailure {
  return new RequestFailure({
    status: response.status,
    code: REFUSED_BY_RULE,
    message: `Stoker does not follow a redirect ${where}`,
  });
}

function unrepeatable(): RequestFailure {
  return new RequestFailure({
    status: 0,
    code: REFUSED_BY_RULE,
    message: "an append that broke off cannot be repeated",
  });
}

function objectPath({ bucket, key }: ObjectName): string {
  const segments = key.split("/").map(encodeURIComponent).join("/");
  return `/v1/objects/${encodeURIComponent(bucket)}/${segments}`;
}
