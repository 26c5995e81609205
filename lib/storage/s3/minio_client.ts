/**
 * `storage_library: minio`: MinIO's client over node:http, its own stack, or
 * over undici where node:http will not do.
 *
 * Its calls take no signal and hide the status of an answer that it would
 * retry, so its transport is wrapped: each request finds the call that it
 * belongs to, ends with it, and leaves status and headers there.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { Buffer } from "node:buffer";
import http from "node:http";
import https from "node:https";
import { pipeline, Readable, Transform } from "node:stream";
import { Client } from "minio";
import { followedQuery, queryText } from "../objects/followed_query.ts";
import type {
  AnswerHead,
  CallOptions,
  GetOptions,
  ListPage,
  ObjectClient,
  ObjectName,
  PutOptions,
  UploadCalls,
} from "../objects/object_client.ts";
import type { ClientSettings } from "./client_settings.ts";
import { lengthFrom } from "../objects/answer_check.ts";
import { answerTooLong, MAX_ANSWER_BYTES } from "../objects/bounded_body.ts";
import { brokenOff, RequestFailure } from "../objects/request_failure.ts";
import { checkTunnel, nodeStackServes } from "../objects/node_stack.ts";
import { proxyFor } from "../objects/proxy.ts";
import { retryAfterMs } from "../objects/retry_after.ts";
import { UndiciStack } from "../objects/undici_stack.ts";
import { checkCompletion, completeBody, parseListPage } from "./s3_xml.ts";

/**
 * Makes a client.
 *
 * @throws {ConfigError} If this Deno cannot go through the proxy that it needs.
 */
export function createMinioClient(settings: ClientSettings): ObjectClient {
  checkTunnel(settings.endpoint, settings, "storage_library = minio");
  return new MinioClient(settings);
}

/** One call of the seam, as the transport sees it. */
interface Call {
  readonly signal: AbortSignal;
  /** True: the body of an answer that is no error may have any length. */
  isObject: boolean;
  answer: http.IncomingMessage | null;
}

/** Calls of the library that its types keep to themselves. */
interface MinioInternals {
  makeRequestAsync(
    request: {
      method: string;
      bucketName: string;
      objectName?: string;
      query: string;
    },
    payload?: string,
  ): Promise<http.IncomingMessage>;
  uploadPart(
    part: {
      bucketName: string;
      objectName: string;
      uploadID: string;
      partNumber: number;
      headers: Record<string, string>;
    },
    payload: Buffer,
  ): Promise<{ etag: string }>;
}

const MISTAKEN_CHECKSUM = "x-amz-meta-x-amz-checksum-crc32";

/**
 * The library's client, with the query that a redirect demands, and with any
 * address: its own constructor takes no IPv6, no path and no `_`.
 */
class AnyAddressClient extends Client {
  readonly #basePath: string;

  constructor(
    { hostname, pathname }: URL,
    options: Omit<ConstructorParameters<typeof Client>[0], "endPoint">,
  ) {
    super({ ...options, endPoint: "localhost" });
    this.host = hostname.replace(/^\[(.*)\]$/, "$1");
    this.#basePath = pathname.replace(/\/+$/, "");
  }

  override getRequestOptions(
    options: { method: string; region: string; query?: string },
  ) {
    const query = followedQuery();
    const request = super.getRequestOptions(
      query === undefined ? options : { ...options, query: queryText(query) },
    );
    const { headers, path = "/" } = request;
    // The library takes it for metadata of the user's.
    const crc32 = headers[MISTAKEN_CHECKSUM];
    if (crc32 !== undefined) {
      delete headers[MISTAKEN_CHECKSUM];
      headers["x-amz-checksum-crc32"] = crc32;
    }
    const isBareIp6 = /^[^[]*:.*:/.test(headers.host ?? "");
    if (isBareIp6) headers.host = `[${headers.host}]`;
    return { ...request, headers, path: this.#basePath + path };
  }
}

class MinioClient implements ObjectClient {
  readonly uploads: UploadCalls;
  readonly #client: AnyAddressClient & MinioInternals;
  readonly #agent: http.Agent;
  readonly #undici: UndiciStack;
  readonly #calls = new AsyncLocalStorage<Call>();

  constructor(settings: ClientSettings) {
    const address = new URL(settings.endpoint);
    const { port, protocol } = address;
    const useSSL = protocol === "https:";
    const stack = useSSL ? https : http;
    const { tls: { caCerts, insecure }, proxies } = settings;
    this.#agent = new stack.Agent({
      keepAlive: true,
      ...(caCerts === null ? {} : { ca: caCerts }),
    });
    this.#undici = new UndiciStack(settings);
    const needsUndici = (insecure && useSSL) ||
      !nodeStackServes(Deno.version.deno);
    const stackFor = (options: http.RequestOptions) => {
      const { host, protocol } = options;
      const name = /^[^[].*:/.test(host ?? "") ? `[${host}]` : host;
      const isProxied = proxyFor(`${protocol}//${name}`, proxies) !== null;
      return needsUndici || isProxied ? this.#undici : stack;
    };
    const { sessionToken } = settings;
    this.#client = new AnyAddressClient(address, {
      port: port === "" ? (useSSL ? 443 : 80) : Number(port),
      useSSL,
      accessKey: settings.accessKeyId,
      secretKey: settings.secretAccessKey,
      ...(sessionToken === null ? {} : { sessionToken }),
      region: settings.region,
      pathStyle: settings.pathStyle,
      transport: { request: this.#transport(stackFor) },
      transportAgent: this.#agent,
      retryOptions: { disableRetry: true },
    }) as AnyAddressClient & MinioInternals;
    this.uploads = this.#createUploadCalls();
  }

  get(name: ObjectName, options: GetOptions): Promise<void> {
    const { range, sink, onHeaders, signal } = options;
    return this.#call(signal, async (call) => {
      call.isObject = true;
      const body = await this.#getBody(name, range).catch((error) => {
        // The library takes some good answers for errors of its own making.
        const head = headOf(call.answer);
        if (head.status >= 200 && head.status < 300) onHeaders(head);
        throw error;
      });
      try {
        onHeaders(headOf(call.answer));
        for await (const chunk of body) sink(chunk);
      } catch (error) {
        body.destroy();
        throw error;
      }
    });
  }

  #getBody({ bucket, key }: ObjectName, range: GetOptions["range"]) {
    if (range === null) return this.#client.getObject(bucket, key);
    const { offset, byteCount } = range;
    return this.#client.getPartialObject(bucket, key, offset, byteCount);
  }

  async put(
    { bucket, key }: ObjectName,
    body: Uint8Array,
    { signal, crc32 }: PutOptions,
  ): Promise<void> {
    await this.#call(signal, () =>
      this.#client.putObject(
        bucket,
        key,
        bufferOf(body),
        body.length,
        checksumHeaders(crc32),
      ));
  }

  async head(
    { bucket, key }: ObjectName,
    { signal }: CallOptions,
  ): Promise<AnswerHead> {
    return await this.#call(signal, async (call) => {
      await this.#client.statObject(bucket, key);
      return headOf(call.answer);
    });
  }

  /** The library's own call decodes keys also where they are not escaped. */
  async list(
    prefix: ObjectName,
    { signal, delimiter, token, maxKeys }: Parameters<ObjectClient["list"]>[1],
  ): Promise<ListPage> {
    const query = queryText([
      ["list-type", "2"],
      ["encoding-type", "url"],
      ["max-keys", `${maxKeys}`],
      ["prefix", prefix.key],
      ...(delimiter === "" ? [] : [["delimiter", delimiter] as const]),
      ...(token === null ? [] : [["continuation-token", token] as const]),
    ]);
    const request = { method: "GET", bucketName: prefix.bucket, query };
    const { text } = await this.#ask(signal, request);
    return parseListPage(text);
  }

  async delete(
    { bucket, key }: ObjectName,
    { signal }: CallOptions,
  ): Promise<void> {
    await this.#call(signal, () => this.#client.removeObject(bucket, key));
  }

  close(): void {
    this.#agent.destroy();
    this.#undici.close();
  }

  #createUploadCalls(): UploadCalls {
    const client = this.#client;
    return {
      create: ({ bucket, key }, { signal, hasChecksums }) =>
        this.#call(signal, () =>
          client.initiateNewMultipartUpload(
            bucket,
            key,
            hasChecksums ? { "x-amz-checksum-algorithm": "CRC32" } : {},
          )),
      part: async (upload, body, { signal, number, crc32 }) => {
        const { etag } = await this.#call(signal, () =>
          client.uploadPart({
            bucketName: upload.bucket,
            objectName: upload.key,
            uploadID: upload.uploadId,
            partNumber: number,
            headers: checksumHeaders(crc32),
          }, bufferOf(body)));
        return etag;
      },
      // The library's own call names no checksums.
      complete: async ({ bucket, key, uploadId }, parts, { signal }) => {
        const request = {
          method: "POST",
          bucketName: bucket,
          objectName: key,
          query: queryText([["uploadId", uploadId]]),
        };
        const { text, headers } = await this.#ask(
          signal,
          request,
          completeBody(parts),
        );
        checkCompletion(text, headers);
      },
      abort: async ({ bucket, key, uploadId }, { signal }) => {
        await this.#call(
          signal,
          () => client.abortMultipartUpload(bucket, key, uploadId),
        );
      },
    };
  }

  /** A request whose whole answer is wanted. */
  #ask(
    signal: AbortSignal,
    request: Parameters<MinioInternals["makeRequestAsync"]>[0],
    payload = "",
  ): Promise<{ text: string; headers: Headers }> {
    return this.#call(signal, async () => {
      const answer = await this.#client.makeRequestAsync(request, payload);
      const text = await new Response(Readable.toWeb(answer) as BodyInit)
        .text();
      return { text, headers: headersOf(answer) };
    });
  }

  #transport(
    stackFor: (
      options: http.RequestOptions,
    ) => Pick<typeof http, "request"> | UndiciStack,
  ): typeof http.request {
    const request = (
      options: http.RequestOptions,
      onAnswer: (answer: http.IncomingMessage) => void,
    ): http.ClientRequest => {
      const call = this.#calls.getStore();
      const headers = { ...options.headers, "accept-encoding": "identity" };
      const sent = stackFor(options).request(
        { ...options, headers },
        (given) => {
          const isEndless = call?.isObject === true &&
            (given.statusCode ?? 0) < 300;
          const answer = isEndless ? given : boundedAnswer(given);
          if (call !== undefined) {
            call.answer = answer;
            call.signal.addEventListener("abort", () => given.destroy());
          }
          // The library does not read the bodies of those it would retry.
          if ((answer.statusCode ?? 0) >= 408) answer.on("error", () => {});
          onAnswer(answer);
        },
      );
      call?.signal.addEventListener("abort", () => sent.destroy());
      return sent;
    };
    return request as typeof http.request;
  }

  /** Runs one call of the library, which ends when the signal says so. */
  async #call<Result>(
    signal: AbortSignal,
    act: (call: Call) => Promise<Result>,
  ): Promise<Result> {
    const call: Call = { signal, isObject: false, answer: null };
    const ended = Promise.withResolvers<never>();
    const onAbort = () => ended.reject(signal.reason);
    ended.promise.catch(() => {});
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      const acting = this.#calls.run(call, () => act(call));
      // Only the first event counts.
      acting.catch(() => {});
      return await Promise.race([acting, ended.promise]);
    } catch (error) {
      throw toFailure(error, call);
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }
}

/** An answer that fails where it is longer than it may be. */
function boundedAnswer(answer: http.IncomingMessage): http.IncomingMessage {
  let byteCount = 0;
  const bounded = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      byteCount += chunk.length;
      done(byteCount > MAX_ANSWER_BYTES ? answerTooLong() : null, chunk);
    },
  });
  pipeline(answer, bounded, () => {});
  const { statusCode, headers } = answer;
  Object.defineProperties(bounded, {
    statusCode: { value: statusCode },
    headers: { value: headers },
    complete: { get: () => answer.complete },
  });
  return bounded as unknown as http.IncomingMessage;
}

/** What the head of an answer says. */
function headOf(answer: http.IncomingMessage | null): AnswerHead {
  const { statusCode = 0, headers = {} } = answer ?? {};
  return {
    status: statusCode,
    byteCount: lengthFrom(headers["content-length"]),
    contentRange: headers["content-range"] ?? null,
    etag: headers.etag ?? null,
  };
}

function headersOf({ headers }: http.IncomingMessage): Headers {
  return new Headers(
    Object.entries(headers).map(([name, value]): [string, string] => [
      name,
      String(value),
    ]),
  );
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function checksumHeaders(crc32: string | null): Record<string, string> {
  return crc32 === null ? {} : { "x-amz-checksum-crc32": crc32 };
}

/** What the library throws for an answer of the server's. */
interface S3Error extends Error {
  readonly code?: string;
  readonly amzRequestid?: string;
}

function toFailure(error: unknown, { signal, answer }: Call): RequestFailure {
  if (error instanceof RequestFailure) return error;
  const status = answer?.statusCode;
  if (status === undefined || signal.aborted) return brokenOff(error, signal);
  const { name, code, message, amzRequestid } = error as S3Error;
  // The library did not find in the answer what it looked for.
  if (status < 300 && name !== "S3Error" && answer?.complete === true) {
    return new RequestFailure({ status: 0, code: "MalformedAnswer", message });
  }
  // The response began and was incomplete.
  if (status < 300 && name !== "S3Error") return brokenOff(error, signal);
  const header = (key: string) => {
    const value = answer?.headers[key];
    return typeof value === "string" ? value : null;
  };
  answer?.resume();
  const isHidden = message.startsWith("Request failed after");
  return new RequestFailure({
    status: status < 300 ? 500 : status,
    code: code ?? `${status}`,
    message: isHidden || message === "" ? "no reason given" : message,
    requestId: amzRequestid ?? header("x-amz-request-id"),
    location: header("location"),
    region: header("x-amz-bucket-region"),
    retryAfterMs: retryAfterMs(header("retry-after"), header("date")),
  });
}
