/**
 * Arrow IPC, as pyarrow and the library `datasets` of Hugging Face keep
 * data: a file with a footer, or a stream.
 *
 * Stream of random bytes: sample k is bytes [k sampleBytes,
 * (k + 1) sampleBytes) of it. The parts are in `arrow/`.
 */
import { lazyImport } from "../lazy_import.ts";
import type { RangeList } from "../bytes/range_list.ts";
import { arrayProblems } from "./array_problems.ts";
import {
  batchAt,
  batchBytes,
  batchOffset,
  BLOCK_BYTES,
  type FileLayout,
  fileLayout,
  MAGIC,
} from "./arrow/file_layout.ts";
import { END_OF_STREAM } from "./arrow/message.ts";
import { arrowCounting } from "./counting/arrow_count.ts";
import { openArrow } from "./arrow/open.ts";
import { packLittleEndian } from "../bytes/little_endian.ts";
import type { EncodeTools, FileIndex, FileSpec, Format } from "./format.ts";
import { sampleElementCount } from "./format.ts";
import { PageCursor } from "./page_cursor.ts";
import type { GroupIndex } from "./parquet/group_index.ts";
import { MAX_LIST_SIZE } from "./parquet/leaf.ts";

/** Entries of the footer that are made at once. */
const FOOTER_PART_BLOCKS = 1024;

/** The length of a footer is an int32. */
const MAX_FOOTER_BYTES = 2 ** 31 - 1;

/** The format `arrow`. */
export const arrow: Format = {
  name: "arrow",
  endings: ["arrows", "feather", "ipc"],
  reading: "stream",
  counting: arrowCounting,
  async inside(source) {
    const url = import.meta.resolve("./inside/arrow_inside.ts");
    const module = await lazyImport<typeof import("./inside/arrow_inside.ts")>(
      url,
    );
    return await module.arrowInside(source);
  },
  isInterleaved: true,
  codecs: [],
  problems: arrowProblems,
  fileBytes: (spec) => fileLayout(spec).fileBytes,
  encode,
  open: openArrow,

  ranges(
    index: FileIndex,
    first: number,
    count: number,
    continues: boolean,
    ranges: RangeList,
  ) {
    (index as GroupIndex).addRanges(first, count, continues, ranges);
  },
};

function arrowProblems(spec: FileSpec): string[] {
  const problems = arrayProblems(arrow, spec);
  if (problems.length > 0) return problems;
  const count = sampleElementCount(spec);
  if (count > MAX_LIST_SIZE) {
    problems.push(
      `Cannot make an arrow file with samples of ${count} elements: a list ` +
        `of Arrow must have 1 to ${MAX_LIST_SIZE}`,
    );
    return problems;
  }
  const { samplesPerFile, arrow: { batchRows, isStream } } = spec.dataset;
  const batchCount = Math.ceil(samplesPerFile / batchRows);
  if (!isStream && (batchCount + 1) * BLOCK_BYTES > MAX_FOOTER_BYTES - 4096) {
    problems.push(
      `Cannot make an arrow file of ${batchCount} record batches: its footer ` +
        `must have <= ${MAX_FOOTER_BYTES} bytes; a larger ` +
        "dataset.arrow.batch_size, or dataset.arrow.ipc_format = stream, " +
        "which has none",
    );
  }
  return problems;
}

function* encode(
  spec: FileSpec,
  tools: EncodeTools,
): Generator<Uint8Array, void> {
  const layout = fileLayout(spec);
  const cursor = new PageCursor(tools);
  yield* cursor.bytes(layout.head);
  let streamOffset = 0;
  for (let batch = 0; batch < layout.batchCount; batch++) {
    const { message, dataBytes, bodyBytes } = batchAt(layout, batch);
    const isThere = dataBytes === bodyBytes &&
      cursor.tryAppend(message, spec.fileIndex, streamOffset, dataBytes);
    if (!isThere) {
      yield* cursor.bytes(message);
      yield* cursor.random(spec.fileIndex, streamOffset, dataBytes);
      yield* cursor.repeated(0, bodyBytes - dataBytes);
    }
    streamOffset += dataBytes;
  }
  yield* cursor.bytes(END_OF_STREAM);
  if (!spec.dataset.arrow.isStream) yield* footer(layout, cursor);
  yield* cursor.end();
}

function* footer(
  layout: FileLayout,
  cursor: PageCursor,
): Generator<Uint8Array, void> {
  const { footerHead, batchCount } = layout;
  yield* cursor.bytes(footerHead);
  const part = new Uint8Array(FOOTER_PART_BLOCKS * BLOCK_BYTES);
  const view = new DataView(part.buffer);
  for (let first = 0; first < batchCount; first += FOOTER_PART_BLOCKS) {
    const count = Math.min(FOOTER_PART_BLOCKS, batchCount - first);
    for (let i = 0; i < count; i++) {
      const batch = batchAt(layout, first + i);
      const at = i * BLOCK_BYTES;
      setU64(view, at, batchOffset(layout, first + i));
      setU64(view, at + 8, batch.message.length);
      setU64(view, at + 16, batchBytes(batch) - batch.message.length);
    }
    yield* cursor.bytes(part.subarray(0, count * BLOCK_BYTES));
  }
  const footerBytes = footerHead.length + batchCount * BLOCK_BYTES;
  yield* cursor.bytes(packLittleEndian([[4, footerBytes]]));
  yield* cursor.bytes(MAGIC);
}

/** Two halves: a BigInt per number would be the slowest part. */
function setU64(view: DataView, at: number, value: number): void {
  view.setUint32(at, value % 2 ** 32, true);
  view.setUint32(at + 4, Math.floor(value / 2 ** 32), true);
}
