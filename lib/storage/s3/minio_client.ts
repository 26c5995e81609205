/**
 * `storage_library: minio`: MinIO's client over node:http, its own stack.
 *
 * Its calls take no signal and hide the status of an answer that it would
 * retry, so its transport is wrapped: each request finds the call that it
 * belongs to, ends with it, and leaves status and headers there.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { Buffer } from "node:buffer";
import http from "node:http";
import https from "node:https";
import { Client } from "minio";
import { followedQuery, queryText } from "../objects/followed_query.ts";
import type {
  CallOptions,
  GetOptions,
  ListPage,
  ObjectClient,
  ObjectName,
  PutOptions,
  UploadCalls,
} from "../objects/object_client.ts";
import type { ClientSettings } from "./client_settings.ts";
import { brokenOff, RequestFailure } from "../objects/request_failure.ts";
import { retryAfterMs } from "../objects/retry_after.ts";
import { UndiciTls } from "../objects/undici_tls.ts";

/** Makes a client. */
export function createMinioClient(settings: ClientSettings): ObjectClient {
  return new MinioClient(settings);
}

/** One call of the seam, as the transport sees it. */
interface Call {
  readonly signal: AbortSignal;
  answer: http.IncomingMessage | null;
}

/** Calls of the library that its types keep to themselves. */
interface MinioInternals {
  listObjectsV2Query(
    bucket: string,
    prefix: string,
    token: string,
    delimiter: string,
    maxKeys: number,
    startAfter: string,
  ): Promise<{
    objects: readonly { readonly name?: string; readonly prefix?: string }[];
    isTruncated: boolean;
    nextContinuationToken?: string;
  }>;
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

/** The library's client, with the query that a redirect demands. */
class FollowingClient extends Client {
  override getRequestOptions(
    options: { method: string; region: string; query?: string },
  ) {
    const query = followedQuery();
    return super.getRequestOptions(
      query === undefined ? options : { ...options, query: queryText(query) },
    );
  }
}

class MinioClient implements ObjectClient {
  readonly uploads: UploadCalls;
  readonly #client: Client & MinioInternals;
  readonly #agent: http.Agent;
  readonly #unchecked: UndiciTls | null;
  readonly #calls = new AsyncLocalStorage<Call>();

  constructor(settings: ClientSettings) {
    const { hostname, port, protocol, pathname } = new URL(settings.endpoint);
    if (pathname !== "/") {
      throw new RequestFailure({
        status: 0,
        code: "EINVAL",
        message: "the library minio takes no path in endpoint_url",
      });
    }
    const useSSL = protocol === "https:";
    const stack = useSSL ? https : http;
    const { caCerts, insecure } = settings.tls;
    this.#agent = new stack.Agent({
      keepAlive: true,
      ...(caCerts === null ? {} : { ca: caCerts }),
    });
    this.#unchecked = insecure && useSSL ? new UndiciTls(settings.tls) : null;
    const { sessionToken } = settings;
    this.#client = new FollowingClient({
      endPoint: hostname,
      port: port === "" ? (useSSL ? 443 : 80) : Number(port),
      useSSL,
      accessKey: settings.accessKeyId,
      secretKey: settings.secretAccessKey,
      ...(sessionToken === null ? {} : { sessionToken }),
      region: settings.region,
      pathStyle: settings.pathStyle,
      transport: { request: this.#transport(this.#unchecked ?? stack) },
      transportAgent: this.#agent,
      retryOptions: { disableRetry: true },
    }) as Client & MinioInternals;
    this.uploads = this.#createUploadCalls();
  }

  get(name: ObjectName, options: GetOptions): Promise<number | null> {
    const { range, sink, onHeaders, signal } = options;
    return this.#call(signal, async (call) => {
      const { bucket, key } = name;
      const body = range === null
        ? await this.#client.getObject(bucket, key)
        : await this.#client.getPartialObject(
          bucket,
          key,
          range.offset,
          range.byteCount,
        );
      onHeaders();
      for await (const chunk of body) sink(chunk);
      const length = call.answer?.headers["content-length"];
      return length === undefined ? null : Number(length);
    });
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
  ): Promise<number> {
    const facts = await this.#call(
      signal,
      () => this.#client.statObject(bucket, key),
    );
    return facts.size;
  }

  async list(
    prefix: ObjectName,
    { signal, delimiter, token, maxKeys }: Parameters<ObjectClient["list"]>[1],
  ): Promise<ListPage> {
    const page = await this.#call(signal, () =>
      this.#client.listObjectsV2Query(
        prefix.bucket,
        prefix.key,
        token ?? "",
        delimiter,
        maxKeys,
        "",
      ));
    const nextToken = page.nextContinuationToken ?? "";
    if (page.isTruncated && nextToken === "") {
      throw new RequestFailure({
        status: 0,
        code: "MalformedAnswer",
        message: "a truncated listing that cannot be continued",
      });
    }
    return {
      keys: page.objects.flatMap(({ name }) => name === undefined ? [] : name),
      prefixes: page.objects.flatMap(({ prefix }) =>
        prefix === undefined ? [] : prefix
      ),
      nextToken: page.isTruncated ? nextToken : null,
    };
  }

  async delete(
    { bucket, key }: ObjectName,
    { signal }: CallOptions,
  ): Promise<void> {
    await this.#call(signal, () => this.#client.removeObject(bucket, key));
  }

  close(): void {
    this.#agent.destroy();
    this.#unchecked?.close();
  }

  #createUploadCalls(): UploadCalls {
    const client = this.#client;
    return {
      create: ({ bucket, key }, { signal }) =>
        this.#call(
          signal,
          () => client.initiateNewMultipartUpload(bucket, key, {}),
        ),
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
      complete: async ({ bucket, key, uploadId }, parts, { signal }) => {
        const etags = parts.map(({ number, etag }) => ({ part: number, etag }));
        await this.#call(
          signal,
          () => client.completeMultipartUpload(bucket, key, uploadId, etags),
        );
      },
      abort: async ({ bucket, key, uploadId }, { signal }) => {
        await this.#call(
          signal,
          () => client.abortMultipartUpload(bucket, key, uploadId),
        );
      },
    };
  }

  #transport(
    stack: Pick<typeof http, "request"> | UndiciTls,
  ): typeof http.request {
    const request = (
      options: http.RequestOptions,
      onAnswer: (answer: http.IncomingMessage) => void,
    ): http.ClientRequest => {
      const call = this.#calls.getStore();
      const sent = stack.request(options, (answer) => {
        if (call !== undefined) {
          call.answer = answer;
          call.signal.addEventListener("abort", () => answer.destroy());
        }
        // The library does not read the bodies of those it would retry.
        if ((answer.statusCode ?? 0) >= 408) answer.on("error", () => {});
        onAnswer(answer);
      });
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
    const call: Call = { signal, answer: null };
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
