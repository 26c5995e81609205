/**
 * `storage_library: fetch`: Deno's own fetch with requests signed by
 * `sigv4.ts`. The fast default: no package, bodies are drained as streams, and
 * objects are got over connections of its own where that is plain HTTP.
 */
import { boundedText } from "../objects/bounded_body.ts";
import {
  drainAnswer,
  fetchOnce,
  headOf,
  rangeHeader,
} from "../objects/fetch_once.ts";
import { followedQuery, queryText } from "../objects/followed_query.ts";
import type {
  AnswerHead,
  CallOptions,
  CreateUploadOptions,
  GetOptions,
  ListPage,
  ObjectClient,
  ObjectName,
  PutOptions,
  UploadCalls,
  UploadedPart,
  UploadName,
} from "../objects/object_client.ts";
import { KeptConnections, requestHead } from "../objects/kept_connections.ts";
import type { ClientSettings } from "./client_settings.ts";
import { brokenOff } from "../objects/request_failure.ts";
import {
  checkCompletion,
  completeBody,
  failureOf,
  parseListPage,
  parseUploadId,
} from "./s3_xml.ts";
import {
  EMPTY_SHA256,
  escapePath,
  SigV4Signer,
  UNSIGNED_PAYLOAD,
} from "./sigv4.ts";
import { createTransport, type Transport } from "../objects/transport.ts";

/** Makes a client. */
export function createFetchClient(settings: ClientSettings): ObjectClient {
  return new FetchClient(settings);
}

interface Sent extends CallOptions {
  readonly method: string;
  readonly name: ObjectName;
  /** Name to value; sorted when it is sent. */
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  readonly range?: string | undefined;
  /** Further `x-amz-` headers, sorted by name. */
  readonly amzHeaders?: readonly (readonly [string, string])[];
}

/** A request as it goes out. */
interface Signed {
  readonly host: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: [string, string][];
}

/** Tells S3 of an upload that its parts come with checksums. */
const CHECKSUM_HEADER = ["x-amz-checksum-algorithm", "CRC32"] as const;

function checksumHeaders(crc32: string | null): [string, string][] {
  return crc32 === null ? [] : [["x-amz-checksum-crc32", crc32]];
}

class FetchClient implements ObjectClient {
  readonly uploads: UploadCalls;
  readonly #endpoint: URL;
  readonly #pathStyle: boolean;
  readonly #signer: SigV4Signer;
  readonly #transport: Transport;
  /** Whether objects are got over connections of its own. */
  readonly #isDirect: boolean;
  readonly #connections = new Map<string, KeptConnections>();

  constructor(settings: ClientSettings) {
    this.#endpoint = new URL(settings.endpoint);
    this.#pathStyle = settings.pathStyle;
    this.#signer = new SigV4Signer(settings);
    this.#transport = createTransport(settings);
    this.#isDirect = this.#endpoint.protocol === "http:" &&
      settings.proxies.http === null;
    this.uploads = {
      create: (name, options) => this.#createUpload(name, options),
      part: (upload, body, options) => this.#uploadPart(upload, body, options),
      complete: (upload, parts, options) =>
        this.#completeUpload(upload, parts, options),
      abort: (upload, options) => this.#abortUpload(upload, options),
    };
  }

  async get(name: ObjectName, options: GetOptions): Promise<void> {
    const sent = {
      method: "GET",
      name,
      signal: options.signal,
      range: rangeHeader(options.range),
    };
    if (!this.#isDirect) {
      return await drainAnswer(await this.#send(sent), options);
    }
    const { request, connections } = this.#direct(sent);
    await connections.get(request, options, failureOf);
  }

  async put(
    name: ObjectName,
    body: Uint8Array,
    { signal, crc32 }: PutOptions,
  ): Promise<void> {
    const amzHeaders = checksumHeaders(crc32);
    await this.#sendForText({ method: "PUT", name, body, amzHeaders, signal });
  }

  async head(name: ObjectName, { signal }: CallOptions): Promise<AnswerHead> {
    const sent = { method: "HEAD", name, signal };
    if (this.#isDirect) {
      const { request, connections } = this.#direct(sent);
      return await connections.head(request, { signal }, failureOf);
    }
    const response = await this.#send(sent);
    await response.body?.cancel();
    return headOf(response);
  }

  async list(
    prefix: ObjectName,
    { signal, delimiter, token, maxKeys }: Parameters<ObjectClient["list"]>[1],
  ): Promise<ListPage> {
    const xml = await this.#sendForText({
      method: "GET",
      name: { bucket: prefix.bucket, key: "" },
      query: {
        "list-type": "2",
        "encoding-type": "url",
        "max-keys": `${maxKeys}`,
        prefix: prefix.key,
        ...(delimiter === "" ? {} : { delimiter }),
        ...(token === null ? {} : { "continuation-token": token }),
      },
      signal,
    });
    return parseListPage(xml);
  }

  async delete(name: ObjectName, { signal }: CallOptions): Promise<void> {
    await this.#sendForText({ method: "DELETE", name, signal });
  }

  close(): void {
    this.#transport.close();
    for (const connections of this.#connections.values()) connections.close();
  }

  /** A request without a body, and what it goes over. */
  #direct(sent: Sent): { request: string; connections: KeptConnections } {
    const { host, target, headers } = this.#signed(sent);
    // With the bucket in front there are several hosts.
    let connections = this.#connections.get(host);
    if (connections === undefined) {
      connections = new KeptConnections(host);
      this.#connections.set(host, connections);
    }
    const all = [["host", host] as const, ...headers];
    return { request: requestHead(sent.method, target, all), connections };
  }

  async #createUpload(
    name: ObjectName,
    { hasChecksums, signal }: CreateUploadOptions,
  ): Promise<string> {
    const query = { uploads: "" };
    const xml = await this.#sendForText({
      method: "POST",
      name,
      query,
      amzHeaders: hasChecksums ? [CHECKSUM_HEADER] : [],
      signal,
    });
    return parseUploadId(xml);
  }

  async #uploadPart(
    upload: UploadName,
    body: Uint8Array,
    options: PutOptions & { readonly number: number },
  ): Promise<string> {
    const { signal, crc32 } = options;
    const response = await this.#send({
      method: "PUT",
      name: upload,
      query: { partNumber: `${options.number}`, uploadId: upload.uploadId },
      body,
      amzHeaders: checksumHeaders(crc32),
      signal,
    });
    await response.body?.cancel();
    return response.headers.get("etag") ?? "";
  }

  async #completeUpload(
    upload: UploadName,
    parts: readonly UploadedPart[],
    options: CallOptions,
  ): Promise<void> {
    const response = await this.#send({
      method: "POST",
      name: upload,
      query: { uploadId: upload.uploadId },
      body: completeBody(parts),
      ...options,
    });
    checkCompletion(await textOf(response, options.signal), response.headers);
  }

  async #abortUpload(upload: UploadName, options: CallOptions): Promise<void> {
    const query = { uploadId: upload.uploadId };
    await this.#sendForText({
      method: "DELETE",
      name: upload,
      query,
      ...options,
    });
  }

  async #sendForText(sent: Sent): Promise<string> {
    return await textOf(await this.#send(sent), sent.signal);
  }

  async #send(sent: Sent): Promise<Response> {
    const { method, body, signal } = sent;
    const { host, target, headers } = this.#signed(sent);
    const url = `${this.#endpoint.protocol}//${host}${target}`;
    const request = { method, headers, body, signal };
    const response = await fetchOnce(this.#transport, url, request);
    if (response.ok) return response;
    const xml = await textOf(response, signal).catch(() => "");
    throw failureOf(response.status, xml, response.headers);
  }

  /** Where a request goes, and all its headers but `host`. */
  #signed(sent: Sent): Signed {
    const { method, name, body } = sent;
    const { host, pathname } = this.#endpoint;
    const base = pathname === "/" ? "" : pathname;
    const address = this.#pathStyle ? host : `${name.bucket}.${host}`;
    const bucket = escapePath(name.bucket);
    const path = base + (this.#pathStyle ? `/${bucket}` : "") +
      (name.key === "" && this.#pathStyle ? "" : `/${escapePath(name.key)}`);
    const followed = followedQuery();
    const query = followed !== undefined
      ? queryText(followed)
      : sent.query === undefined
      ? ""
      : queryText(Object.entries(sent.query));
    const payloadHash = body === undefined ? EMPTY_SHA256 : UNSIGNED_PAYLOAD;
    const headers = this.#signer.sign({
      method,
      host: address,
      path,
      query,
      payloadHash,
      amzHeaders: sent.amzHeaders ?? [],
    }, Date.now());
    if (sent.range !== undefined) headers.push(["range", sent.range]);
    const target = query === "" ? path : `${path}?${query}`;
    return { host: address, target, headers };
  }
}

async function textOf(
  response: Response,
  signal: AbortSignal,
): Promise<string> {
  try {
    return await boundedText(response.body, signal);
  } catch (error) {
    throw brokenOff(error, signal);
  }
}
