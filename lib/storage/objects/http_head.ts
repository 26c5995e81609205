/**
 * The head of an HTTP/1.1 answer, as far as whoever gets an object needs it.
 *
 *    HTTP/1.1 206 Partial Content     status
 *    Content-Length: 1000             how long the body is
 *    Transfer-Encoding: chunked       or that it says so itself
 *    Connection: close                whether the connection goes on
 *    Content-Range, ETag              told to the caller
 *
 * Spec: RFC 9112, sections 4, 5, 6.3 and 9.3.
 */
import { lengthFrom } from "./answer_check.ts";
import type { AnswerHead } from "./object_client.ts";
import { RequestFailure } from "./request_failure.ts";

/** How the end of a body is found. */
export type BodyFraming = "none" | "length" | "chunked" | "close";

/** A head. */
export class HttpHead implements AnswerHead {
  readonly status: number;
  readonly byteCount: number | null;
  readonly contentRange: string | null;
  readonly etag: string | null;
  readonly framing: BodyFraming;
  /** Whether another request may follow on the connection. */
  readonly isKept: boolean;
  readonly #lines: readonly string[];

  /**
   * @param text All lines, each but the last with CRLF at its end.
   * @param isOfHead Whether HEAD was asked: there is no body.
   * @throws {RequestFailure} If it is no HTTP/1.
   */
  constructor(text: string, isOfHead = false) {
    const [statusLine = "", ...lines] = text.split("\r\n");
    const match = /^HTTP\/1\.([01]) (\d{3})(?: |$)/.exec(statusLine);
    if (match === null) throw malformedHead("is no HTTP");
    this.#lines = lines;
    this.status = Number(match[2]);
    const fields = fieldsOf(lines);
    const length = fields.get("content-length") ?? null;
    const encoding = fields.get("transfer-encoding");
    this.byteCount = encoding === undefined ? lengthFrom(length) : null;
    if (encoding === undefined && length !== null && this.byteCount === null) {
      throw malformedHead(`has the Content-Length "${length}"`);
    }
    if (encoding !== undefined && encoding.toLowerCase() !== "chunked") {
      throw malformedHead(`has the Transfer-Encoding "${encoding}"`);
    }
    this.framing = isOfHead || hasNoBody(this.status)
      ? "none"
      : encoding !== undefined
      ? "chunked"
      : length !== null
      ? "length"
      : "close";
    this.contentRange = fields.get("content-range") ?? null;
    this.etag = fields.get("etag") ?? null;
    const connection = (fields.get("connection") ?? "").toLowerCase();
    this.isKept = this.framing !== "close" &&
      // Who says both may mean either: what follows is not to be trusted.
      (encoding === undefined || length === null) &&
      (match[1] === "1"
        ? !/(^|,) *close *(,|$)/.test(connection)
        : /(^|,) *keep-alive *(,|$)/.test(connection));
  }

  /** All fields, for whoever describes an error. */
  headers(): Headers {
    return new Headers(this.#lines.map(fieldOf));
  }
}

/** These have no body, whatever their fields say. */
function hasNoBody(status: number): boolean {
  return status < 200 || status === 204 || status === 304;
}

/** The fields that say something here, by their names in small letters. */
function fieldsOf(lines: readonly string[]): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const line of lines) {
    const [name, value] = fieldOf(line);
    const before = fields.get(name);
    if (before !== undefined && before !== value && FRAMING.includes(name)) {
      throw malformedHead(`has two headers ${name}`);
    }
    fields.set(name, value);
  }
  return fields;
}

const FRAMING = ["content-length", "transfer-encoding"];

function fieldOf(line: string): [name: string, value: string] {
  const colon = line.indexOf(":");
  const name = line.slice(0, Math.max(0, colon)).toLowerCase();
  // A line that begins with a space would continue the one before.
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) {
    throw malformedHead("has a header without a name");
  }
  const value = line.slice(colon + 1).trim();
  if (/[\0\r\n]/.test(value)) {
    throw malformedHead(`has a header ${name} with a line or a zero in it`);
  }
  return [name, value];
}

/** Of an answer whose head breaks the rules. */
export function malformedHead(how: string): RequestFailure {
  return new RequestFailure({
    status: 0,
    code: "MalformedAnswer",
    message: `the response ${how}`,
  });
}
