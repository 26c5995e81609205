/**
 * Samples in CSV files: rows, found by reading the file to its end, through
 * gzip where it is compressed.
 *
 * A row ends with a line feed that is not in quotes; empty lines are none.
 * The first row is a header, and no sample, if none of its cells is a number
 * and a cell of the second row is.
 *
 * Spec: RFC 4180 section 2; gzip in several members, RFC 1952 section 2.2.
 */
import type { ByteSource } from "../../bytes/byte_source.ts";
import { FormatError } from "../../errors.ts";
import { fileKind } from "../file_magic.ts";
import { fileBlocks, inflatedChunks } from "./inflated_chunks.ts";
import type { SampleCounting } from "./sample_counting.ts";

/** Of the first two rows that are looked at. */
const MAX_ROW_CHARS = 64 * 1024;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const QUOTE = 0x22;

/** How the rows of a file are counted. */
export const csvCounting: SampleCounting = { reads: "file", count: countRows };

async function countRows(source: ByteSource): Promise<number> {
  const rows = new RowCounter();
  for await (const chunk of textChunks(source)) rows.take(chunk);
  return rows.end();
}

/**
 * The cells of the first row, and whether they are names.
 *
 * @throws {FormatError} If the file is neither text nor gzip.
 */
export async function firstRows(
  source: ByteSource,
): Promise<{ readonly cells: readonly string[]; readonly hasHeader: boolean }> {
  const rows = new RowCounter();
  for await (const chunk of textChunks(source)) {
    rows.take(chunk);
    if (rows.rowCount >= 2) break;
  }
  return { cells: rows.firstCells(), hasHeader: rows.hasHeader() };
}

/** The file's text in pieces, each valid until the next one. */
async function* textChunks(source: ByteSource): AsyncGenerator<Uint8Array> {
  const head = new Uint8Array(Math.min(6, source.byteLength));
  await source.readInto(head, 0);
  const kind = fileKind(head);
  if (kind === null) yield* fileBlocks(source);
  else if (kind === "gzip") yield* inflatedChunks(source);
  else {
    throw new FormatError(
      source.path,
      0,
      `rows are counted in text and in gzip: this file begins as ${kind}`,
    );
  }
}

/** Counts rows of text that comes in pieces. */
export class RowCounter {
  #count = 0;
  #isInQuotes = false;
  /** Whether the current row has any byte; a carriage return does not count. */
  #hasContent = false;
  /** The first two rows, for the header. */
  #firstRows: string[] = ["", ""];

  /** Takes the next piece. */
  take(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length) {
      const lineEnd = chunk.indexOf(LINE_FEED, at);
      const end = lineEnd < 0 ? chunk.length : lineEnd;
      this.#takeLine(chunk.subarray(at, end));
      if (lineEnd < 0) return;
      if (!this.#isInQuotes) this.#endRow();
      at = end + 1;
    }
  }

  /** @returns Rows that are samples. */
  end(): number {
    this.#endRow();
    return this.#count - (this.hasHeader() ? 1 : 0);
  }

  /** Rows that have ended. */
  get rowCount(): number {
    return this.#count;
  }

  /** The first row's cells, without their quotes; at most 64 KiB of them. */
  firstCells(): string[] {
    return cellsOf(this.#firstRows[0] ?? "");
  }

  /** Whether the first row is names: see the head of this file. */
  hasHeader(): boolean {
    if (this.#count < 2) return false;
    const [first = "", second = ""] = this.#firstRows;
    return !hasNumber(first) && hasNumber(second);
  }

  #takeLine(line: Uint8Array): void {
    // Without a quote a line is looked at no further.
    let at = line.indexOf(QUOTE);
    while (at >= 0) {
      this.#isInQuotes = !this.#isInQuotes;
      at = line.indexOf(QUOTE, at + 1);
    }
    const isBlank = line.length === 0 ||
      (line.length === 1 && line[0] === CARRIAGE_RETURN);
    if (!isBlank) this.#hasContent = true;
    if (
      this.#count < 2 && this.#firstRows[this.#count]!.length < MAX_ROW_CHARS
    ) {
      this.#firstRows[this.#count] += new TextDecoder().decode(
        line.subarray(0, MAX_ROW_CHARS),
      );
    }
  }

  #endRow(): void {
    if (this.#hasContent) this.#count++;
    this.#hasContent = false;
  }
}

function hasNumber(row: string): boolean {
  return cellsOf(row).some((cell) =>
    cell !== "" && Number.isFinite(Number(cell))
  );
}

/** Quoted separators part cells too: good enough to tell names from values. */
function cellsOf(row: string): string[] {
  return row.split(/[,;\t|]/)
    .map((cell) => cell.trim().replace(/^"(.*)"$/, "$1"));
}
