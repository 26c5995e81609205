/**
 * CSV: a row of integers per sample, no header, rows end in "\n".
 *
 * Cell c of row r is element r × elements + c of the file's stream, as
 * `csv_cells.ts` writes it.
 *
 * For DLIO 2.0.0 (`dataset.dlio_compat`) the file is as pandas writes it by
 * itself: a header ",0,1,2,..." of the columns' numbers, and each row begins
 * with its own. 2.0.0 takes the first line for a header, so that without one
 * it would miss a sample.
 *
 * Compression "gzip": one gzip member per {@linkcode PIECE_BYTES} of random
 * bytes, one after another, as RFC 1952 section 2.2 allows and every reader
 * takes; so memory is constant. The name then ends in ".csv.gz", which
 * pandas and others need to see what it is.
 *
 * Spec: RFC 4180. Layout: DLIO's `data_generator/csv_generator.py`.
 */
import { lazyImport } from "../lazy_import.ts";
import { csvCounting } from "./counting/csv_count.ts";
import { zlib } from "../deps/zlib.ts";
import { arrayProblems } from "./array_problems.ts";
import type { CellWriter } from "./csv_cells.ts";
import { cellWriter, MAX_CELL_BYTES } from "./csv_cells.ts";
import type { Format } from "./format.ts";
import { ELEMENT_BYTES, sampleBytes } from "./format.ts";
import { PageCursor } from "./page_cursor.ts";

/** Random bytes that are converted at once: what a cache holds. */
const PIECE_BYTES = 16_384;
const MAX_LEVEL = 9;
/** Longest number of a row, with its comma: 1e12 is the most rows. */
const MAX_NUMBER_BYTES = 14;
const NEWLINE = 0x0a;
const GZIP = "gzip";

/** The format `csv`. */
export const csv: Format = {
  name: "csv",
  endings: ["csv", "csv.gz"],
  reading: "whole_file",
  counting: csvCounting,
  async inside(source) {
    const url = import.meta.resolve("./inside/csv_inside.ts");
    const module = await lazyImport<typeof import("./inside/csv_inside.ts")>(
      url,
    );
    return await module.csvInside(source);
  },
  isInterleaved: true,
  codecs: [GZIP],
  extension: (compression) => compression === GZIP ? "csv.gz" : "csv",

  problems(spec) {
    const problems = arrayProblems(csv, spec);
    const { compression, compressionLevel: level } = spec.dataset;
    const isLevel = Number.isInteger(level) && level >= 0 && level <= MAX_LEVEL;
    if (compression === GZIP && !isLevel) {
      problems.push(
        `Cannot use dataset.compression_level = ${level} in format csv: it ` +
          `must be an integer in [0, ${MAX_LEVEL}]`,
      );
    }
    return problems;
  },

  // The length of a number's text depends on the number.
  fileBytes: () => null,

  *encode(spec, tools) {
    const { compression, compressionLevel, elementType } = spec.dataset;
    const cursor = new PageCursor(tools);
    const elementBytes = ELEMENT_BYTES[elementType];
    const text = new Uint8Array(
      PIECE_BYTES / elementBytes * (MAX_CELL_BYTES + MAX_NUMBER_BYTES) + 8,
    );
    const source = new Uint8Array(PIECE_BYTES);
    const rowBytes = sampleBytes(spec);
    const isNumbered = spec.dataset.dlioCompat === "2.0.0";
    const rows = new RowWriter(cellWriter(elementType), rowBytes, isNumbered);
    const totalBytes = rowBytes * spec.dataset.samplesPerFile;
    const packed = (lines: Uint8Array) =>
      compression === GZIP
        ? zlib().gzipSync(lines, { level: compressionLevel })
        : lines;
    if (isNumbered) {
      for (const part of headerParts(rowBytes / elementBytes)) {
        yield* cursor.bytes(packed(part));
      }
    }
    for (let offset = 0; offset < totalBytes; offset += PIECE_BYTES) {
      const pieceBytes = Math.min(PIECE_BYTES, totalBytes - offset);
      const piece = source.subarray(0, pieceBytes);
      cursor.draw(piece, spec.fileIndex, offset);
      const lines = text.subarray(0, rows.write(piece, text));
      yield* cursor.bytes(packed(lines));
    }
    yield* cursor.end();
  },
};

/** The header of `columnCount` columns, in parts of constant size. */
function* headerParts(columnCount: number): Generator<Uint8Array, void> {
  const encoder = new TextEncoder();
  for (let first = 0; first < columnCount; first += PIECE_BYTES) {
    const end = Math.min(columnCount, first + PIECE_BYTES);
    let text = "";
    for (let column = first; column < end; column++) text += `,${column}`;
    yield encoder.encode(end === columnCount ? `${text}\n` : text);
  }
}

/** Breaks cells into rows. */
class RowWriter {
  readonly #writeCells: CellWriter;
  readonly #rowBytes: number;
  /** Whether a row begins with its number. */
  readonly #isNumbered: boolean;
  #row = 0;
  /** Random bytes that the current row still needs. */
  #restBytes: number;

  constructor(
    writeCells: CellWriter,
    rowBytes: number,
    isNumbered: boolean,
  ) {
    this.#writeCells = writeCells;
    this.#isNumbered = isNumbered;
    this.#rowBytes = rowBytes;
    this.#restBytes = rowBytes;
  }

  /**
   * Writes the cells of `source` and ends rows where they end.
   *
   * @returns Bytes written.
   */
  write(source: Uint8Array, target: Uint8Array): number {
    let end = 0;
    let offset = 0;
    while (offset < source.length) {
      const partBytes = Math.min(this.#restBytes, source.length - offset);
      const part = source.subarray(offset, offset + partBytes);
      if (this.#isNumbered && this.#restBytes === this.#rowBytes) {
        for (const digit of `${this.#row++},`) {
          target[end++] = digit.charCodeAt(0);
        }
      }
      end = this.#writeCells(part, target, end);
      offset += partBytes;
      this.#restBytes -= partBytes;
      if (this.#restBytes === 0) {
        target[end - 1] = NEWLINE;
        this.#restBytes = this.#rowBytes;
      }
    }
    return end;
  }
}
