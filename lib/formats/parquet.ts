/**
 * Parquet as DLIO writes it with pyarrow: columns of every `dtype`, scalars
 * and FixedSizeLists, row groups streamed out at the speed of memory.
 *
 * The parts are in `parquet/`, a file per concept of the specification.
 * Spec: https://parquet.apache.org/docs/file-format/
 */
import { lazyImport } from "../lazy_import.ts";
import { parquetCounting } from "./counting/parquet_count.ts";
import type { RangeList } from "../bytes/range_list.ts";
import {
  type DatasetSpec,
  type EncodeTools,
  type FileIndex,
  type FileSpec,
  type Format,
  sampleElementCount,
} from "./format.ts";
import { PageCursor } from "./page_cursor.ts";
import { loadDecoder } from "./parquet/batch_decoder.ts";
import { ChunkWriter } from "./parquet/column_chunk.ts";
import { CompressedChunkWriter } from "./parquet/compressed_chunk.ts";
import { fileLayout, MAGIC } from "./parquet/file_layout.ts";
import { footerPieces } from "./parquet/footer.ts";
import { type OpenedParquet, openParquet } from "./parquet/open.ts";
import { PAGE_CODECS } from "./parquet/page_codec.ts";
import { partitionFolders } from "./parquet/partition.ts";
import { parquetProblems } from "./parquet/problems.ts";

/** The Parquet format. */
export const parquet: Format = {
  name: "parquet",
  endings: ["pq", "parq"],
  reading: "stream",
  counting: parquetCounting,
  async inside(source) {
    const url = import.meta.resolve("./inside/parquet_inside.ts");
    const module = await lazyImport<
      typeof import("./inside/parquet_inside.ts")
    >(url);
    return await module.parquetInside(source);
  },
  isInterleaved: true,
  codecs: PAGE_CODECS,
  folders: partitionFolders,
  problems: parquetProblems,
  fileBytes,
  encode,
  prepare,
  open: openParquet,
  ranges,
  decode,
};

/** The length of a dataset's last asked file, by elements of a sample. */
const KNOWN_BYTES = new WeakMap<DatasetSpec, [number, number]>();

/** Files of one dataset mostly have one length: it is computed once. */
function fileBytes(spec: FileSpec): number | null {
  const elementCount = sampleElementCount(spec);
  const known = KNOWN_BYTES.get(spec.dataset);
  if (known?.[0] === elementCount) return known[1];
  const layout = fileLayout(spec);
  if (layout.codec !== null) return null;
  let byteCount = MAGIC.length;
  for (const group of layout.groups()) byteCount += group.byteCount;
  for (const piece of footerPieces(layout, null)) byteCount += piece.length;
  KNOWN_BYTES.set(spec.dataset, [elementCount, byteCount]);
  return byteCount;
}

function* encode(
  spec: FileSpec,
  tools: EncodeTools,
): Generator<Uint8Array, void> {
  const layout = fileLayout(spec);
  const { codec } = layout;
  const cursor = new PageCursor(tools);
  const stream = spec.fileIndex;
  const chunkCount = layout.groupCount * layout.leaves.length;
  const writer = codec === null
    ? new ChunkWriter(cursor, stream)
    : new CompressedChunkWriter(cursor, stream, codec, chunkCount);
  yield* cursor.bytes(MAGIC);
  for (const group of layout.groups()) {
    for (const chunk of group.chunks) yield* writer.chunk(chunk);
  }
  for (const piece of footerPieces(layout, writer.lengths)) {
    yield* cursor.bytes(piece);
  }
  yield* cursor.end();
}

async function prepare(dataset: DatasetSpec): Promise<void> {
  if (dataset.parquet.decode) await loadDecoder();
}

function ranges(
  index: FileIndex,
  first: number,
  count: number,
  continues: boolean,
  list: RangeList,
): void {
  (index as OpenedParquet).groups.addRanges(first, count, continues, list);
}

function decode(
  index: FileIndex,
  first: number,
  count: number,
  continues: boolean,
  list: RangeList,
  bytes: Uint8Array,
): number {
  const { decoder } = index as OpenedParquet;
  return decoder?.decode(first, count, continues, list, bytes) ?? 0;
}
