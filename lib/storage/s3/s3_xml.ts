/**
 * The simple XML of S3's responses: flat elements, no attributes that matter.
 * An incomplete response is never taken for a short one.
 */
import { type ListPage, type UploadedPart } from "../objects/object_client.ts";
import { malformed, RequestFailure } from "../objects/request_failure.ts";
import { retryAfterMs } from "../objects/retry_after.ts";

const ENTITIES: Readonly<Record<string, string>> = {
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  amp: "&",
};

/** Text of the first element of that name; null if there is none. */
export function elementText(xml: string, name: string): string | null {
  return elementTexts(xml, name)[0] ?? null;
}

function elementTexts(xml: string, name: string): string[] {
  const element = new RegExp(`<${name}(?: [^>]*)?>([^]*?)</${name}>`, "g");
  return [...xml.matchAll(element)].map((match) => match[1] ?? "");
}

function unescape(text: string): string {
  return text.replaceAll(
    /&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi,
    (whole, decimal, hex, name) =>
      decimal !== undefined
        ? characterOf(Number(decimal), whole)
        : hex !== undefined
        ? characterOf(parseInt(hex, 16), whole)
        : ENTITIES[name] ?? whole,
  );
}

/** A character that does not exist stays as it was written. */
function characterOf(codePoint: number, written: string): string {
  return codePoint <= 0x10ffff ? String.fromCodePoint(codePoint) : written;
}

/**
 * Text that the server escaped as in an address.
 *
 * @throws {RequestFailure} If it is not escaped as it should be.
 */
export function unescapeUrl(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    throw malformed(`"${text}" in a listing whose encoding-type is url`);
  }
}

/**
 * Reads the answer to ListObjectsV2.
 *
 * @throws {RequestFailure} If it is not whole, or truncated without a token.
 */
export function parseListPage(xml: string): ListPage {
  const result = elementText(xml, "ListBucketResult");
  if (result === null) throw malformed("a listing");
  const isEscaped = elementText(result, "EncodingType") === "url";
  const decode = (text: string) =>
    isEscaped ? unescapeUrl(unescape(text)) : unescape(text);
  const nextToken = elementText(result, "NextContinuationToken");
  const isTruncated = elementText(result, "IsTruncated") === "true";
  if (isTruncated && (nextToken === null || nextToken === "")) {
    throw malformed("a truncated listing that cannot be continued");
  }
  const entries = elementTexts(result, "Contents");
  const keyOf = (entry: string) => decode(elementText(entry, "Key") ?? "");
  return {
    keys: entries.map(keyOf),
    emptyKeys: entries.filter((entry) => elementText(entry, "Size") === "0")
      .map(keyOf),
    prefixes: elementTexts(result, "CommonPrefixes")
      .map((entry) => decode(elementText(entry, "Prefix") ?? "")),
    nextToken: isTruncated && nextToken !== null ? unescape(nextToken) : null,
  };
}

/** @throws {RequestFailure} If the answer names no upload. */
export function parseUploadId(xml: string): string {
  const uploadId = elementText(xml, "UploadId");
  if (uploadId === null || uploadId === "") throw malformed("an upload");
  return unescape(uploadId);
}

/** Body of CompleteMultipartUpload. */
export function completeBody(parts: readonly UploadedPart[]): string {
  const entries = parts.map(({ number, etag, crc32 }) =>
    `<Part><PartNumber>${number}</PartNumber><ETag>${
      etag.replaceAll("&", "&amp;").replaceAll("<", "&lt;")
        .replaceAll('"', "&quot;")
    }</ETag>${
      // S3 demands them of an upload that was begun with checksums.
      crc32 === null ? "" : `<ChecksumCRC32>${crc32}</ChecksumCRC32>`}</Part>`
  );
  return `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${
    entries.join("")
  }</CompleteMultipartUpload>`;
}

/**
 * S3 calls it `CompleteMultipartUploadResult`; other servers give the element
 * other names. What counts: it is whole and names the object that was made.
 */
const COMPLETED_REGEXP =
  /<([\w:]+)(?:\s[^>]*)?>[^]*<(?:\w+:)?(?:ETag|Key|Location)>[^]*<\/\1>/;

/**
 * Reads the answer to CompleteMultipartUpload: S3 answers 200 before it knows
 * how the completion ends.
 *
 * @throws {RequestFailure} If it is an error, or nothing.
 */
export function checkCompletion(xml: string, headers: Headers): void {
  if (elementText(xml, "Code") !== null) throw failureOf(500, xml, headers);
  if (COMPLETED_REGEXP.test(xml)) return;
  throw malformed("a completed upload");
}

/** The failure that an error answer describes. */
export function failureOf(
  status: number,
  xml: string,
  headers: Headers,
): RequestFailure {
  const code = elementText(xml, "Code");
  return new RequestFailure({
    status,
    code: code ?? (status === 404 ? "NotFound" : `${status}`),
    message: unescape(
      elementText(xml, "Message") ?? STATUS_TEXTS[status] ?? "no reason given",
    ),
    requestId: headers.get("x-amz-request-id") ??
      elementText(xml, "RequestId"),
    location: headers.get("location"),
    region: headers.get("x-amz-bucket-region"),
    retryAfterMs: retryAfterMs(headers.get("retry-after"), headers.get("date")),
  });
}

/** For answers without a body. */
const STATUS_TEXTS: Readonly<Record<number, string>> = {
  301: "moved permanently",
  302: "moved",
  307: "moved for now",
  308: "moved permanently",
  403: "access denied",
  404: "not found",
  429: "too many requests",
  500: "internal error",
  503: "slow down",
};
