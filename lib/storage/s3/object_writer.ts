/**
 * Writes an object front to back.
 *
 *    up to the threshold   one PUT, at commit
 *    above it              a multipart upload: parts are sent as they fill,
 *                          a bounded number at a time; commit completes it
 *
 * An object appears at commit or not at all, whatever was asked for. A writer
 * that gives up aborts its upload, so no parts are left to be paid for.
 */
import { crc32 } from "node:zlib";
import { StorageError } from "../../errors.ts";
import type { FileWriter, RequestObserver } from "../storage.ts";
import type { ObjectName, UploadedPart, UploadName } from "./object_client.ts";
import type { PartBuffers } from "./part_buffers.ts";
import { objectUri, RequestFailure } from "./request_failure.ts";
import type { Attempt, Requests } from "./requests.ts";
import type { S3Settings } from "./s3_settings.ts";

/** What writers of one connection share. */
export interface WriterParts {
  readonly requests: Requests;
  /** For clearing up after the run was stopped. */
  readonly cleanup: Requests;
  readonly buffers: PartBuffers;
  readonly observer: RequestObserver | undefined;
  readonly settings: Pick<
    S3Settings,
    "multipartThresholdBytes" | "partBytes" | "partsInFlight" | "verification"
  >;
}

/** See the file header. */
export class ObjectWriter implements FileWriter {
  readonly path: string;
  readonly fsyncSeconds = 0;
  readonly #name: ObjectName;
  readonly #parts: WriterParts;
  #buffer: Uint8Array;
  #usedBytes = 0;
  #totalBytes = 0;
  #upload: Promise<UploadName> | null = null;
  readonly #sent: UploadedPart[] = [];
  readonly #underWay = new Set<Promise<void>>();
  #partCount = 0;
  #failure: unknown = null;
  #isOver = false;

  constructor(name: ObjectName, parts: WriterParts) {
    this.path = objectUri(name);
    this.#name = name;
    this.#parts = parts;
    this.#buffer = parts.buffers.take();
  }

  async write(view: Uint8Array): Promise<void> {
    let doneBytes = 0;
    while (doneBytes < view.length) {
      const room = this.#limitBytes() - this.#usedBytes;
      if (room === 0) {
        await this.#sendBuffer();
        continue;
      }
      const byteCount = Math.min(room, view.length - doneBytes);
      this.#buffer.set(
        view.subarray(doneBytes, doneBytes + byteCount),
        this.#usedBytes,
      );
      this.#usedBytes += byteCount;
      this.#totalBytes += byteCount;
      doneBytes += byteCount;
    }
  }

  async commit(): Promise<void> {
    if (this.#upload === null) await this.#put();
    else await this.#complete();
    this.#finish();
    if (this.#parts.settings.verification !== "none") await this.#verify();
  }

  async abort(): Promise<void> {
    if (this.#isOver) return;
    this.#failure ??= new Error("given up");
    await Promise.allSettled(this.#underWay);
    const upload = await this.#upload?.catch(() => null) ?? null;
    this.#finish();
    if (upload === null) return;
    await this.#parts.cleanup.send(
      { operation: "abort the upload of", name: upload },
      async ({ client, signal }) => {
        try {
          await client.uploads.abort(upload, { signal });
        } catch (error) {
          // Completed or aborted by an attempt whose answer was lost.
          if (!(error instanceof RequestFailure && error.status === 404)) {
            throw error;
          }
        }
      },
    );
  }

  /** Where the buffer is full: a part, or all that goes with one PUT. */
  #limitBytes(): number {
    const { multipartThresholdBytes, partBytes } = this.#parts.settings;
    return this.#upload === null && this.#partCount === 0
      ? multipartThresholdBytes
      : partBytes;
  }

  /** Sends the full buffer as one or more parts. */
  async #sendBuffer(): Promise<void> {
    const { partBytes, partsInFlight } = this.#parts.settings;
    this.#upload ??= this.#createUpload();
    const upload = await this.#upload;
    let buffer = this.#buffer;
    let restBytes = this.#usedBytes;
    for (;;) {
      while (this.#underWay.size >= partsInFlight) {
        await Promise.race(this.#underWay);
      }
      if (this.#failure !== null) throw this.#failure;
      const next = this.#parts.buffers.take();
      const byteCount = Math.min(partBytes, restBytes);
      restBytes -= byteCount;
      // What goes beyond one part moves to the front of the next buffer.
      next.set(buffer.subarray(byteCount, byteCount + restBytes));
      this.#startPart(upload, buffer, byteCount);
      buffer = next;
      if (restBytes < partBytes) break;
    }
    this.#buffer = buffer;
    this.#usedBytes = restBytes;
  }

  #startPart(upload: UploadName, buffer: Uint8Array, byteCount: number): void {
    const number = ++this.#partCount;
    const sending = this.#sendPart(
      upload,
      buffer.subarray(0, byteCount),
      number,
    )
      .catch((error) => {
        this.#failure ??= error;
      })
      .finally(() => {
        this.#underWay.delete(sending);
        this.#parts.buffers.free(buffer);
      });
    this.#underWay.add(sending);
  }

  async #sendPart(
    upload: UploadName,
    body: Uint8Array,
    number: number,
  ): Promise<void> {
    const crc = this.#crcOf(body);
    const etag = await this.#sendBody(
      body,
      ({ client, signal }) =>
        client.uploads.part(upload, body, { signal, number, crc32: crc }),
    );
    this.#sent.push({ number, etag });
  }

  #createUpload(): Promise<UploadName> {
    const name = this.#name;
    const upload = this.#parts.requests.send(
      { operation: "begin the upload of", name },
      ({ client, signal }) => client.uploads.create(name, { signal }),
    ).then((uploadId) => ({ ...name, uploadId }));
    // Awaited by whoever comes next; a failure must not be nobody's.
    upload.catch(() => {});
    return upload;
  }

  async #put(): Promise<void> {
    const body = this.#buffer.subarray(0, this.#usedBytes);
    const crc = this.#crcOf(body);
    await this.#sendBody(
      body,
      ({ client, signal }) =>
        client.put(this.#name, body, { signal, crc32: crc }),
    );
  }

  async #complete(): Promise<void> {
    if (this.#usedBytes > 0) await this.#sendBuffer();
    await Promise.all(this.#underWay);
    if (this.#failure !== null) throw this.#failure;
    const upload = await this.#upload as UploadName;
    const parts = this.#sent.toSorted((a, b) => a.number - b.number);
    await this.#parts.requests.send(
      { operation: "complete the upload of", name: upload },
      async ({ client, signal, failedAttempts }) => {
        try {
          await client.uploads.complete(upload, parts, { signal });
        } catch (error) {
          const isGone = error instanceof RequestFailure &&
            error.status === 404 && failedAttempts > 0;
          if (!isGone) throw error;
          // The first answer was lost; whether the object is there tells.
          const byteCount = await client.head(upload, { signal });
          if (byteCount !== this.#totalBytes) throw error;
        }
      },
    );
  }

  #sendBody<Result>(
    body: Uint8Array,
    send: (attempt: Attempt) => Promise<Result>,
  ): Promise<Result> {
    const { requests, observer } = this.#parts;
    const request = { operation: "write", name: this.#name };
    return requests.send(request, async (attempt) => {
      const startMs = observer?.now() ?? 0;
      const result = await send(attempt);
      observer?.requested("put", startMs);
      attempt.moved(body.length);
      return result;
    });
  }

  async #verify(): Promise<void> {
    const foundBytes = await this.#parts.requests.send(
      { operation: "verify", name: this.#name },
      ({ client, signal }) => client.head(this.#name, { signal }),
    );
    if (foundBytes === this.#totalBytes) return;
    throw new StorageError(
      "verify",
      this.path,
      "WrongLength",
      `${this.#totalBytes} bytes were written, the object has ${foundBytes}`,
    );
  }

  #crcOf(body: Uint8Array): string | null {
    if (this.#parts.settings.verification !== "checksum") return null;
    const crc = new Uint8Array(4);
    new DataView(crc.buffer).setUint32(0, crc32(body));
    return btoa(String.fromCharCode(...crc));
  }

  /** The writer's buffer is free for others. */
  #finish(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#parts.buffers.free(this.#buffer);
  }
}
