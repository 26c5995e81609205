/**
 * What is inside of an Arrow file or stream: its columns, by apache-arrow,
 * record batches, and how their bodies are compressed.
 *
 * Slots: https://github.com/apache/arrow/blob/main/format/Message.fbs
 */
import { type Field, tableFromIPC } from "apache-arrow";
import type { ByteSource } from "../../bytes/byte_source.ts";
import { RangeList } from "../../bytes/range_list.ts";
import { runSteps, type Steps } from "../../bytes/steps.ts";
import { FormatError } from "../../errors.ts";
import { MAGIC, PADDED_MAGIC_BYTES } from "../arrow/file_layout.ts";
import { FlatTableReader } from "../arrow/flat_reader.ts";
import { CONTINUATION, END_OF_STREAM, PREFIX_BYTES } from "../arrow/message.ts";
import { openArrowRows } from "../arrow/open.ts";
import type { GroupIndex } from "../parquet/group_index.ts";
import { readAt } from "../read_at.ts";
import type { FileInside, FilePart } from "./file_inside.ts";

/** Slots of `Message`, `RecordBatch` and `BodyCompression`. */
const SLOT = { header: 2, compression: 3, codec: 0 } as const;
/** Codecs by their number in `CompressionType`. */
const CODECS: readonly string[] = ["lz4", "zstd"];

/**
 * Reads schema, index and first record batch without its body.
 *
 * @throws {FormatError} If it is no Arrow file, or is damaged.
 */
export async function arrowInside(source: ByteSource): Promise<FileInside> {
  const index = await openArrowRows(source);
  const start = await runSteps(schemaOffset(source));
  const schema = await runSteps(messageAt(source, start));
  let rows = 0;
  for (let group = 0; group < index.groupCount; group++) {
    rows = Math.max(rows, index.rowsOf(group));
  }
  const codec = index.groupCount === 0
    ? null
    : await runSteps(codecOf(source, index));
  return {
    compression: codec === null ? [] : [codec],
    groups: {
      name: "record batches",
      count: index.groupCount,
      samples: rows,
    },
    parts: columnsOf(source.path, schema),
  };
}

/** A file has its magic bytes before the schema. */
function* schemaOffset(source: ByteSource): Steps<number, number> {
  const head = yield* readAt(source, 0, MAGIC.length);
  return MAGIC.every((byte, at) => head[at] === byte) ? PADDED_MAGIC_BYTES : 0;
}

/** A message without its body: prefix and metadata. */
function* messageAt(
  source: ByteSource,
  offset: number,
): Steps<number, { readonly all: Uint8Array; readonly metadata: Uint8Array }> {
  const prefix = new DataView((yield* readAt(source, offset, 8)).buffer);
  // Before Arrow 0.15 there was no continuation.
  const prefixBytes = prefix.getUint32(0, true) === CONTINUATION
    ? PREFIX_BYTES
    : 4;
  const metadataBytes = prefix.getUint32(prefixBytes - 4, true);
  const all = yield* readAt(source, offset, prefixBytes + metadataBytes);
  return { all, metadata: all.subarray(prefixBytes) };
}

/** Null: bodies are not compressed. */
function* codecOf(
  source: ByteSource,
  index: GroupIndex,
): Steps<number, string | null> {
  const ranges = new RangeList();
  index.addRanges(0, 1, false, ranges);
  const offset = ranges.offsetOf(0);
  const { metadata } = yield* messageAt(source, offset);
  const compression = FlatTableReader.root(metadata).table(SLOT.header)
    ?.table(SLOT.compression) ?? null;
  if (compression === null) return null;
  const code = compression.u8(SLOT.codec);
  return CODECS[code] ?? `codec ${code}`;
}

function columnsOf(
  path: string,
  { all }: { readonly all: Uint8Array },
): FilePart[] {
  const stream = new Uint8Array(all.length + END_OF_STREAM.length);
  stream.set(all);
  stream.set(END_OF_STREAM, all.length);
  let fields: readonly Field[];
  try {
    fields = tableFromIPC(stream).schema.fields;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new FormatError(path, 0, `apache-arrow must read it: ${reason}`);
  }
  return fields.map(({ name, type }) => ({
    name,
    type: `${type}`,
    shape: null,
    storedBytes: null,
  }));
}
