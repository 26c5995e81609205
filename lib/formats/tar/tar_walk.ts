/**
 * Walks through a tar file from header to header, also through gzip.
 *
 * PAX and GNU members that name the one behind them are taken in and not
 * shown: a member has the name and the length that a reader would give it.
 */
import type { ByteSource } from "../../bytes/byte_source.ts";
import { runSteps, type Steps } from "../../bytes/steps.ts";
import { FormatError } from "../../errors.ts";
import { inflatedChunks } from "../counting/inflated_chunks.ts";
import {
  ceilToBlock,
  parseHeader,
  paxSize,
  TAR_BLOCK_BYTES,
  type TarMember,
} from "./tar_header.ts";

/** Read at once: headers of small members lie close to each other. */
const WINDOW_BYTES = 256 * 1024;
/** Behind a larger member its neighbors' headers are read alone. */
const LARGE_MEMBER_BYTES = 32 * 1024;
const SMALL_WINDOW_BYTES = 4096;
/** Longest name or PAX record that is taken in. */
const MAX_EXTENSION_BYTES = 2 ** 20;

/** Hears of each member in turn. @returns False: enough was seen. */
export type OnMember = (member: TarMember) => boolean;

/**
 * Walks through a plain tar file.
 *
 * @returns Nothing; a promise only where the source answers later.
 * @throws {FormatError} If it is no tar file or is cut off.
 */
export function walkTar(
  source: ByteSource,
  onMember: OnMember,
): void | Promise<void> {
  return runSteps(walk(new Window(source), source.path, onMember));
}

/**
 * Walks through a tar file that is compressed with gzip as a whole.
 *
 * @throws {FormatError} If it is no tar file in gzip, or is cut off.
 */
export async function walkGzippedTar(
  source: ByteSource,
  onMember: OnMember,
): Promise<void> {
  const chunks = inflatedChunks(source);
  try {
    await runSteps(walk(new InflatedBytes(chunks), source.path, onMember));
  } finally {
    await chunks.return(undefined);
  }
}

/** Bytes of an archive, asked for from front to back. */
interface TarBytes<Value> {
  /** Bytes from `offset` on, fewer at the end; valid until the next call. */
  at(offset: number, byteCount: number): Steps<Value, Uint8Array>;
  /** Whether the archive has so many bytes. */
  reaches(end: number): Steps<Value, boolean>;
  /** Bytes of a member were passed over. */
  passed(byteCount: number): void;
}

function* walk<Value>(
  bytes: TarBytes<Value>,
  path: string,
  onMember: OnMember,
): Steps<Value, void> {
  let extension: Extension = NO_EXTENSION;
  let offset = 0;
  for (;;) {
    const block = yield* bytes.at(offset, TAR_BLOCK_BYTES);
    if (block.length < TAR_BLOCK_BYTES) return;
    const member = parseHeader(block, path, offset);
    if (member === null) return;
    const byteCount = extension.byteCount ?? member.byteCount;
    const dataAt = offset + TAR_BLOCK_BYTES;
    if (EXTENSIONS.has(member.type)) {
      const dataBytes = checkedBytes(path, dataAt, member);
      const data = yield* bytes.at(dataAt, dataBytes);
      if (data.length < dataBytes) throw cutOff(path, offset, dataBytes);
      extension = extended(extension, member.type, data);
    } else {
      const name = extension.name ?? member.name;
      extension = NO_EXTENSION;
      const isWhole = yield* bytes.reaches(dataAt + byteCount);
      if (!isWhole) throw cutOff(path, offset, byteCount);
      if (!onMember({ ...member, name, byteCount })) return;
    }
    bytes.passed(byteCount);
    offset = dataAt + ceilToBlock(byteCount);
  }
}

/** What PAX and GNU members say of the one behind them. */
interface Extension {
  readonly name: string | null;
  readonly byteCount: number | null;
}

const NO_EXTENSION: Extension = { name: null, byteCount: null };
/** PAX records, of one member and of all; GNU's long name. */
const EXTENSIONS: ReadonlySet<string> = new Set(["x", "g", "L"]);

function extended(
  before: Extension,
  type: string,
  data: Uint8Array,
): Extension {
  const text = new TextDecoder().decode(data);
  if (type === "L") return { ...before, name: text.replace(/\0.*$/s, "") };
  // What holds for all members concerns neither names nor lengths.
  if (type === "g") return before;
  const path = /(?:^|\n)\d+ path=([^\n]*)\n/.exec(text)?.[1];
  return {
    name: path ?? before.name,
    byteCount: paxSize(data) ?? before.byteCount,
  };
}

function checkedBytes(
  path: string,
  offset: number,
  { byteCount }: TarMember,
): number {
  if (byteCount <= MAX_EXTENSION_BYTES) return byteCount;
  throw new FormatError(
    path,
    offset,
    `PAX records must have <= ${MAX_EXTENSION_BYTES} bytes: current value ` +
      `is ${byteCount}`,
  );
}

function cutOff(path: string, offset: number, byteCount: number): FormatError {
  return new FormatError(
    path,
    offset,
    `a member of ${byteCount} bytes must end within the archive, which ends ` +
      "before",
  );
}

/** The part of a file that was read last. */
class Window implements TarBytes<number> {
  readonly #source: ByteSource;
  #bytes = new Uint8Array(0);
  #offset = 0;
  #passedBytes = 0;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  *at(offset: number, byteCount: number): Steps<number, Uint8Array> {
    const end = this.#offset + this.#bytes.length;
    if (offset < this.#offset || offset + byteCount > end) {
      const { byteLength } = this.#source;
      const usual = this.#passedBytes < LARGE_MEMBER_BYTES
        ? WINDOW_BYTES
        : SMALL_WINDOW_BYTES;
      const wanted = Math.max(usual, byteCount);
      const view = new Uint8Array(
        Math.max(0, Math.min(wanted, byteLength - offset)),
      );
      const readBytes = yield this.#source.readInto(view, offset);
      this.#bytes = view.subarray(0, readBytes);
      this.#offset = offset;
    }
    const start = offset - this.#offset;
    return this.#bytes.subarray(start, start + byteCount);
  }

  // deno-lint-ignore require-yield -- a length is known at once.
  *reaches(end: number): Steps<number, boolean> {
    return end <= this.#source.byteLength;
  }

  passed(byteCount: number): void {
    // A label lies between two images: one small member says little.
    this.#passedBytes = Math.max(byteCount, this.#passedBytes / 2);
  }
}

/** What comes out of gzip; what was asked for is not kept. */
class InflatedBytes
  implements TarBytes<IteratorResult<Uint8Array, void> | void> {
  readonly #chunks: AsyncGenerator<Uint8Array, void>;
  #bytes = new Uint8Array(0);
  /** Where in the archive `#bytes` begin. */
  #offset = 0;

  constructor(chunks: AsyncGenerator<Uint8Array, void>) {
    this.#chunks = chunks;
  }

  *at(
    offset: number,
    byteCount: number,
  ): Steps<IteratorResult<Uint8Array, void> | void, Uint8Array> {
    while (this.#offset + this.#bytes.length < offset + byteCount) {
      const next = yield this.#chunks.next();
      if (next === undefined || next.done) break;
      this.#append(next.value, offset);
    }
    const start = offset - this.#offset;
    return this.#bytes.subarray(start, start + byteCount);
  }

  *reaches(
    end: number,
  ): Steps<IteratorResult<Uint8Array, void> | void, boolean> {
    if (end === 0) return true;
    const last = yield* this.at(end - 1, 1);
    return last.length === 1;
  }

  passed(): void {}

  /** Keeps what stands at `from` or behind it. */
  #append(chunk: Uint8Array, from: number): void {
    const end = this.#offset + this.#bytes.length;
    const kept = this.#bytes.subarray(Math.max(0, from - this.#offset));
    const skipped = Math.min(chunk.length, Math.max(0, from - end));
    const bytes = new Uint8Array(kept.length + chunk.length - skipped);
    bytes.set(kept);
    bytes.set(chunk.subarray(skipped), kept.length);
    this.#offset = end - kept.length + (kept.length === 0 ? skipped : 0);
    this.#bytes = bytes;
  }
}
