/**
 * One attempt of each request of AIStore's own HTTP API.
 *
 *    get, head, delete   /v1/objects/BUCKET/KEY at a gateway, which answers
 *                        307 with the target that has the object
 *    put                 the same without a body first: the gateway would
 *                        read it for nothing
 *    long objects        DELETE, as an append continues at the end of one;
 *                        PUT append_type=append, each with the handle that
 *                        the last one gave; then append_type=flush
 *    list                GET /v1/buckets/BUCKET with a JSON body
 *
 * The address of a redirect is followed as it is: the target demands the
 * query that the gateway put there. A cluster with a key of its own signs that
 * address and the length of the body with it, so there the first request of a
 * put has to declare that length.
 * Spec: https://docs.nvidia.com/aistore/http_api, and of signatures
 * `ais/csk.go`.
 */
import type {
  AnswerHead,
  CallOptions,
  ClientPlace,
  CreateClient,
  GetOptions,
  ListPage,
  ObjectClient,
  ObjectName,
  PutOptions,
  UploadCalls,
  UploadName,
} from "../objects/object_client.ts";
import {
  drainAnswer,
  fetchOnce,
  headOf,
  rangeHeader,
} from "../objects/fetch_once.ts";
import { redirectUrl } from "../objects/redirect.ts";
import { REFUSED_BY_RULE, RequestFailure } from "../objects/request_failure.ts";
import { createTransport, type Transport } from "../objects/transport.ts";
import { failureOf } from "./aistore_failure.ts";
import { listMessage, parseListing } from "./listing.ts";
import { sendRaw } from "./raw_request.ts";

/** A gateway leads to a target; nothing should lead further. */
const MAX_REDIRECTS = 3;
/** In the query of an address that a cluster's key has signed. */
const SIGNATURE = "u";

/** What is the same in all requests of a connection. */
export interface AistoreIdentity {
  /** Where buckets are: "ais", or "aws", "gcp" ... behind it. */
  readonly provider: string;
  /** Sent as a bearer token; null: none. */
  readonly authToken: string | null;
}

/** Appends so far of an upload: they follow one another at one target. */
interface Appending {
  handle: string;
  nextNumber: number;
  isBroken: boolean;
}

/**
 * Clients of one connection; all endpoints know all uploads.
 *
 * @param identity Whose buckets, and who asks.
 */
export function aistoreClients(identity: AistoreIdentity): CreateClient {
  const uploads = new Map<string, Appending>();
  return (place) => new AistoreClient(place, identity, uploads);
}

interface Sent extends CallOptions {
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  readonly range?: string | undefined;
}

/** A request with an object, or a part of one, as its body. */
interface SentBody extends Sent {
  readonly body: Uint8Array;
}

class AistoreClient implements ObjectClient {
  readonly uploads: UploadCalls;
  readonly #place: ClientPlace;
  readonly #identity: AistoreIdentity;
  readonly #appending: Map<string, Appending>;
  readonly #transport: Transport;
  /** The cluster signs what it redirects to. */
  #isSigning = false;

  constructor(
    place: ClientPlace,
    identity: AistoreIdentity,
    appending: Map<string, Appending>,
  ) {
    this.#place = place;
    this.#identity = identity;
    this.#appending = appending;
    this.#transport = createTransport(place);
    this.uploads = {
      create: (name, options) => this.#createUpload(name, options),
      part: (upload, body, options) => this.#append(upload, body, options),
      complete: (upload, _parts, options) => this.#flush(upload, options),
      abort: ({ uploadId }) => {
        // AIStore has no call for it and drops appends that are not flushed.
        this.#appending.delete(uploadId);
        return Promise.resolve();
      },
    };
  }

  async get(name: ObjectName, options: GetOptions): Promise<void> {
    const response = await this.#send({
      method: "GET",
      path: objectPath(name),
      signal: options.signal,
      range: rangeHeader(options.range),
    });
    await drainAnswer(response, options);
  }

  async put(
    name: ObjectName,
    body: Uint8Array,
    { signal }: PutOptions,
  ): Promise<void> {
    await this.#inBucket(name, { signal }, async () => {
      const sent = { method: "PUT", path: objectPath(name), body, signal };
      await this.#sendBody(await this.#wayOf(sent), sent);
    });
  }

  async head(name: ObjectName, { signal }: CallOptions): Promise<AnswerHead> {
    const path = objectPath(name);
    const response = await this.#send({ method: "HEAD", path, signal });
    await response.body?.cancel();
    const head = headOf(response);
    // An empty object has no length: AIStore gives it where it is above 0.
    const isEmpty = !response.headers.has("content-length");
    return isEmpty ? { ...head, byteCount: 0 } : head;
  }

  async list(
    prefix: ObjectName,
    options: Parameters<ObjectClient["list"]>[1],
  ): Promise<ListPage> {
    const url = this.#address(
      `/v1/buckets/${encodeURIComponent(prefix.bucket)}`,
    );
    const body = listMessage(prefix.key, options);
    const response = await sendRaw(url, {
      method: "GET",
      headers: {
        "content-type": "application/json",
        accept: "application/json",
        "content-length": String(new TextEncoder().encode(body).length),
      },
      body,
      signal: options.signal,
      transport: this.#place,
      authToken: this.#identity.authToken,
    });
    if (!response.ok) throw await failureOf(response);
    return parseListing(await response.text(), prefix.key, options);
  }

  async delete(name: ObjectName, { signal }: CallOptions): Promise<void> {
    const path = objectPath(name);
    const response = await this.#send({ method: "DELETE", path, signal });
    await response.body?.cancel();
  }

  close(): void {
    this.#transport.close();
  }

  /** Makes the way free: see the file header. */
  async #createUpload(name: ObjectName, options: CallOptions): Promise<string> {
    try {
      await this.delete(name, options);
    } catch (error) {
      if (!(error instanceof RequestFailure && error.isMissing)) throw error;
    }
    const uploadId = crypto.randomUUID();
    const appending = { handle: "", nextNumber: 1, isBroken: false };
    this.#appending.set(uploadId, appending);
    return uploadId;
  }

  async #append(
    upload: UploadName,
    body: Uint8Array,
    { signal, number }: PutOptions & { readonly number: number },
  ): Promise<string> {
    const appending = this.#appending.get(upload.uploadId);
    if (appending === undefined || appending.nextNumber !== number) {
      throw new Error(`part ${number} of an append is out of order`);
    }
    if (appending.isBroken) throw unrepeatable();
    const sent = {
      method: "PUT",
      path: objectPath(upload),
      query: { append_type: "append", append_handle: appending.handle },
      body,
      signal,
    };
    // Nothing was appended so far: this request may be retried.
    const way = await this.#inBucket(
      upload,
      { signal },
      () => this.#wayOf(sent),
    );
    try {
      const headers = await this.#sendBody(way, sent);
      const handle = headers.get("ais-append-handle") ?? "";
      // Without one the next part would begin another object.
      if (handle === "") throw withoutHandle();
      appending.handle = handle;
      appending.nextNumber++;
      return handle;
    } catch (error) {
      // Its bytes may have been appended, unless there was no connection.
      appending.isBroken = !(error instanceof RequestFailure &&
        (error.code === "ConnectionRefused" || error.code === TARGET_REFUSED));
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
        error.status === 404 && this.#identity.provider === "ais";
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

  /**
   * Asks a gateway where a body has to go.
   *
   * @returns The address at a target.
   */
  async #wayOf(sent: SentBody): Promise<string> {
    const { body, ...withoutBody } = sent;
    const url = this.#address(sent.path, sent.query);
    const isDeclared = this.#isSigning && body.length > 0;
    const answer = isDeclared
      ? await this.#declare(url, sent)
      : await this.#once(url, withoutBody);
    if (!answer.ok && !isRedirect(answer)) throw await failureOf(answer);
    await answer.body?.cancel();
    // A target takes it at once, and then has to be given the body.
    if (answer.ok) return url;
    const way = this.#followed(answer, url);
    if (isDeclared || !new URL(way).searchParams.has(SIGNATURE)) return way;
    this.#isSigning = true;
    return body.length === 0 ? way : await this.#wayOf(sent);
  }

  /** Asks with the length of a body and without its bytes. */
  #declare(url: string, { method, body, signal }: SentBody): Promise<Response> {
    return sendRaw(url, {
      method,
      headers: { "content-length": `${body.length}` },
      body: "",
      signal,
      transport: this.#place,
      authToken: this.#identity.authToken,
    });
  }

  /** @returns Headers of the answer. */
  async #sendBody(way: string, sent: SentBody): Promise<Headers> {
    const response = await this.#once(way, sent);
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
    const { authToken } = this.#identity;
    const headers: [string, string][] = [];
    if (typeof body === "string") {
      headers.push(["content-type", "application/json"]);
    }
    if (range !== undefined) headers.push(["range", range]);
    if (authToken !== null) {
      headers.push(["authorization", `Bearer ${authToken}`]);
    }
    const request = { method, headers, body, signal };
    try {
      return await fetchOnce(this.#transport, url, request);
    } catch (error) {
      throw this.#namingTarget(error, new URL(url).origin);
    }
  }

  /** Not the gateway is down, but the target that it named. */
  #namingTarget(error: unknown, origin: string): unknown {
    const isTarget = error instanceof RequestFailure &&
      error.code === "ConnectionRefused" &&
      origin !== new URL(this.#place.endpoint).origin;
    if (!isTarget) return error;
    return new RequestFailure({
      status: 0,
      code: TARGET_REFUSED,
      message: `${error.message} by the target ${origin} that it named`,
    });
  }

  #address(
    path: string,
    query: Readonly<Record<string, string>> = {},
  ): string {
    const search = new URLSearchParams({
      provider: this.#identity.provider,
      ...query,
    });
    return `${this.#place.endpoint}${path}?${search}`;
  }

  #followed(response: Response, from: string): string {
    const location = response.headers.get("location") ?? "";
    const url = redirectUrl(location, from);
    if (typeof url === "string") throw refused(response, url);
    return url.href;
  }
}

/** Code of a connection that a target refused. */
const TARGET_REFUSED = "TargetRefused";

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
    message: "an append that failed halfway cannot be retried",
  });
}

function withoutHandle(): RequestFailure {
  return new RequestFailure({
    status: 0,
    code: REFUSED_BY_RULE,
    message: "the answer to an append has no header ais-append-handle",
  });
}

function objectPath({ bucket, key }: ObjectName): string {
  const segments = key.split("/").map(encodeURIComponent).join("/");
  return `/v1/objects/${encodeURIComponent(bucket)}/${segments}`;
}
