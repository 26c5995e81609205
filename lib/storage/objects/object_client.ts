/**
 * The seam of the clients of object stores: five calls, and those of
 * multipart uploads beside them.
 *
 * A call is one attempt: no retry, no time-out of its own, no redirect. What
 * goes wrong is a {@linkcode RequestFailure}, whatever the library throws.
 * Retries, deadlines, redirects and counters stand above the seam, so they
 * are the same for all libraries.
 *
 * Adding a library of S3: one file that exports a function which makes an
 * {@linkcode ObjectClient}, one line in `s3/client_libraries.ts`.
 */

import type { ProxySettings } from "./proxy.ts";

/** An object, or the prefix of a listing. */
export interface ObjectName {
  /** For messages, in front of "://". @default {"s3"} */
  readonly scheme?: string;
  readonly bucket: string;
  readonly key: string;
}

/** Where one client sends its requests. */
export interface ClientPlace {
  /** Scheme, host and port, without a slash at the end. */
  readonly endpoint: string;
  readonly tls: TlsSettings;
  readonly proxies: ProxySettings;
  /** Region that a redirect named; absent: that of the settings. */
  readonly region?: string;
  /**
   * True: bucket in the path; false: bucket in front of the host. Named by a
   * redirect; absent: that of the settings.
   */
  readonly pathStyle?: boolean;
}

/** Makes a client of one endpoint; who is asking is known to the maker. */
export type CreateClient = (place: ClientPlace) => ObjectClient;

/** How requests leave. */
export type TransportSettings = Pick<ClientPlace, "tls" | "proxies">;

/** Whom to trust. */
export interface TlsSettings {
  /** Certificates of authorities, PEM; null: the system's. */
  readonly caCerts: string | null;
  /** True: any certificate will do. */
  readonly insecure: boolean;
}

/** Arguments of every call. */
export interface CallOptions {
  /** Ends the attempt; its reason is a {@linkcode RequestFailure}. */
  readonly signal: AbortSignal;
}

/** What the head of an answer says, as it came: nothing is checked yet. */
export interface AnswerHead {
  /** HTTP status, 200 to 299. */
  readonly status: number;
  /** Content-Length; null: none, or no number. */
  readonly byteCount: number | null;
  readonly contentRange: string | null;
  readonly etag: string | null;
}

/** Arguments of {@linkcode ObjectClient.get}. */
export interface GetOptions extends CallOptions {
  /** Null: the whole object. */
  readonly range: {
    readonly offset: number;
    readonly byteCount: number;
  } | null;
  /** Takes the bytes in order; a chunk is valid during the call. */
  readonly sink: (chunk: Uint8Array) => void;
  /**
   * The headers of the answer are there.
   *
   * @throws {RequestFailure} If they are not what was asked for; the body is
   *   given up then.
   */
  readonly onHeaders: (head: AnswerHead) => void;
}

/** Arguments of calls that send bytes. */
export interface PutOptions extends CallOptions {
  /** CRC-32 of the body in base64, for the server to compare; null: none. */
  readonly crc32: string | null;
}

/** Arguments of {@linkcode UploadCalls.create}. */
export interface CreateUploadOptions extends CallOptions {
  /** Parts will come with a CRC-32, which S3 must be told beforehand. */
  readonly hasChecksums: boolean;
}

/** One page of a listing. */
export interface ListPage {
  readonly keys: readonly string[];
  /**
   * Those of them that have no bytes, where the listing says it.
   * @default {[]}
   */
  readonly emptyKeys?: readonly string[];
  /** Common prefixes, with the delimiter at their ends. */
  readonly prefixes: readonly string[];
  /** Continues the listing; null: this was the last page. */
  readonly nextToken: string | null;
}

/** A part of an upload, as the completing call names it. */
export interface UploadedPart {
  /** From 1. */
  readonly number: number;
  readonly etag: string;
  /** As it was sent with the part; null: none. */
  readonly crc32: string | null;
}

/** What one library does at one endpoint. */
export interface ObjectClient {
  get(name: ObjectName, options: GetOptions): Promise<void>;
  put(name: ObjectName, body: Uint8Array, options: PutOptions): Promise<void>;
  head(name: ObjectName, options: CallOptions): Promise<AnswerHead>;
  list(
    prefix: ObjectName,
    options: CallOptions & {
      readonly delimiter: string;
      readonly token: string | null;
      readonly maxKeys: number;
    },
  ): Promise<ListPage>;
  delete(name: ObjectName, options: CallOptions): Promise<void>;
  readonly uploads: UploadCalls;
  /** Lets go of idle connections. */
  close(): void;
}

/** Multipart uploads. */
export interface UploadCalls {
  /** @returns The id of the upload. */
  create(name: ObjectName, options: CreateUploadOptions): Promise<string>;
  /** @returns The part's ETag. */
  part(
    upload: UploadName,
    body: Uint8Array,
    options: PutOptions & { readonly number: number },
  ): Promise<string>;
  complete(
    upload: UploadName,
    parts: readonly UploadedPart[],
    options: CallOptions,
  ): Promise<void>;
  abort(upload: UploadName, options: CallOptions): Promise<void>;
}

/** An upload that was begun. */
export interface UploadName extends ObjectName {
  readonly uploadId: string;
}
