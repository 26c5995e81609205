/**
 * `storage_library: aws-sdk`: Amazon's own client over fetch. DLIO's
 * s3torchconnector is built on Amazon's client too.
 *
 * The SDK's own retries and redirects are switched off, because Stoker's are
 * above the seam. It reads no settings from the environment or ~/.aws:
 * everything is given explicitly. Bodies are not hashed for the signature, as
 * with `fetch`.
 */
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { FetchHttpHandler } from "@smithy/fetch-http-handler";
import { followedQuery } from "../objects/followed_query.ts";
import { lengthFrom } from "../objects/answer_check.ts";
import { drainBody } from "../objects/body_drain.ts";
import { boundedAnswer } from "../objects/bounded_body.ts";
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
import {
  brokenOff,
  malformed,
  RequestFailure,
} from "../objects/request_failure.ts";
import { retryAfterMs } from "../objects/retry_after.ts";
import { unescapeUrl } from "./s3_xml.ts";
import { UNSIGNED_PAYLOAD } from "./sigv4.ts";
import { createTransport, type Transport } from "../objects/transport.ts";
import { uploadBody } from "../objects/upload_body.ts";

/** What the package's own fetch handler takes. */
type RequestInitOf = NonNullable<
  Exclude<
    ConstructorParameters<typeof FetchHttpHandler>[0],
    undefined | ((...args: never[]) => unknown)
  >["requestInit"]
>;

/** Makes a client. */
export function createAwsSdkClient(settings: ClientSettings): ObjectClient {
  return new AwsSdkClient(settings);
}

class AwsSdkClient implements ObjectClient {
  readonly uploads: UploadCalls;
  readonly #client: S3Client;
  readonly #transport: Transport;

  constructor(settings: ClientSettings) {
    this.#transport = createTransport(settings);
    this.#client = createSdkClient(settings, this.#transport);
    this.uploads = createUploadCalls(this.#client);
  }

  async get(
    { bucket, key }: ObjectName,
    { range, sink, onHeaders, signal }: GetOptions,
  ): Promise<void> {
    let body: ReadableStream<Uint8Array> | undefined;
    try {
      const output = await this.#client.send(
        new GetObjectCommand({
          Bucket: bucket,
          Key: key,
          ...(range === null ? {} : {
            Range: `bytes=${range.offset}-${
              range.offset + range.byteCount - 1
            }`,
          }),
        }),
        { abortSignal: signal },
      );
      // An answer without a body comes as an empty Blob.
      const given: unknown = output.Body;
      if (given instanceof ReadableStream) body = given;
      onHeaders(headOf(output));
      if (body !== undefined) await drainBody(body, sink, signal);
    } catch (error) {
      await body?.cancel().catch(() => {});
      throw toFailure(error, signal);
    }
  }

  async put(
    { bucket, key }: ObjectName,
    body: Uint8Array,
    { signal, crc32 }: PutOptions,
  ): Promise<void> {
    await this.#try(
      signal,
      this.#client.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: key,
          Body: body,
          ContentLength: body.length,
          ...(crc32 === null ? {} : { ChecksumCRC32: crc32 }),
        }),
        { abortSignal: signal },
      ),
    );
  }

  async head(
    { bucket, key }: ObjectName,
    { signal }: CallOptions,
  ): Promise<AnswerHead> {
    const command = new HeadObjectCommand({ Bucket: bucket, Key: key });
    const output = await this.#try(
      signal,
      this.#client.send(command, { abortSignal: signal }),
    );
    return headOf(output);
  }

  async list(
    prefix: ObjectName,
    { signal, delimiter, token, maxKeys }: Parameters<ObjectClient["list"]>[1],
  ): Promise<ListPage> {
    const output = await this.#try(
      signal,
      this.#client.send(
        new ListObjectsV2Command({
          Bucket: prefix.bucket,
          Prefix: prefix.key,
          MaxKeys: maxKeys,
          EncodingType: "url",
          ...(delimiter === "" ? {} : { Delimiter: delimiter }),
          ...(token === null ? {} : { ContinuationToken: token }),
        }),
        { abortSignal: signal },
      ),
    );
    // The SDK takes any answer for a listing, even one without a body.
    if (saysNothing(output)) throw malformed("a listing");
    const nextToken = output.NextContinuationToken ?? null;
    if (output.IsTruncated === true && nextToken === null) {
      throw new RequestFailure({
        status: 0,
        code: "MalformedAnswer",
        message: "a truncated listing that cannot be continued",
      });
    }
    const decode = (text: string) =>
      output.EncodingType === "url" ? unescapeUrl(text) : text;
    const entries = output.Contents ?? [];
    return {
      keys: entries.map(({ Key = "" }) => decode(Key)),
      emptyKeys: entries.filter(({ Size }) => Size === 0)
        .map(({ Key = "" }) => decode(Key)),
      prefixes: (output.CommonPrefixes ?? [])
        .map(({ Prefix = "" }) => decode(Prefix)),
      nextToken: output.IsTruncated === true ? nextToken : null,
    };
  }

  async delete(
    { bucket, key }: ObjectName,
    { signal }: CallOptions,
  ): Promise<void> {
    const command = new DeleteObjectCommand({ Bucket: bucket, Key: key });
    await this.#try(
      signal,
      this.#client.send(command, { abortSignal: signal }),
    );
  }

  close(): void {
    this.#client.destroy();
    this.#transport.close();
  }

  #try<Output>(signal: AbortSignal, sent: Promise<Output>): Promise<Output> {
    return attempt(signal, sent);
  }
}

function createSdkClient(
  settings: ClientSettings,
  transport: Transport,
): S3Client {
  const { accessKeyId, secretAccessKey, sessionToken } = settings;
  const client = new S3Client({
    endpoint: settings.endpoint,
    region: settings.region,
    credentials: {
      accessKeyId,
      secretAccessKey,
      ...(sessionToken === null ? {} : { sessionToken }),
    },
    forcePathStyle: settings.pathStyle,
    requestHandler: new FetchHttpHandler({
      customFetch: ((request: Request) =>
        answerTo(request, transport)) as typeof fetch,
      requestInit: ({ body, protocol, hostname, port }) =>
        ({
          redirect: "manual",
          ...transport.requestInit(
            `${protocol}//${hostname}${port === undefined ? "" : `:${port}`}`,
          ),
          ...(body instanceof Uint8Array ? { body: uploadBody(body) } : {}),
          // Deno 2.4.2 knows two types of this name.
        }) as ReturnType<RequestInitOf>,
    }),
    maxAttempts: 1,
    retryMode: "standard",
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    // Each of these would otherwise be looked up in the environment and in
    // ~/.aws/config.
    useFipsEndpoint: false,
    useDualstackEndpoint: false,
    useArnRegion: false,
    disableMultiregionAccessPoints: true,
    disableS3ExpressSessionAuth: true,
    followRegionRedirects: false,
    defaultsMode: "standard",
    userAgentAppId: "stoker",
    sigv4aSigningRegionSet: [settings.region],
    authSchemePreference: ["sigv4"],
  });
  adaptRequests(client);
  return client;
}

/** Requests as Stoker sends them with every library. */
function adaptRequests({ middlewareStack }: S3Client): void {
  middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      rememberHead(result as { output: object; response: unknown });
      return result;
    },
    { step: "initialize", priority: "high", name: "remembersHeads" },
  );
  middlewareStack.add(
    (next) => (args) => {
      const request = args.request as {
        headers: Record<string, string>;
        query?: Record<string, string | string[]>;
        body?: unknown;
      };
      const { headers, body } = request;
      const query = followedQuery();
      if (query !== undefined) {
        const valuesOf = (each: string) =>
          query.filter(([name]) => name === each).map(([, value]) => value);
        request.query = Object.fromEntries(
          query.map(([name]) => [name, valuesOf(name)]),
        );
      }
      if (body instanceof Uint8Array) {
        headers["x-amz-content-sha256"] = UNSIGNED_PAYLOAD;
      }
      return next(args);
    },
    { step: "build", name: "asStokerSends" },
  );
  middlewareStack.add(
    (next) => (args) => {
      const { headers } = args.request as { headers: Record<string, string> };
      headers["accept-encoding"] = "identity";
      return next(args);
    },
    // Behind the signature: gateways change this header.
    { step: "deserialize", priority: "low", name: "asksForNoEncoding" },
  );
}

/**
 * Requests by the bodies of their answers: a request that was collected would
 * take its signal along, and nothing would end the body any more.
 */
const requestsOfBodies = new WeakMap<ReadableStream, Request>();

async function answerTo(
  request: Request,
  transport: Transport,
): Promise<Response> {
  const response = await transport.fetchRequest(request);
  if (response.body === null) return response;
  const isObject = request.method === "GET" && response.ok &&
    !new URL(request.url).searchParams.has("list-type");
  const answer = isObject ? response : boundedAnswer(response);
  if (answer.body !== null) requestsOfBodies.set(answer.body, request);
  return answer;
}

/** Whether the SDK found nothing in an answer that it knows. */
function saysNothing({ $metadata: _, ...told }: { $metadata: unknown }) {
  return Object.values(told).every((value) => value === undefined);
}

/**
 * Heads of answers by what the SDK makes of them: it takes "1e3", "-1" and ""
 * for lengths.
 */
const headsOfOutputs = new WeakMap<object, AnswerHead>();

function headOf(output: object): AnswerHead {
  const head = headsOfOutputs.get(output);
  if (head === undefined) throw new Error("an answer of no request");
  return head;
}

function rememberHead(
  { output, response }: { output: object; response: unknown },
): void {
  const { statusCode, headers } = response as {
    readonly statusCode: number;
    readonly headers: Readonly<Record<string, string>>;
  };
  headsOfOutputs.set(output, {
    status: statusCode,
    byteCount: lengthFrom(headers["content-length"]),
    contentRange: headers["content-range"] ?? null,
    etag: headers.etag ?? null,
  });
}

function createUploadCalls(client: S3Client): UploadCalls {
  return {
    async create({ bucket, key }, { signal, hasChecksums }) {
      const command = new CreateMultipartUploadCommand({
        Bucket: bucket,
        Key: key,
        ...(hasChecksums ? { ChecksumAlgorithm: "CRC32" as const } : {}),
      });
      const sent = client.send(command, { abortSignal: signal });
      return (await attempt(signal, sent)).UploadId ?? "";
    },
    async part(upload, body, { signal, number, crc32 }) {
      const command = new UploadPartCommand({
        Bucket: upload.bucket,
        Key: upload.key,
        UploadId: upload.uploadId,
        PartNumber: number,
        Body: body,
        ContentLength: body.length,
        ...(crc32 === null ? {} : { ChecksumCRC32: crc32 }),
      });
      const sent = client.send(command, { abortSignal: signal });
      return (await attempt(signal, sent)).ETag ?? "";
    },
    async complete(upload, parts, { signal }) {
      const command = new CompleteMultipartUploadCommand({
        Bucket: upload.bucket,
        Key: upload.key,
        UploadId: upload.uploadId,
        MultipartUpload: {
          Parts: parts.map(({ number, etag, crc32 }) => ({
            PartNumber: number,
            ETag: etag,
            ...(crc32 === null ? {} : { ChecksumCRC32: crc32 }),
          })),
        },
      });
      const sent = client.send(command, { abortSignal: signal });
      const output = await attempt(signal, sent);
      if (saysNothing(output)) throw malformed("a completed upload");
    },
    async abort(upload, { signal }) {
      const command = new AbortMultipartUploadCommand({
        Bucket: upload.bucket,
        Key: upload.key,
        UploadId: upload.uploadId,
      });
      await attempt(signal, client.send(command, { abortSignal: signal }));
    },
  };
}

async function attempt<Output>(
  signal: AbortSignal,
  sent: Promise<Output>,
): Promise<Output> {
  try {
    return await sent;
  } catch (error) {
    throw toFailure(error, signal);
  }
}

/** What the SDK throws for an answer of the server's. */
interface ServiceError extends Error {
  readonly Code?: string;
  readonly $metadata?: {
    readonly httpStatusCode?: number;
    readonly requestId?: string;
  };
  readonly $response?: {
    readonly statusCode?: number;
    readonly headers?: Readonly<Record<string, string>>;
  };
}

function toFailure(error: unknown, signal: AbortSignal): RequestFailure {
  if (error instanceof RequestFailure) return error;
  const { $metadata, $response, name, message, Code } = error as ServiceError;
  const status = $metadata?.httpStatusCode ?? $response?.statusCode;
  if (status === undefined || signal.aborted) return brokenOff(error, signal);
  // 200: the answer came and could not be understood, or says "Error".
  const isUnread = status < 300;
  const headers = $response?.headers ?? {};
  return new RequestFailure({
    status: isUnread ? 500 : status,
    code: Code ??
      (/^(Unknown|Error|SyntaxError|$)/.test(name) ? `${status}` : name),
    message: message === "UnknownError" ? "no reason given" : message,
    requestId: $metadata?.requestId ?? null,
    location: headers.location ?? null,
    region: headers["x-amz-bucket-region"] ?? null,
    retryAfterMs: retryAfterMs(headers["retry-after"], headers.date),
  });
}
