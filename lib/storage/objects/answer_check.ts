/**
 * Whether an answer to a GET is what was asked for: the one place that says
 * so, for all libraries, for whole objects and for ranges.
 *
 *    whole object   200
 *    range          206 or, from AIStore until December 2025, 200; in both
 *                   cases with a Content-Range of exactly these bytes
 *    length         as Content-Range and Content-Length promise
 *    object         the ETag and the length that earlier answers told
 *
 * Spec: RFC 9110, sections 8.8.3, 14.4 and 15.3.7. Why AIStore says 200: its
 * pull request 250.
 */
import type { AnswerHead, GetOptions } from "./object_client.ts";
import { OBJECT_CHANGED, RequestFailure } from "./request_failure.ts";

/** What is known of an object from earlier answers. */
export interface KnownObject {
  readonly etag: string | null;
  readonly byteLength: number;
}

/** What a Content-Range says. */
interface ContentRange {
  readonly first: number;
  readonly last: number;
  /** Null: the server does not know. */
  readonly totalBytes: number | null;
}

/**
 * Checks the head of an answer before any byte of its body counts.
 *
 * @param head What came.
 * @param range What was asked for; null: the whole object.
 * @param known What is known of the object; null: nothing.
 * @returns Bytes that the body must have; null if the server does not say.
 * @throws {RequestFailure} If it is another answer than was asked for.
 */
export function checkAnswer(
  head: AnswerHead,
  range: GetOptions["range"],
  known: KnownObject | null,
): number | null {
  const promisedBytes = range === null
    ? checkWhole(head, known)
    : checkRange(head, range, known);
  checkEtag(head, known);
  return promisedBytes;
}

/**
 * The length in the head of an answer to HEAD.
 *
 * @throws {RequestFailure} If there is none.
 */
export function lengthOf({ status, byteCount }: AnswerHead): number {
  if (status !== 200) throw unexpectedStatus(status, "HEAD");
  if (byteCount !== null && Number.isSafeInteger(byteCount)) return byteCount;
  throw new RequestFailure({
    status: 0,
    code: "MalformedAnswer",
    message: "the answer to HEAD has no Content-Length",
  });
}

/** A header's decimal number; null if there is none or it is none. */
export function lengthFrom(text: string | null | undefined): number | null {
  return /^\d+$/.test(text ?? "") ? Number(text) : null;
}

function checkWhole(
  { status, byteCount, contentRange }: AnswerHead,
  known: KnownObject | null,
): number | null {
  if (status !== 200) {
    throw status === 206
      ? wrongRange(`part of the object, "${contentRange ?? ""}"`, "all of it")
      : unexpectedStatus(status, "GET");
  }
  if (known !== null && byteCount !== null && byteCount !== known.byteLength) {
    throw changed(`${known.byteLength} bytes long`, `${byteCount}`);
  }
  return byteCount;
}

function checkRange(
  { status, byteCount, contentRange }: AnswerHead,
  { offset, byteCount: askedBytes }: NonNullable<GetOptions["range"]>,
  known: KnownObject | null,
): number {
  if (status !== 200 && status !== 206) throw unexpectedStatus(status, "GET");
  const asked = `bytes ${offset} to ${offset + askedBytes - 1}`;
  if (contentRange === null) {
    throw wrongRange(
      status === 200
        ? "the whole object"
        : "a part without the header Content-Range",
      asked,
    );
  }
  const given = parseContentRange(contentRange);
  if (given === null) throw wrongRange(`"${contentRange}"`, asked);
  const { first, last, totalBytes } = given;
  const end = Math.min(offset + askedBytes, totalBytes ?? Infinity);
  if (first !== offset || last !== end - 1) {
    throw wrongRange(`"${contentRange}"`, asked);
  }
  if (
    known !== null && totalBytes !== null && totalBytes !== known.byteLength
  ) {
    throw changed(`${known.byteLength} bytes long`, `${totalBytes}`);
  }
  const promisedBytes = last - first + 1;
  if (byteCount !== null && byteCount !== promisedBytes) {
    throw wrongRange(
      `${byteCount} bytes as "${contentRange}"`,
      asked,
    );
  }
  return promisedBytes;
}

function parseContentRange(text: string): ContentRange | null {
  const match = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(text);
  if (match === null) return null;
  const [, first, last, total] = match;
  return {
    first: Number(first),
    last: Number(last),
    totalBytes: total === "*" ? null : Number(total),
  };
}

/** Some servers quote an ETag in one answer and not in the next. */
function checkEtag({ etag }: AnswerHead, known: KnownObject | null): void {
  if (etag === null || known === null || known.etag === null) return;
  const plain = (text: string) => text.replace(/^W\//, "").replaceAll('"', "");
  if (plain(etag) === plain(known.etag)) return;
  throw changed(`ETag ${known.etag}`, etag);
}

function changed(before: string, now: string): RequestFailure {
  return new RequestFailure({
    status: 0,
    code: OBJECT_CHANGED,
    message: `the object changed while it was read: it was ${before}, now ` +
      `${now}`,
  });
}

function wrongRange(given: string, asked: string): RequestFailure {
  return new RequestFailure({
    status: 0,
    code: "IgnoredRange",
    message: `${given} came instead of ${asked}`,
  });
}

function unexpectedStatus(status: number, method: string): RequestFailure {
  return new RequestFailure({
    status,
    code: "UnexpectedStatus",
    message: `which is no answer to ${method}`,
  });
}
