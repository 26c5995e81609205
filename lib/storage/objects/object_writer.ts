/**
 * Writes an object front to back.
 *
 *    up to the threshold   one PUT, at commit
 *    above it              a multipart upload: parts are sent as they fill,
 *                          a bounded number at a time; commit completes it
 *
 * Memory: parts in flight × part size, the part being filled among them. Only
 * an object of unknown length, which may still end in one PUT, takes a buffer
 * as long as the threshold if that is more; its pieces then serve as parts.
 *
 * An object appears at commit or not at all, with or without `atomic`. A writer
 * that gives up aborts its upload, so that no parts remain and cost money.
 */
import { StorageError } from "../../errors.ts";
import type { FileWriter, RequestObserver } from "../storage.ts";
import { lengthOf } from "./answer_check.ts";
import { base64Crc32 } from "./checksum.ts";
import type { ObjectName, UploadedPart, UploadName } from "./object_client.ts";
import type { PartBuffers } from "./part_buffers.ts";
import { malformed, objectUri, RequestFailure } from "./request_failure.ts";
import type { Attempt, Requests } from "./requests.ts";
import type { ObjectSettings } from "./object_settings.ts";

/** What writers of one connection share. */
export interface WriterParts {
  readonly requests: Requests;
  /** For clearing up after the run was stopped. */
  readonly cleanup: Requests;
  readonly buffers: PartBuffers;
  readonly observer: RequestObserver | undefined;
  readonly settings: Pick<
    ObjectSettings,
    "multipartThresholdBytes" | "partBytes" | "partsInFlight" | "verification"
  >;
  /** Most parts of an object; Infinity: as many as there are. */
  readonly maxParts: number;
}

/** See the file header. */
export class ObjectWriter implements FileWriter {
  readonly path: string;
  readonly fsyncSeconds = 0;
  readonly #name: ObjectName;
  readonly #parts: WriterParts;
  /** Length of the first buffer, a multiple of the part size. */
  readonly #firstBytes: number;
  #buffer: Uint8Array | null = null;
  #usedBytes = 0;
  #totalBytes = 0;
  /** What goes back when the object is done. */
  readonly #taken: Uint8Array[] = [];
  /** Buffers of one part each that wait to be filled again. */
  readonly #idle: Uint8Array[] = [];
  #pieceCount = 0;
  #upload: Promise<UploadName> | null = null;
  readonly #sent: UploadedPart[] = [];
  readonly #underWay = new Set<Promise<void>>();
  #partCount = 0;
  #failure: unknown = null;
  #isOver = false;

  /**
   * @param name What is written.
   * @param parts What it is written with.
   * @param expectedBytes Its length if known, else null.
   * @throws {StorageError} If it would have more parts than the store takes.
   */
  constructor(
    name: ObjectName,
    parts: WriterParts,
    expectedBytes: number | null,
  ) {
    this.path = objectUri(name);
    this.#name = name;
    this.#parts = parts;
    const { multipartThresholdBytes, partBytes } = parts.settings;
    const isLarge = (expectedBytes ?? 0) > multipartThresholdBytes;
    if (isLarge && (expectedBytes ?? 0) > parts.maxParts * partBytes) {
      throw this.#tooManyParts(`${expectedBytes} bytes`, expectedBytes);
    }
    const pieces = Math.ceil(multipartThresholdBytes / partBytes);
    this.#firstBytes = isLarge ? partBytes : pieces * partBytes;
  }

  async write(view: Uint8Array): Promise<void> {
    let doneBytes = 0;
    while (doneBytes < view.length) {
      const buffer = this.#buffer ??= await this.#nextBuffer();
      const room = buffer.length - this.#usedBytes;
      if (room === 0) {
        await this.#sendBuffer(buffer);
        continue;
      }
      const byteCount = Math.min(room, view.length - doneBytes);
      buffer.set(
        view.subarray(doneBytes, doneBytes + byteCount),
        this.#usedBytes,
      );
      this.#usedBytes += byteCount;
      this.#totalBytes += byteCount;
      doneBytes += byteCount;
    }
  }

  async commit(): Promise<void> {
    const { multipartThresholdBytes } = this.#parts.settings;
    const isWhole = this.#upload === null &&
      this.#totalBytes <= multipartThresholdBytes;
    await (isWhole ? this.#put() : this.#complete());
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

  /** The first buffer, or one for a part as soon as there may be one. */
  async #nextBuffer(): Promise<Uint8Array> {
    const { partBytes, partsInFlight } = this.#parts.settings;
    if (this.#taken.length === 0) return this.#take(this.#firstBytes);
    for (;;) {
      const idle = this.#idle.pop();
      if (idle !== undefined) return idle;
      if (this.#pieceCount < partsInFlight) return this.#take(partBytes);
      await Promise.race(this.#underWay);
      if (this.#failure !== null) throw this.#failure;
    }
  }

  #take(byteCount: number): Uint8Array {
    const buffer = this.#parts.buffers.take(byteCount);
    this.#taken.push(buffer);
    this.#pieceCount += byteCount / this.#parts.settings.partBytes;
    return buffer;
  }

  /** Sends what the buffer holds as one or more parts. */
  async #sendBuffer(buffer: Uint8Array): Promise<void> {
    const { partBytes, partsInFlight } = this.#parts.settings;
    const usedBytes = this.#usedBytes;
    this.#upload ??= this.#createUpload();
    const upload = await this.#upload;
    this.#buffer = null;
    this.#usedBytes = 0;
    for (let offset = 0; offset < usedBytes; offset += partBytes) {
      while (this.#underWay.size >= partsInFlight) {
        await Promise.race(this.#underWay);
      }
      if (this.#failure !== null) throw this.#failure;
      const piece = buffer.subarray(offset, offset + partBytes);
      this.#startPart(upload, piece, Math.min(partBytes, usedBytes - offset));
    }
  }

  #startPart(upload: UploadName, piece: Uint8Array, byteCount: number): void {
    const number = ++this.#partCount;
    if (number > this.#parts.maxParts) {
      throw this.#tooManyParts("an object whose length was not known", null);
    }
    const sending = this.#sendPart(
      upload,
      piece.subarray(0, byteCount),
      number,
    )
      .catch((error) => {
        this.#failure ??= error;
      })
      .finally(() => {
        this.#underWay.delete(sending);
        this.#idle.push(piece);
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
      async ({ client, signal }) => {
        const options = { signal, number, crc32: crc };
        const etag = await client.uploads.part(upload, body, options);
        if (etag === "") throw malformed("a part with its ETag");
        return etag;
      },
    );
    this.#sent.push({ number, etag, crc32: crc });
  }

  #createUpload(): Promise<UploadName> {
    const name = this.#name;
    const upload = this.#parts.requests.send(
      { operation: "begin the upload of", name },
      async ({ client, signal }) => {
        const hasChecksums = this.#hasChecksums;
        const uploadId = await client.uploads.create(name, {
          signal,
          hasChecksums,
        });
        // A part of no upload would be the object itself.
        if (uploadId === "") throw malformed("an upload with its id");
        return uploadId;
      },
    ).then((uploadId) => ({ ...name, uploadId }));
    // Awaited by the next write; until then a failure must not be unhandled.
    upload.catch(() => {});
    return upload;
  }

  async #put(): Promise<void> {
    const body = this.#buffer?.subarray(0, this.#usedBytes) ??
      new Uint8Array(0);
    const crc = this.#crcOf(body);
    await this.#sendBody(
      body,
      ({ client, signal }) =>
        client.put(this.#name, body, { signal, crc32: crc }),
    );
  }

  async #complete(): Promise<void> {
    if (this.#buffer !== null) await this.#sendBuffer(this.#buffer);
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
          // The first response was lost: the object shows what happened.
          const byteCount = lengthOf(await client.head(upload, { signal }));
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
      async ({ client, signal }) =>
        lengthOf(await client.head(this.#name, { signal })),
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
    return this.#hasChecksums ? base64Crc32(body) : null;
  }

  get #hasChecksums(): boolean {
    return this.#parts.settings.verification === "checksum";
  }

  #tooManyParts(what: string, byteCount: number | null): StorageError {
    const { maxParts, settings: { partBytes } } = this.#parts;
    const fitting = byteCount === null
      ? "make it larger"
      : `it must be at least ${fittingPart(byteCount, maxParts)}`;
    return new StorageError(
      "write",
      this.path,
      "TooManyParts",
      `${what} in parts of ${partBytes} bytes would be more than ${maxParts} ` +
        `parts, the most of an upload: set ` +
        `storage.storage_options.multipart_part_size, ${fitting}`,
    );
  }

  /** The writer's buffers are free for others. */
  #finish(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const buffer of this.#taken) this.#parts.buffers.free(buffer);
  }
}

/** The least part size, in whole MiB, with which an object has few enough. */
function fittingPart(byteCount: number, maxParts: number): string {
  return `${Math.ceil(byteCount / maxParts / 2 ** 20)}MiB`;
}
