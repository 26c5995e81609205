/**
 * What went wrong with one attempt of a request, the same for all libraries.
 */
import { StorageError } from "../../errors.ts";
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

/** Thrown by every client for an attempt that failed. */
export class RequestFailure extends Error {
  readonly status: number;
  readonly code: string;
  readonly requestId: string | null;
  readonly location: string | null;
  readonly region: string | null;
  readonly retryAfterMs: number | null;

  constructor(facts: FailureFacts) {
    super(facts.message);
    this.name = "RequestFailure";
    this.status = facts.status;
    this.code = facts.code;
    this.requestId = facts.requestId ?? null;
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

/** Code of attempts that ended because the run is being stopped. */
export const STOPPED_CODE = "Stopped";
/** Code of answers that Stoker refuses, such as a redirect to plain HTTP. */
export const REFUSED_BY_RULE = "Refused";

/** Code of connections whose other end does not prove who it is. */
const CERTIFICATE_CODE = "Certificate";
/** Codes that another attempt would not change, whatever the status. */
const PERMANENT_CODES: readonly string[] = [
  STOPPED_CODE,
  REFUSED_BY_RULE,
  CERTIFICATE_CODE,
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
    code: isTls
      ? CERTIFICATE_CODE
      : isRefused
      ? "ConnectionRefused"
      : "ConnectionLost",
    message,
  });
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
  AccessDenied: "check the rights of access_key_id",
  "403": "check access_key_id, its rights and the clocks",
};

/** What the message of a failure contains. */
export interface FailurePlace {
  readonly operation: string;
  readonly name: ObjectName;
  readonly endpoint: string;
  readonly attempts: number;
  /** Texts that must never be shown. */
  readonly secrets: readonly string[];
}

/** The error of a request that failed after all retries. */
export function toRequestError(
  failure: RequestFailure,
  place: FailurePlace,
): StorageError {
  const { operation, name, endpoint, attempts } = place;
  const answer = failure.status === 0
    ? `${failure.code}, ${failure.message}`
    : `HTTP ${failure.status} ${failure.code}, ${failure.message}`;
  const advice = hidesCertificate(failure, endpoint)
    ? `if it is the certificate: ${ADVICE[CERTIFICATE_CODE]}`
    : ADVICE[failure.code] ?? ADVICE[`${failure.status}`];
  const reason = `${endpoint} answered ${answer}` +
    (failure.requestId === null ? "" : `, request ${failure.requestId}`) +
    (attempts > 1 ? `, after ${attempts} attempts` : "") +
    (advice === undefined ? "" : `; ${advice}`);
  return new StorageError(
    operation,
    objectUri(name),
    failure.isMissing ? "ENOENT" : failure.code,
    hideSecrets(
      failure.status === 0 ? reason.replace(" answered ", ": ") : reason,
      place.secrets,
    ),
  );
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
