/**
 * GETs whose bytes are counted only when every one of them has come.
 *
 * An attempt that fails counts nothing and the next one starts again, so bytes
 * are never counted twice, and never for a read that failed.
 */
import type { RequestObserver } from "../storage.ts";
import { checkAnswer, type KnownObject } from "./answer_check.ts";
import type { ObjectName } from "./object_client.ts";
import { REFUSED_BY_RULE, RequestFailure } from "./request_failure.ts";
import type { Request, Requests } from "./requests.ts";

/** A range of an object; null: all of it. */
export type ObjectRange = {
  readonly offset: number;
  readonly byteCount: number;
} | null;

/** See the file header. */
export class ObjectReads {
  readonly #requests: Requests;
  readonly #observer: RequestObserver | undefined;

  constructor(requests: Requests, observer: RequestObserver | undefined) {
    this.#requests = requests;
    this.#observer = observer;
  }

  /**
   * Gets bytes and keeps none.
   *
   * @param known What is known of the object; null: nothing.
   * @returns Their number.
   */
  drain(
    name: ObjectName,
    range: ObjectRange,
    known: KnownObject | null = null,
  ): Promise<number> {
    return this.#get({ operation: "read", name }, { range, known }, () => {});
  }

  /**
   * Gets a range into `view`, which is as long as the range.
   *
   * @param known What is known of the object.
   * @returns Bytes read.
   */
  readInto(
    name: ObjectName,
    offset: number,
    view: Uint8Array,
    known: KnownObject,
  ): Promise<number> {
    const range = { offset, byteCount: view.length };
    const request = { operation: "read", name };
    return this.#get(request, { range, known }, (chunk, position) => {
      if (position + chunk.length > view.length) throw tooLong(view.length);
      view.set(chunk, position);
    });
  }

  /**
   * Gets a small object that may be missing.
   *
   * @param maxBytes Longest that is taken.
   */
  async bytes(name: ObjectName, maxBytes: number): Promise<Uint8Array> {
    let chunks: Uint8Array[] = [];
    const request = { operation: "read", name, mayBeMissing: true };
    const whole = { range: null, known: null };
    const byteCount = await this.#get(request, whole, (chunk, position) => {
      // A new attempt begins again.
      if (position === 0) chunks = [];
      if (position + chunk.length > maxBytes) throw tooLarge(maxBytes);
      chunks.push(chunk.slice());
    });
    const bytes = new Uint8Array(byteCount);
    let position = 0;
    for (const chunk of byteCount === 0 ? [] : chunks) {
      bytes.set(chunk, position);
      position += chunk.length;
    }
    return bytes;
  }

  /**
   * Sends a GET until every byte that was promised has come.
   *
   * @param take Told each chunk and its position; a new attempt begins at 0.
   * @returns Bytes got.
   */
  #get(
    request: Request,
    { range, known }: { range: ObjectRange; known: KnownObject | null },
    take: (chunk: Uint8Array, position: number) => void,
  ): Promise<number> {
    const observer = this.#observer;
    const { name } = request;
    return this.#requests.send(request, async (attempt) => {
      const startMs = observer?.now() ?? 0;
      const { signal } = attempt;
      let byteCount = 0;
      let promisedBytes = null as number | null;
      await attempt.client.get(name, {
        range,
        signal,
        onHeaders: (head) => {
          attempt.onHeaders();
          promisedBytes = checkAnswer(head, range, known);
          observer?.requested("first_byte", startMs);
        },
        sink: (chunk) => {
          // The caller has its buffer back: a library may not know yet.
          if (signal.aborted) throw signal.reason;
          if (byteCount + chunk.length > (promisedBytes ?? Infinity)) {
            throw tooLong(promisedBytes ?? 0);
          }
          take(chunk, byteCount);
          byteCount += chunk.length;
        },
      });
      if (promisedBytes !== null && promisedBytes !== byteCount) {
        throw wrongLength(byteCount, promisedBytes);
      }
      observer?.requested("get", startMs);
      attempt.moved(byteCount);
      return byteCount;
    });
  }
}

function wrongLength(haveBytes: number, wantedBytes: number): RequestFailure {
  return new RequestFailure({
    status: 0,
    code: "ShortBody",
    message:
      `the response has ${haveBytes} bytes, its headers say ${wantedBytes}`,
  });
}

function tooLong(wantedBytes: number): RequestFailure {
  return new RequestFailure({
    status: 0,
    code: "LongBody",
    message:
      `more than the ${wantedBytes} bytes came that the headers promised`,
  });
}

function tooLarge(maxBytes: number): RequestFailure {
  return new RequestFailure({
    status: 0,
    code: REFUSED_BY_RULE,
    message: `it is longer than the ${maxBytes} bytes that Stoker reads of ` +
      "such an object",
  });
}
