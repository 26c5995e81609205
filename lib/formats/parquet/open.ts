/**
 * Opens a Parquet file: its last 8 bytes say where the footer is, which is
 * then read once.
 *
 *    ...                   row groups
 *    footerBytes         footer
 *    4                   footerBytes, little-endian
 *    4                   "PAR1"
 */
import type { Awaitable } from "../../bytes/awaitable.ts";
import type { ByteSource } from "../../bytes/byte_source.ts";
import { runSteps, type Steps } from "../../bytes/steps.ts";
import { FormatError } from "../../errors.ts";
import { fileKind, MAGIC_BYTES } from "../file_magic.ts";
import type { FileSpec } from "../format.ts";
import { MAGIC } from "./file_layout.ts";
import { BatchDecoder } from "./batch_decoder.ts";
import { type FooterFacts, readFooter } from "./footer_reader.ts";
import type { GroupIndex } from "./group_index.ts";
import { fileColumns } from "./partition.ts";
import { ThriftSyntaxError } from "./thrift_error.ts";

/** Length of the footer and magic behind it. */
const TAIL_BYTES = 8;
const MIN_FILE_BYTES = MAGIC.length + TAIL_BYTES;

/**
 * Largest footer that is read: some 1.7 million column chunks with
 * statistics. A damaged length must not take all memory.
 */
const MAX_FOOTER_BYTES = 256 * 2 ** 20;

/** An opened file. */
export interface OpenedParquet {
  readonly groups: GroupIndex;
  /** Null unless `dataset.parquet.decode` is set. */
  readonly decoder: BatchDecoder | null;
}

/**
 * Reads the footer.
 *
 * @throws {FormatError} If the file is no Parquet file, is damaged, or has
 *   not the columns or rows of `spec`.
 */
export function openParquet(
  source: ByteSource,
  spec: FileSpec,
): Awaitable<OpenedParquet> {
  return runSteps(openSteps(source, spec));
}

/**
 * Reads the footer of any file, for its row groups and all columns.
 *
 * @throws {FormatError} If the file is no Parquet file or is damaged.
 */
export function openParquetRows(source: ByteSource): Awaitable<FooterFacts> {
  return runSteps(
    (function* () {
      return (yield* footerSteps(source, null)).facts;
    })(),
  );
}

function* openSteps(
  source: ByteSource,
  spec: FileSpec,
): Steps<number, OpenedParquet> {
  const { path } = source;
  const { footer, footerOffset, facts } = yield* footerSteps(
    source,
    selectedColumns(spec),
  );
  const { groups } = facts;
  const { samplesPerFile } = spec.dataset;
  if (groups.rowCount < samplesPerFile) {
    throw new FormatError(
      path,
      footerOffset,
      `the file must have the ${samplesPerFile} rows of ` +
        `dataset.num_samples_per_file, it has ${groups.rowCount}`,
    );
  }
  const decoder = spec.dataset.parquet.decode
    ? new BatchDecoder(path, footer, facts)
    : null;
  return { groups, decoder };
}

interface ReadFooter {
  readonly footer: Uint8Array;
  readonly footerOffset: number;
  readonly facts: FooterFacts;
}

function* footerSteps(
  source: ByteSource,
  columns: readonly string[] | null,
): Steps<number, ReadFooter> {
  const { path, byteLength } = source;
  if (byteLength < MIN_FILE_BYTES) {
    throw new FormatError(
      path,
      0,
      `a Parquet file must have ${MIN_FILE_BYTES} bytes, it has ${byteLength}`,
    );
  }
  const tail = new Uint8Array(TAIL_BYTES);
  const tailOffset = byteLength - TAIL_BYTES;
  checkRead(path, tailOffset, tail, yield source.readInto(tail, tailOffset));
  if (!hasMagic(tail)) {
    const first = new Uint8Array(MAGIC_BYTES);
    checkRead(path, 0, first, yield source.readInto(first, 0));
    throw wrongEnd(path, tail, tailOffset, fileKind(first));
  }
  const footerBytes = footerLength(path, tail, tailOffset);
  const footerOffset = tailOffset - footerBytes;
  const footer = new Uint8Array(footerBytes);
  const readBytes = yield source.readInto(footer, footerOffset);
  checkRead(path, footerOffset, footer, readBytes);
  const facts = readOrExplain(path, footer, footerOffset, columns);
  return { footer, footerOffset, facts };
}

/** Names of the columns that training reads; null where none are given. */
function selectedColumns(spec: FileSpec): string[] | null {
  const { columns } = spec.dataset.parquet;
  if (columns.length === 0) return null;
  return fileColumns(spec.dataset)
    .filter((column) => column.read).map(({ name }) => name);
}

function hasMagic(tail: Uint8Array): boolean {
  return MAGIC.every((byte, index) =>
    tail[TAIL_BYTES - MAGIC.length + index] === byte
  );
}

function wrongEnd(
  path: string,
  tail: Uint8Array,
  tailOffset: number,
  kind: string | null,
): FormatError {
  const found = String.fromCharCode(...tail.subarray(4));
  // A file that was cut short begins as it should.
  const begin = kind === null || kind === "Parquet"
    ? ""
    : `; it begins as ${kind}`;
  return new FormatError(
    path,
    tailOffset + 4,
    found === "PARE"
      ? "an encrypted footer cannot be read"
      : `the file must end with "PAR1", it ends with ${
        JSON.stringify(found)
      }${begin}`,
  );
}

/** @returns Bytes of the footer, which lies inside the file. */
function footerLength(
  path: string,
  tail: Uint8Array,
  tailOffset: number,
): number {
  const byteCount = new DataView(tail.buffer).getUint32(0, true);
  const maxBytes = Math.min(tailOffset - MAGIC.length, MAX_FOOTER_BYTES);
  if (byteCount > maxBytes) {
    throw new FormatError(
      path,
      tailOffset,
      `the footer must have at most ${maxBytes} bytes, its length says ` +
        `${byteCount}`,
    );
  }
  return byteCount;
}

function readOrExplain(
  path: string,
  footer: Uint8Array,
  footerOffset: number,
  columns: readonly string[] | null,
): FooterFacts {
  try {
    return readFooter(footer, { columns, footerOffset });
  } catch (error) {
    if (!(error instanceof ThriftSyntaxError)) throw error;
    throw new FormatError(path, footerOffset + error.position, error.message);
  }
}

function checkRead(
  path: string,
  offset: number,
  view: Uint8Array,
  readBytes: number,
): void {
  if (readBytes < view.length) {
    throw new FormatError(
      path,
      offset,
      `${view.length} bytes must be there, the file ends after ${readBytes}`,
    );
  }
}
