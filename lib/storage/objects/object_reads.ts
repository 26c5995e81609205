/**
 * GETs whose bytes are counted only when every one of them has come.
 *
 * An attempt that fails counts nothing and the next one starts again, so bytes
 * are never counted twice, and never for a read that failed.
 */
import type { RequestObserver } from "../storage.ts";
import type { ObjectName } from "./object_client.ts";
import { RequestFailure } from "./request_failure.ts";
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
   * @returns Their number.
   */
  drain(name: ObjectName, range: ObjectRange): Promise<number> {
    return this.#get({ operation: "read", name }, range, () => {});
  }

  /**
   * Gets a range into `view`, which is as long as the range.
   *
   * @returns Bytes read.
   */
  readInto(
    name: ObjectName,
    offset: number,
    view: Uint8Array,
  ): Promise<number> {
    const range = { offset, byteCount: view.length };
    const request = { operation: "read", name };
    return this.#get(request, range, (chunk, position) => {
      if (position + chunk.length > view.length) throw tooLong(view.length);
      view.set(chunk, position);
    });
  }

  /**
   * Gets a small object that may be missing.
   *
   * @param maxBytes A longer one fails.
   */
  async bytes(name: ObjectName, maxBytes: number): Promise<Uint8Array> {
    let chunks: Uint8Array[] = [];
    const request = { operation: "read", name, mayBeMissing: true };
    const byteCount = await this.#get(request, null, (chunk, position) => {
      if (position + chunk.length > maxBytes) throw tooLong(maxBytes);
      // A new attempt begins again.
      if (position === 0) chunks = [];
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

  #get(
    request: Request,
    range: ObjectRange,
    take: (chunk: Uint8Array, position: number) => void,
  ): Promise<number> {
    const observer = this.#observer;
    const { name } = request;
    return this.#requests.send(request, async (attempt) => {
      const startMs = observer?.now() ?? 0;
      let byteCount = 0;
      const declaredBytes = await attempt.client.get(name, {
        range,
        signal: attempt.signal,
        onHeaders: () => {
          attempt.onHeaders();
          observer?.requested("first_byte", startMs);
        },
        sink: (chunk) => {
          take(chunk, byteCount);
          byteCount += chunk.length;
        },
      });
      if (declaredBytes !== null && declaredBytes !== byteCount) {
        throw wrongLength(byteCount, declaredBytes);
      }
      if (range !== null && byteCount > range.byteCount) {
        throw tooLong(range.byteCount);
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
    message: `the response has more than the ${wantedBytes} requested bytes`,
  });
}
