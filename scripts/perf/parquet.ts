/**
 * Measures of Parquet reading without storage: opening a dlrm-shaped file and
 * planning its batches.
 *
 *    open.parquet_dlrm     ms to read the footer of 768 row groups of 200
 *                          columns, of which 40 are read
 *    plan.parquet_batch    us to plan a batch of 16,384 rows of it
 *
 * The shape is that of `workloads/dlrm_b200.yaml`; its 3.6 GB of values are
 * not needed.
 */
import type { ByteSource } from "../../lib/bytes/byte_source.ts";
import { RangeList } from "../../lib/bytes/range_list.ts";
import type { FileSpec, ParquetColumn } from "../../lib/formats/format.ts";
import { parquet as parquetFormat } from "../../lib/formats/parquet.ts";
import { concatBytes } from "../../lib/bytes/concat_bytes.ts";
import { fileLayout } from "../../lib/formats/parquet/file_layout.ts";
import { footerPieces } from "../../lib/formats/parquet/footer.ts";
import { leastOf, type Measure, type Measured, secondsOf } from "./measure.ts";

const ROWS = 4718592;
const ROW_GROUP_ROWS = 6144;
const COLUMN_COUNT = 200;
const BATCH_ROWS = 16384;
const DTYPES = ["float16", "float32", "float64", "int8"] as const;

/** Best of some, since other processes only add time. */
const OPEN_RUNS = 7;
const PLAN_EPOCHS = 20;
/** In the first ones V8 still compiles what is measured. */
const PLAN_ROUNDS = 15;

/** The measures of this file. */
export const measures: readonly Measure[] = [
  { id: "open.parquet_dlrm", run: measureOpen },
  { id: "plan.parquet_batch", run: measurePlan },
];

async function measureOpen(): Promise<Measured> {
  const spec = dlrmShapedSpec();
  const source = footerSource(spec);
  const value = await leastOf(
    OPEN_RUNS,
    async () => {
      const startMs = performance.now();
      await parquetFormat.open!(source, spec);
      return performance.now() - startMs;
    },
  );
  return { value, unit: "ms", limit: null };
}

async function measurePlan(): Promise<Measured> {
  const spec = dlrmShapedSpec();
  const index = await parquetFormat.open!(footerSource(spec), spec);
  const ranges = new RangeList();
  const batchCount = ROWS / BATCH_ROWS;
  const planAll = () => {
    for (let i = 0; i < PLAN_EPOCHS * batchCount; i++) {
      const first = i % batchCount * BATCH_ROWS;
      ranges.clear();
      parquetFormat.ranges!(index, first, BATCH_ROWS, first > 0, ranges);
    }
  };
  const value = await leastOf(
    PLAN_ROUNDS,
    () => secondsOf(planAll) * 1e6 / (PLAN_EPOCHS * batchCount),
  );
  return { value, unit: "us", limit: null };
}

function dlrmShapedSpec(): FileSpec {
  const columns: ParquetColumn[] = [];
  for (let i = 0; i < COLUMN_COUNT; i++) {
    const name = `feature_${String(i).padStart(3, "0")}`;
    const dtype = DTYPES[i % DTYPES.length]!;
    columns.push({ name, dtype, size: 1, read: i % 5 === 0 });
  }
  return {
    fileIndex: 0,
    sampleDims: [1],
    dataset: {
      seed: 1,
      elementType: "uint8",
      samplesPerFile: ROWS,
      compression: "none",
      compressionLevel: 4,
      dedupeRatio: 1,
      compressRatio: 1,
      hdf5: { chunkDims: [], datasetsPerRecord: 1, maxShape: [] },
      parquet: {
        columns,
        rowGroupRows: ROW_GROUP_ROWS,
        generationBatchRows: ROW_GROUP_ROWS,
        partitionBy: null,
        decode: false,
      },
      arrow: { isStream: false, batchRows: 1000 },
      megatron: { documentLength: 1024, documentLengthStdev: 1024 },
    },
  };
}

/** The file of which only what follows the row groups is there. */
function footerSource(spec: FileSpec): ByteSource {
  const pieces: Uint8Array[] = [];
  for (const piece of footerPieces(fileLayout(spec), null)) {
    pieces.push(piece.slice());
  }
  const tail = concatBytes(pieces);
  const byteLength = parquetFormat.fileBytes(spec)!;
  const tailOffset = byteLength - tail.length;
  return {
    path: "dlrm.parquet",
    byteLength,
    readInto(view, offset) {
      const start = offset - tailOffset;
      view.set(tail.subarray(start, start + view.length));
      return view.length;
    },
  };
}
