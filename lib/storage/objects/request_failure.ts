/**
 * What went wrong with one attempt of a request, the same for all libraries.
 */
import { foreignText, StorageError } from "../../errors.ts";
import type { ObjectName } from "./object_client.ts";

/** Facts of a failed attempt. */
export interface FailureFacts {
  /** HTTP status; 0: there was no response, or it was incomplete. */
  readonly status: number;
  /** S3's own code, such as "SlowDown"; else a word for what happened. */
  readonly code: string;
  readonly message: string;
  readonly requestId?: string | null;
  /** Where a redirect leads. */
  readonly location?: string | null;
  /** Region that the bucket is in, where the server says so. */
  readonly region?: string | null;
  /** How long the server wants to be left alone, where it says so. */
  readonly retryAfterMs?: number | null;
}

/** Codes of S3 with a status below 500 that are worth another attempt. */
const RETRIED_CODES = new Set([
  "RequestTimeout",
  "RequestTimeoutException",
  "SlowDown",
  "Throttling",
  "ThrottlingException",
  "TooManyRequests",
  "OperationAborted",
  "BadDigest",
  "IncompleteBody",
]);

/** Statuses worth another attempt. */
const RETRIED_STATUSES = new Set([0, 408, 429, 500, 502, 503, 504]);

/** Codes that mean that a bucket or object is not there. */
const MISSING_CODES = new Set(["NoSuchKey", "NotFound", "404"]);

/** Of a server's codes and numbers of requests. */
const MAX_CODE_CHARS = 200;

/** Thrown by every client for an attempt that failed. */
export class RequestFailure extends Error {
  readonly status: number;
  readonly code: string;
  readonly requestId: string | null;
  readonly location: string | null;
  readonly region: string | null;
  readonly retryAfterMs: number | null;

  constructor(facts: FailureFacts) {
    super(foreignText(facts.message));
    this.name = "RequestFailure";
    this.status = facts.status;
    this.code = foreignText(facts.code, MAX_CODE_CHARS);
    this.requestId = facts.requestId === undefined || facts.requestId === null
      ? null
      : foreignText(facts.requestId, MAX_CODE_CHARS);
    this.location = facts.location ?? null;
    this.region = facts.region ?? null;
    this.retryAfterMs = facts.retryAfterMs ?? null;
  }

  /** Whether the same request may succeed later. */
  get isTransient(): boolean {
    if (PERMANENT_CODES.includes(this.code)) return false;
    return RETRIED_STATUSES.has(this.status) || RETRIED_CODES.has(this.code);
  }

  /** Whether the object, not the bucket, is missing. */
  get isMissing(): boolean {
    return this.status === 404 && MISSING_CODES.has(this.code);
  }

  /** Whether the server sends the caller elsewhere. */
  get isRedirect(): boolean {
    return [301, 302, 307, 308].includes(this.status);
  }
}

/**
 * The failure of an answer that is not what it should be.
 *
 * @param what What it should be: "a listing".
 */
export function malformed(what: string): RequestFailure {
  return new RequestFailure({
    status: 0,
    code: "MalformedAnswer",
    message: `the response is incomplete or is not ${what}`,
  });
}

/** Code of attempts that ended because the run is being stopped. */
export const STOPPED_CODE = "Stopped";
/** Code of objects that are another one in one answer than in the next. */
export const OBJECT_CHANGED = "ObjectChanged";
/** Code of answers that Stoker refuses, such as a redirect to plain HTTP. */
export const REFUSED_BY_RULE = "Refused";

/** Code of connections whose other end does not prove who it is. */
const CERTIFICATE_CODE = "Certificate";
/** The same, where the certificate is one of another server. */
const OTHER_NAME_CODE = "CertificateName";
/** Codes that another attempt would not change, whatever the status. */
const PERMANENT_CODES: readonly string[] = [
  STOPPED_CODE,
  REFUSED_BY_RULE,
  OBJECT_CHANGED,
  CERTIFICATE_CODE,
  OTHER_NAME_CODE,
];

/** An attempt that ended without a complete response. */
export function brokenOff(error: unknown, signal: AbortSignal): RequestFailure {
  if (error instanceof RequestFailure) return error;
  if (signal.aborted && signal.reason instanceof RequestFailure) {
    return signal.reason;
  }
  const message = connectionMessage(error);
  const isRefused = /refused/i.test(message);
  const isTls = /certificate/i.test(message);
  return new RequestFailure({
    status: 0,
    code: isOtherName(message)
      ? OTHER_NAME_CODE
      : isTls
      ? CERTIFICATE_CODE
      : isRefused
      ? "ConnectionRefused"
      : "ConnectionLost",
    message,
  });
}

/** How rustls and OpenSSL say that a certificate is one of another server. */
function isOtherName(message: string): boolean {
  return /not valid for name|NotValidForName|altname|does not match certificate/i
    .test(message);
}

/** The innermost cause says most. */
function connectionMessage(error: unknown): string {
  let inner: unknown = error;
  while (inner instanceof Error && inner.cause instanceof Error) {
    inner = inner.cause;
  }
  const text = inner instanceof Error ? inner.message : String(inner);
  return text
    .replace(/^error sending (request|HTTP request).*?: (?=client error|.)/, "")
    .replace(/^client error \(\w+\): /, "")
    .replace(/ \(os error \d+\)/, "");
}

/** What to check, by code or status. */
const ADVICE: Readonly<Record<string, string>> = {
  InvalidAccessKeyId: "check access_key_id",
  SignatureDoesNotMatch: "check secret_access_key and region",
  ExpiredToken: "the credentials have expired: renew session_token",
  InvalidToken: "check session_token",
  RequestTimeTooSkewed: "the clocks of this host and of the endpoint differ",
  NoSuchBucket: "check storage.storage_root: there is no such bucket",
  PermanentRedirect: "check endpoint_url and region",
  AuthorizationHeaderMalformed: "check region",
  ConnectionRefused: "nothing listens there: check endpoint_url",
  [CERTIFICATE_CODE]: "name the authority that signed it, in PEM, in " +
    "storage.storage_options.ca_bundle or AWS_CA_BUNDLE; --insecure takes " +
    "any certificate",
  [OTHER_NAME_CODE]:
    "the certificate is for another name: check endpoint_url, " +
    "and set storage.storage_options.s3_force_path_style = true, with which " +
    "the name has no bucket in front",
  AccessDenied: "check the rights of access_key_id",
  "403": "check access_key_id, its rights and the clocks",
};

/** What the message of a failure contains. */
export interface FailurePlace {
  readonly operation: string;
  readonly name: ObjectName;
  readonly endpoint: string;
  /** Address of the proxy that it went through; null: none. */
  readonly proxy: string | null;
  readonly attempts: number;
  /** Texts that must never be shown. */
  readonly secrets: readonly string[];
}

/** The error of a request that failed after all retries. */
export function toRequestError(
  failure: RequestFailure,
  place: FailurePlace,
): StorageError {
  const { operation, name, endpoint, proxy, attempts } = place;
  const answer = failure.status === 0
    ? `${failure.code}, ${failure.message}`
    : `HTTP ${failure.status} ${failure.code}, ${failure.message}`;
  const advice = adviceFor(failure, place);
  const where = proxy === null
    ? endpoint
    : `${endpoint}, through the proxy ${proxy},`;
  const reason = `${where} answered ${answer}` +
    (failure.requestId === null ? "" : `, request ${failure.requestId}`) +
    (attempts > 1 ? `, after ${attempts} attempts` : "") +
    (advice === undefined ? "" : `; ${advice}`);
  return new StorageError(
    operation,
    objectUri(name),
    failure.isMissing ? "ENOENT" : failure.code,
    hideSecrets(
      failure.status === 0 ? reason.replace(/,? answered /, ": ") : reason,
      place.secrets,
    ),
  );
}

/** Statuses that are a proxy's own, or may be. */
const PROXY_STATUSES = new Set([407, 502, 503, 504]);

function adviceFor(
  failure: RequestFailure,
  { endpoint, proxy }: FailurePlace,
): string | undefined {
  const isConnection = failure.code === "ConnectionRefused" ||
    failure.code === "ConnectionLost" || PROXY_STATUSES.has(failure.status);
  if (proxy !== null && isConnection) {
    return "check HTTP_PROXY and HTTPS_PROXY, or name the host in NO_PROXY " +
      "to ask it directly";
  }
  if (hidesCertificate(failure, endpoint)) {
    return `if it is the certificate, it is for another name, or ` +
      "storage.storage_options.ca_bundle or AWS_CA_BUNDLE must name, in PEM, " +
      "the authority that signed it";
  }
  const { code, status, message } = failure;
  // S3 has no code of its own for it.
  if (status === 400 && /content-md5|x-amz-checksum/i.test(message)) {
    return "the bucket, which may have Object Lock, takes no upload without a " +
      "checksum: set storage.storage_options.verify = checksum";
  }
  return ADVICE[code] ?? ADVICE[`${status}`];
}

/** node:https of Deno 2.4.2 says no more of a certificate that it refuses. */
function hidesCertificate({ message }: RequestFailure, endpoint: string) {
  return endpoint.startsWith("https:") && message === "connection error";
}

/** `s3://bucket/key`. */
export function objectUri({ scheme = "s3", bucket, key }: ObjectName): string {
  return `${scheme}://${bucket}/${key}`;
}

function hideSecrets(text: string, secrets: readonly string[]): string {
  return secrets.reduce(
    (rest, secret) => secret === "" ? rest : rest.replaceAll(secret, "***"),
    text,
  );
}
