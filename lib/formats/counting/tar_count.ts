/**
 * Counts the samples of a tar shard that others made: neighboring members
 * whose names are equal up to the first dot behind the last slash.
 *
 *    a/0001.jpg  a/0001.cls │ a/0002.jpg  a/0002.cls │ …
 *
 * Members that are no files, and names that begin and end with two
 * underscores, are of no sample, as in webdataset's own reader.
 *
 * Energon keeps an index beside each shard, "x.tar.idx": the offset of each
 * sample and that of the end, uint64, little-endian.
 *
 * Sources: https://github.com/webdataset/webdataset, `tariterators.py`;
 * https://github.com/NVIDIA/Megatron-Energon, `itar.py`.
 */
import type { ByteSource } from "../../bytes/byte_source.ts";
import { runSteps, type Steps } from "../../bytes/steps.ts";
import { FormatError } from "../../errors.ts";
import {
  ceilToBlock,
  parseHeader,
  paxSize,
  TAR_BLOCK_BYTES,
  TAR_RECORD_BYTES,
  type TarMember,
} from "../tar/tar_header.ts";
import type { SampleCounting } from "./sample_counting.ts";
import { readAt } from "../read_at.ts";

/** Read at once: headers of small members lie close to each other. */
const WINDOW_BYTES = 256 * 1024;
/** Longest name or PAX record that is taken in. */
const MAX_EXTENSION_BYTES = 2 ** 20;

const OFFSET_BYTES = 8;

const KEY = /^((?:.*\/|)[^./]+)\.[^/]*$/;
const META = /^__[^/]*__($|\/)/;

/** How the samples of a shard are counted. */
export const tarCounting: SampleCounting = {
  reads: "file",
  indexFiles: [{
    path: (filePath) => `${filePath}.idx`,
    count: (index, fileBytes) => runSteps(countOffsets(index, fileBytes)),
  }],
  count: (source) => runSteps(countSamples(source)),
};

/** Null if the index is not of a shard of this length. */
function* countOffsets(
  index: ByteSource,
  fileBytes: number,
): Steps<number, number | null> {
  const count = index.byteLength / OFFSET_BYTES - 1;
  if (!Number.isInteger(count) || count < 1) return null;
  const last = yield* readAt(index, count * OFFSET_BYTES, OFFSET_BYTES);
  const end = Number(new DataView(last.buffer).getBigUint64(0, true));
  // Behind the last sample is the end of the archive, at most two records.
  const isOfShard = end <= fileBytes && fileBytes - end <= 2 * TAR_RECORD_BYTES;
  return isOfShard ? count : null;
}

/**
 * Walks through a shard from header to header.
 *
 * @returns Number of samples.
 * @throws {FormatError} If it is no tar file or is cut off.
 */
function* countSamples(source: ByteSource): Steps<number, number> {
  const window = new Window(source);
  let samples = 0;
  let lastKey: string | null = null;
  let extension: Extension = NO_EXTENSION;
  let offset = 0;
  while (offset + TAR_BLOCK_BYTES <= source.byteLength) {
    const block = yield* window.at(offset, TAR_BLOCK_BYTES);
    const member = parseHeader(block, source.path, offset);
    if (member === null) break;
    const byteCount = extension.byteCount ?? member.byteCount;
    const dataAt = offset + TAR_BLOCK_BYTES;
    if (dataAt + byteCount > source.byteLength) {
      throw cutOff(source, offset, byteCount);
    }
    offset = dataAt + ceilToBlock(byteCount);
    if (EXTENSIONS.has(member.type)) {
      const data = yield* window.at(
        dataAt,
        checkedBytes(source, dataAt, member),
      );
      extension = extended(extension, member.type, data);
      continue;
    }
    const key = sampleKey(extension.name ?? member.name, member.type);
    extension = NO_EXTENSION;
    if (key === null) continue;
    if (key !== lastKey) samples++;
    lastKey = key;
  }
  return samples;
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

/** Null if the member belongs to no sample. */
function sampleKey(name: string, type: string): string | null {
  const isFile = type === "0" || type === "7";
  if (!isFile || META.test(name)) return null;
  return KEY.exec(name)?.[1] ?? null;
}

function checkedBytes(
  { path }: ByteSource,
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

function cutOff(
  { path, byteLength }: ByteSource,
  offset: number,
  byteCount: number,
): FormatError {
  return new FormatError(
    path,
    offset,
    `a member of ${byteCount} bytes must end within the file: the file has ` +
      `${byteLength}`,
  );
}

/** The part of the file that was read last. */
class Window {
  readonly #source: ByteSource;
  #bytes = new Uint8Array(0);
  #offset = 0;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  /** Bytes of the file; valid until the next call. */
  *at(offset: number, byteCount: number): Steps<number, Uint8Array> {
    const end = this.#offset + this.#bytes.length;
    if (offset < this.#offset || offset + byteCount > end) {
      const { byteLength } = this.#source;
      const wanted = Math.max(WINDOW_BYTES, byteCount);
      const view = new Uint8Array(Math.min(wanted, byteLength - offset));
      const readBytes = yield this.#source.readInto(view, offset);
      this.#bytes = view.subarray(0, readBytes);
      this.#offset = offset;
    }
    const start = offset - this.#offset;
    return this.#bytes.subarray(start, start + byteCount);
  }
}
