/**
 * One HTTP/1.1 connection, over which one request is made after another. Bytes
 * of bodies stay in its one buffer: the kernel writes them there, whoever gets
 * the object looks at them, and the next read writes over them.
 */
import { answerTooLong, MAX_ANSWER_BYTES } from "./bounded_body.ts";
import { HttpHead, malformedHead } from "./http_head.ts";
import { concatBytes } from "../../bytes/concat_bytes.ts";

/**
 * Bytes of a read; only what is read becomes resident. CPU s/GB of large GETs:
 * see `body_drain.ts`, which found no more to gain beyond.
 */
const BUFFER_BYTES = 256 * 1024;
/** Longest head. */
const MAX_HEAD_BYTES = 64 * 1024;
/** Longest line that says how long a chunk is. */
const MAX_CHUNK_LINE_BYTES = 1024;

/** Bytes that become text in one call. */
const TEXT_BYTES = 4096;

const CR = 13;
const LF = 10;
const encoder = new TextEncoder();

/** Takes bytes in order; a chunk is valid during the call. */
type Sink = (chunk: Uint8Array) => void;

/** See the file header. */
export class HttpWire {
  readonly #connection: Deno.Conn;
  readonly #buffer = new Uint8Array(BUFFER_BYTES);
  /** What has come and was not taken: [start, end) of the buffer. */
  #start = 0;
  #end = 0;
  #hasHeard = false;
  #isClosed = false;

  constructor(connection: Deno.Conn) {
    this.#connection = connection;
  }

  /** Whether anything of the answer to the last request has come. */
  get hasHeard(): boolean {
    return this.#hasHeard;
  }

  /** Whether nothing has come that nobody asked for. */
  get isQuiet(): boolean {
    return !this.#isClosed && this.#start === this.#end;
  }

  /**
   * Sends a request and waits for the head of its answer.
   *
   * @param head Request line and headers, with the empty line at the end.
   * @throws {RequestFailure} If what comes is no HTTP/1.
   * @throws {Error} If the connection breaks off.
   */
  async ask(head: string): Promise<HttpHead> {
    const isHead = head.startsWith("HEAD ");
    this.#hasHeard = false;
    const bytes = encoder.encode(head);
    let sent = await this.#connection.write(bytes);
    while (sent < bytes.length) {
      sent += await this.#connection.write(bytes.subarray(sent));
    }
    for (;;) {
      const answer = new HttpHead(await this.#readHead(), isHead);
      // 100 to 199 only say that the answer is still to come.
      if (answer.status >= 200) return answer;
    }
  }

  /**
   * Gives the body of an answer to the sink.
   *
   * @throws {Error} If it ends early, or whatever the sink throws.
   */
  async body({ framing, byteCount }: HttpHead, sink: Sink): Promise<void> {
    if (framing === "length") return await this.#take(byteCount ?? 0, sink);
    if (framing === "none") return;
    if (framing === "close") {
      do this.#give(Infinity, sink); while (await this.#fill());
      return;
    }
    for (;;) {
      const chunkBytes = await this.#chunkBytes();
      if (chunkBytes === 0) break;
      await this.#take(chunkBytes, sink);
      if (await this.#line(0) !== "") throw malformedHead("has a long chunk");
    }
    // Fields behind the last chunk say nothing here.
    while (await this.#line(MAX_HEAD_BYTES) !== "");
  }

  /**
   * The text of a body.
   *
   * @throws {RequestFailure} If it is longer than {@linkcode MAX_ANSWER_BYTES}.
   */
  async text(head: HttpHead): Promise<string> {
    const chunks: Uint8Array[] = [];
    let byteCount = 0;
    await this.body(head, (chunk) => {
      byteCount += chunk.length;
      if (byteCount > MAX_ANSWER_BYTES) throw answerTooLong();
      chunks.push(chunk.slice());
    });
    return new TextDecoder().decode(concatBytes(chunks));
  }

  /** Ends it; whoever waits for bytes gets an error. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#connection.close();
  }

  async #readHead(): Promise<string> {
    for (let from = this.#start;;) {
      const end = headEnd(this.#buffer, from, this.#end);
      if (end >= 0) {
        const bytes = this.#buffer.subarray(this.#start, end);
        this.#start = end + 4;
        return textOf(bytes);
      }
      if (this.#end - this.#start > MAX_HEAD_BYTES) {
        throw malformedHead(`has a head of over ${MAX_HEAD_BYTES} bytes`);
      }
      // The end may have come in part.
      const seen = Math.max(0, this.#end - this.#start - 3);
      await this.#more();
      from = this.#start + seen;
    }
  }

  async #chunkBytes(): Promise<number> {
    const line = await this.#line(MAX_CHUNK_LINE_BYTES);
    const digits = /^([0-9a-f]{1,12})[ \t]*(?:;|$)/i.exec(line)?.[1];
    if (digits === undefined) throw malformedHead("has a chunk of no length");
    return parseInt(digits, 16);
  }

  /** A line without its CRLF, of so many bytes at most. */
  async #line(maxBytes: number): Promise<string> {
    for (;;) {
      const bytes = this.#buffer.subarray(this.#start, this.#end);
      const byteCount = bytes.indexOf(LF);
      if (byteCount >= 0 && byteCount <= maxBytes + 1) {
        this.#start += byteCount + 1;
        return textOf(bytes.subarray(0, byteCount)).replace(/\r$/, "");
      }
      if (bytes.length > maxBytes + 1) {
        throw malformedHead("has a chunk that does not end where it says");
      }
      await this.#more();
    }
  }

  /** Gives exactly so many bytes to the sink. */
  async #take(byteCount: number, sink: Sink): Promise<void> {
    for (let rest = byteCount; rest > 0;) {
      rest -= this.#give(rest, sink);
      if (rest > 0) await this.#more();
    }
  }

  /** Gives what has come, up to so many bytes. @returns Their number. */
  #give(maxBytes: number, sink: Sink): number {
    const byteCount = Math.min(maxBytes, this.#end - this.#start);
    if (byteCount === 0) return 0;
    const first = this.#start;
    this.#start += byteCount;
    sink(this.#buffer.subarray(first, first + byteCount));
    return byteCount;
  }

  async #more(): Promise<void> {
    if (!await this.#fill()) {
      throw new Error(
        "the connection was closed before the response was whole",
      );
    }
  }

  /** Reads what comes next. @returns False at the end of the connection. */
  async #fill(): Promise<boolean> {
    if (this.#start === this.#end) this.#start = this.#end = 0;
    else if (this.#start > 0) {
      this.#buffer.copyWithin(0, this.#start, this.#end);
      this.#end -= this.#start;
      this.#start = 0;
    }
    const room = this.#end === 0
      ? this.#buffer
      : this.#buffer.subarray(this.#end);
    const byteCount = await this.#connection.read(room);
    if (byteCount === null) return false;
    this.#hasHeard = true;
    this.#end += byteCount;
    return true;
  }
}

/** One character for each byte, which no TextDecoder makes of all of them. */
function textOf(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += TEXT_BYTES) {
    const part = bytes.subarray(at, at + TEXT_BYTES);
    text += String.fromCharCode.apply(null, part as unknown as number[]);
  }
  return text;
}

/** Where the empty line behind a head begins; -1: it has not come. */
function headEnd(bytes: Uint8Array, from: number, end: number): number {
  for (
    let at = bytes.indexOf(CR, from);
    at >= 0 && at + 3 < end;
    at = bytes.indexOf(CR, at + 1)
  ) {
    const isEnd = bytes[at + 1] === LF && bytes[at + 2] === CR &&
      bytes[at + 3] === LF;
    if (isEnd) return at;
  }
  return -1;
}
