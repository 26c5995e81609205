/**
 * NPZ: a zip archive of x.npy (samples) and y.npy (labels), byte for byte as
 * numpy.savez(file, x=x, y=y) writes it.
 *
 *    local header  x.npy   local header  y.npy   central directory
 *
 * numpy.savez goes back to write CRC and size into the local headers. Here
 * the random source knows the CRC before the data is made, and sizes follow
 * from the shape, so the file is written front to back.
 *
 * With compression "zip" entries are deflated, as by numpy.savez_compressed.
 * Their size is known only behind them, so data descriptors follow, as
 * zipfile has it for a file that cannot seek.
 */
import { lazyImport } from "../lazy_import.ts";
import { npzCounting } from "./counting/array_counts.ts";
import { crc32 } from "../bytes/crc.ts";
import { arrayProblems } from "./array_problems.ts";
import { DEFLATE_END, deflatePiece, PIECE_BYTES } from "./deflate_pieces.ts";
import type { EncodeTools, FileSpec, Format } from "./format.ts";
import {
  axisProblems,
  labelArray,
  type NpyArray,
  npyBytes,
  sampleArray,
} from "./npy_array.ts";
import { PageCursor } from "./page_cursor.ts";
import {
  centralDirectory,
  dataDescriptor,
  localHeader,
  type ZipEntry,
} from "./zip_records.ts";

const CODEC_ZIP = "zip";
const MAX_LEVEL = 9;
const ZEROS = new Uint8Array(PIECE_BYTES);

/** The NPZ format. */
export const npz: Format = {
  name: "npz",
  reading: "whole_file",
  counting: npzCounting,
  async inside(source) {
    const url = import.meta.resolve("./inside/arrays_inside.ts");
    const module = await lazyImport<typeof import("./inside/arrays_inside.ts")>(
      url,
    );
    return await module.npzInside(source);
  },
  codecs: [CODEC_ZIP],

  problems(spec: FileSpec): string[] {
    return [
      ...arrayProblems(npz, spec),
      ...axisProblems("npz", spec),
      ...levelProblems(spec),
    ];
  },

  fileBytes(spec: FileSpec): number | null {
    if (spec.dataset.compression !== "none") return null;
    let position = 0;
    const entries: ZipEntry[] = [];
    for (const [name, array] of namedArrays(spec)) {
      const entry = newEntry(name, array, { offset: position, crc: 0 });
      position += localHeader(entry).length + npyBytes(array);
      entries.push(entry);
    }
    return position + centralDirectory(entries, position).length;
  },

  *encode(spec: FileSpec, tools: EncodeTools): Generator<Uint8Array, void> {
    const cursor = new PageCursor(tools);
    const entries: ZipEntry[] = [];
    for (const [name, array] of namedArrays(spec)) {
      const entry = newEntry(name, array, {
        offset: cursor.position,
        crc: arrayCrc(array, spec.fileIndex, tools),
      });
      entries.push(
        spec.dataset.compression === CODEC_ZIP
          ? yield* deflated(entry, array, { spec, tools, cursor })
          : yield* stored(entry, array, { spec, cursor }),
      );
    }
    yield* cursor.bytes(centralDirectory(entries, cursor.position));
    yield* cursor.end();
  },
};

function levelProblems(spec: FileSpec): string[] {
  const { compression, compressionLevel } = spec.dataset;
  if (
    compression !== CODEC_ZIP ||
    (Number.isInteger(compressionLevel) && compressionLevel >= 0 &&
      compressionLevel <= MAX_LEVEL)
  ) return [];
  return [
    `Cannot use compression_level = ${compressionLevel} in format npz: it ` +
    `must be an integer in [0, ${MAX_LEVEL}]`,
  ];
}

function namedArrays(spec: FileSpec): [name: string, array: NpyArray][] {
  return [["x.npy", sampleArray(spec)], ["y.npy", labelArray(spec)]];
}

/** A stored entry. */
function newEntry(
  name: string,
  array: NpyArray,
  place: { readonly offset: number; readonly crc: number },
): ZipEntry {
  return {
    name,
    method: "stored",
    streamed: false,
    crc32: place.crc,
    dataBytes: npyBytes(array),
    archivedBytes: npyBytes(array),
    offset: place.offset,
  };
}

function arrayCrc(array: NpyArray, stream: number, tools: EncodeTools): number {
  let crc = crc32(array.header);
  if (array.content === "random") {
    return tools.random.crc32(stream, 0, array.dataBytes, crc);
  }
  for (let at = 0; at < array.dataBytes; at += ZEROS.length) {
    crc = crc32(ZEROS.subarray(0, array.dataBytes - at), crc);
  }
  return crc;
}

function* stored(
  entry: ZipEntry,
  array: NpyArray,
  file: { readonly spec: FileSpec; readonly cursor: PageCursor },
): Generator<Uint8Array, ZipEntry> {
  const { spec, cursor } = file;
  yield* cursor.bytes(localHeader(entry));
  yield* cursor.bytes(array.header);
  if (array.content === "random") {
    yield* cursor.random(spec.fileIndex, 0, array.dataBytes);
  } else {
    yield* cursor.repeated(0, array.dataBytes);
  }
  return entry;
}

function* deflated(
  storedEntry: ZipEntry,
  array: NpyArray,
  file: {
    readonly spec: FileSpec;
    readonly tools: EncodeTools;
    readonly cursor: PageCursor;
  },
): Generator<Uint8Array, ZipEntry> {
  const { spec, tools, cursor } = file;
  const level = spec.dataset.compressionLevel;
  const started: ZipEntry = {
    ...storedEntry,
    method: "deflated",
    streamed: true,
  };
  yield* cursor.bytes(localHeader(started));
  const dataOffset = cursor.position;
  yield* cursor.bytes(deflatePiece(array.header, level));
  for (let at = 0; at < array.dataBytes; at += PIECE_BYTES) {
    const pieceBytes = Math.min(PIECE_BYTES, array.dataBytes - at);
    const piece = array.content === "random"
      ? randomPiece(tools, spec.fileIndex, at, pieceBytes)
      : ZEROS.subarray(0, pieceBytes);
    yield* cursor.bytes(deflatePiece(piece, level));
  }
  yield* cursor.bytes(DEFLATE_END);
  const entry: ZipEntry = {
    ...started,
    archivedBytes: cursor.position - dataOffset,
  };
  yield* cursor.bytes(dataDescriptor(entry));
  return entry;
}

/**
 * Random bytes on the heap. The source writes into the arena alone, of which
 * an encoder has nothing but the pages that it is filling: they are lent for
 * a moment. Two copies of 64 KiB are nothing beside deflating them.
 */
function randomPiece(
  tools: EncodeTools,
  stream: number,
  offset: number,
  byteCount: number,
): Uint8Array {
  const lent = tools.pages.subarray(0, byteCount);
  const saved = lent.slice();
  tools.random.fill(lent, stream, offset);
  const piece = lent.slice();
  lent.set(saved);
  return piece;
}
