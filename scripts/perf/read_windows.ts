/**
 * Reading windows of tokens through the engine against the plain loop over
 * the same ranges with as many threads: what order, plan and counters cost
 * where a sample is many small pieces.
 */
import { openIndex } from "../../lib/engine/plan/open_index.ts";
import { RangeList } from "../../lib/bytes/range_list.ts";
import { DatasetFiles } from "../../lib/engine/plan/dataset_files.ts";
import { describeDataset } from "../../lib/engine/plan/describe_dataset.ts";
import { formatOf } from "../../lib/engine/plan/format_of.ts";
import type { FileIndex, Format } from "../../lib/formats/format.ts";
import type { Workload } from "../../lib/config/workload.ts";
import { LocalStorage } from "../../lib/storage/local/local.ts";
import {
  doneSeconds,
  inTempFolder,
  runEngine,
  workloadOf,
} from "./engine_run.ts";
import { type LoopOrder, timeThreads } from "./loop_threads.ts";
import { type Measure, type Measured, medianPair } from "./measure.ts";

const THREADS = 2;
const ROUND_COUNT = 7;
const FILE_COUNT = 4;
/** Of 4096 tokens of 4 bytes: 64 MiB a file. */
const SAMPLES_PER_FILE = 4096;

/** What one thread of the plain loop does. */
export interface RangeLoopOrder extends LoopOrder {
  readonly paths: readonly string[];
  /** Index of the path of each range. */
  readonly files: Uint32Array;
  readonly offsets: Float64Array;
  readonly byteCounts: Float64Array;
  readonly bufferBytes: number;
}

/** Row "read.megatron". */
export const measures: readonly Measure[] = [
  { id: "read.megatron", run: measureWindows },
];

function measureWindows(): Promise<Measured> {
  return inTempFolder(async (folder) => {
    const settings = [
      "dataset.format=megatron",
      `dataset.data_folder=${folder}`,
      `dataset.num_files_train=${FILE_COUNT}`,
      `dataset.num_samples_per_file=${SAMPLES_PER_FILE}`,
      "dataset.record_dims=[4096]",
      "dataset.record_element_type=int32",
      `reader.read_threads=${THREADS}`,
      "reader.prefetch_size=64",
      "reader.batch_size=128",
      "reader.sample_shuffle=seed",
      // The second epoch counts, when code is compiled and files are open.
      "train.epochs=2",
    ];
    await runEngine(workloadOf([
      ...settings,
      "workflow.generate_data=true",
      "workflow.train=false",
    ]));
    const workload = workloadOf(settings);
    const { orders, totalBytes } = await loopOrders(workload);
    const pair = await medianPair(ROUND_COUNT, async () => {
      const [, epoch] = await runEngine(workload);
      return totalBytes / 1e9 / doneSeconds(epoch);
    }, async () => {
      const threads = orders.map((_, thread) => String(thread));
      const seconds = await timeThreads<RangeLoopOrder>(
        spawn,
        threads,
        THREADS,
        (gate, [thread]) => ({ gate, ...orders[Number(thread)]! }),
      );
      return totalBytes / 1e9 / seconds;
    });
    return { unit: "GB/s", ...pair };
  });
}

/** The ranges of all samples in a scattered order, dealt to the threads. */
async function loopOrders(workload: Workload): Promise<{
  orders: readonly Omit<RangeLoopOrder, "gate">[];
  totalBytes: number;
}> {
  const format = await formatOf({ format: workload.dataset.format });
  const { dataset, splits } = describeDataset(workload, format);
  const datasetFiles = new DatasetFiles(dataset, splits, format);
  const storage = new LocalStorage("");
  const files = await openFiles(datasetFiles, storage, format);
  const dealt = Array.from({ length: THREADS }, (): number[][] => []);
  const ranges = new RangeList();
  let totalBytes = 0;
  for (let i = 0; i < SAMPLES_PER_FILE; i++) {
    // An odd number is prime to a power of two: each sample once. Files take
    // turns, as a blend mixes them: one alone would be read from the cache of
    // the processor.
    const sample = i * 1597 % SAMPLES_PER_FILE;
    for (const [file, { index }] of files.entries()) {
      ranges.clear();
      format.ranges?.(index, sample, 1, false, ranges);
      for (let range = 0; range < ranges.count; range++) {
        const byteCount = ranges.byteCountOf(range);
        dealt[i % THREADS]!.push([file, ranges.offsetOf(range), byteCount]);
        totalBytes += byteCount;
      }
    }
  }
  const column = (rows: readonly number[][], at: number) =>
    rows.map((row) => row[at]!);
  const orders = dealt.map((rows) => ({
    paths: files.map(({ path }) => path),
    files: Uint32Array.from(column(rows, 0)),
    offsets: Float64Array.from(column(rows, 1)),
    byteCounts: Float64Array.from(column(rows, 2)),
    bufferBytes: 2 ** 20,
  }));
  return { orders, totalBytes };
}

interface OpenedFile {
  readonly path: string;
  readonly index: FileIndex;
}

async function openFiles(
  datasetFiles: DatasetFiles,
  storage: LocalStorage,
  format: Format,
): Promise<OpenedFile[]> {
  const opened: OpenedFile[] = [];
  for (let file = 0; file < FILE_COUNT; file++) {
    const path = datasetFiles.path(file);
    const source = storage.open(path);
    const spec = datasetFiles.spec(file);
    const index = await openIndex(path, source, { format, spec, storage });
    source.close();
    opened.push({ path, index });
  }
  return opened;
}

function spawn(): Worker {
  return new Worker(new URL("./range_loop_worker.ts", import.meta.url), {
    type: "module",
  });
}
