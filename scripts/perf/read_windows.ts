/**
 * Reading samples by ranges through the engine against the plain loop over
 * the same ranges with as many threads: what order, plan and counters cost
 * where a sample is small pieces: windows of tokens in several documents,
 * samples behind their offsets.
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
  countedSeconds,
  inTempFolder,
  runEngine,
  workloadOf,
} from "./engine_run.ts";
import { type LoopOrder, timeThreads } from "./loop_threads.ts";
import { type Measure, type Measured, medianPair } from "./measure.ts";
import { COUNTED_PASSES, WARM_PASSES } from "./passes.ts";

/** A core is left for the accelerator, which rows "accelerators.*" measure. */
const THREADS = Math.max(1, navigator.hardwareConcurrency - 1);
const ROUND_COUNT = 5;
const FILE_COUNT = 8;

/** What is read in a row. */
interface Windows {
  readonly settings: readonly string[];
  /** A power of two. */
  readonly samplesPerFile: number;
  /** Whether samples of all files are mixed. */
  readonly isBlended: boolean;
}

/** What one thread of the plain loop does. */
export interface RangeLoopOrder extends LoopOrder {
  readonly paths: readonly string[];
  /** Index of the path of each range. */
  readonly files: Uint32Array;
  readonly offsets: Float64Array;
  readonly byteCounts: Float64Array;
  readonly bufferBytes: number;
}

const MEGATRON: Windows = {
  settings: [
    "dataset.format=megatron",
    // Of 4096 tokens of 4 bytes: 64 MiB a file.
    "dataset.record_dims=[4096]",
    "dataset.record_element_type=int32",
    "reader.batch_size=128",
  ],
  samplesPerFile: 4096,
  isBlended: true,
};

const MDS: Windows = {
  settings: [
    "dataset.format=mds",
    // Images of 100,000 bytes: 51 MB a file.
    "dataset.record_length_bytes=100000",
    "reader.batch_size=64",
  ],
  samplesPerFile: 512,
  isBlended: false,
};

/** Rows "read.megatron" and "read.mds", one after another and in flight. */
export const measures: readonly Measure[] = [
  { id: "read.megatron", run: () => measureWindows(MEGATRON, "sync") },
  { id: "read.megatron_uring", run: () => measureWindows(MEGATRON, "uring") },
  { id: "read.mds", run: () => measureWindows(MDS, "sync") },
  { id: "read.mds_uring", run: () => measureWindows(MDS, "uring") },
];

function measureWindows(
  windows: Windows,
  engine: "sync" | "uring",
): Promise<Measured> {
  return inTempFolder(async (folder) => {
    const settings = [
      ...windows.settings,
      `dataset.data_folder=${folder}`,
      `dataset.num_files_train=${FILE_COUNT}`,
      `dataset.num_samples_per_file=${windows.samplesPerFile}`,
      `reader.read_threads=${THREADS}`,
      "reader.prefetch_size=64",
      "reader.sample_shuffle=seed",
      `reader.io_engine=${engine}`,
      `train.epochs=${WARM_PASSES + COUNTED_PASSES}`,
    ];
    await runEngine(workloadOf([
      ...settings,
      "workflow.generate_data=true",
      "workflow.train=false",
    ]));
    const workload = workloadOf(settings);
    const { orders, totalBytes } = await loopOrders(workload, windows);
    const pair = await medianPair(ROUND_COUNT, async () => {
      return totalBytes / 1e9 / countedSeconds(await runEngine(workload));
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
async function loopOrders(
  workload: Workload,
  { samplesPerFile, isBlended }: Windows,
): Promise<{
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
  for (let place = 0; place < FILE_COUNT * samplesPerFile; place++) {
    // Files of a blend take turns, as in the engine: one alone would be read
    // from the cache of the processor.
    const [file, i] = isBlended
      ? [place % FILE_COUNT, Math.floor(place / FILE_COUNT)]
      : [Math.floor(place / samplesPerFile), place % samplesPerFile];
    // An odd number is prime to a power of two: each sample once.
    const sample = i * 1597 % samplesPerFile;
    ranges.clear();
    format.ranges?.(files[file]!.index, sample, 1, false, ranges);
    for (let range = 0; range < ranges.count; range++) {
      const byteCount = ranges.byteCountOf(range);
      dealt[i % THREADS]!.push([file, ranges.offsetOf(range), byteCount]);
      totalBytes += byteCount;
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
