/**
 * Reading through the engine against the plain loop with as many threads,
 * from page cache and past it: what orders, queues and counters cost.
 */
import {
  countedSeconds,
  inTempFolder,
  runEngine,
  workloadOf,
} from "./engine_run.ts";
import { type Measure, type Measured, medianPair } from "./measure.ts";
import { COUNTED_PASSES, WARM_PASSES } from "./passes.ts";
import { plainLoop } from "./plain_loop.ts";

/** A core is left for the accelerator, which rows "accelerators.*" measure. */
const THREADS = Math.max(1, navigator.hardwareConcurrency - 1);
const ROUND_COUNT = 5;

/** What is read in a row. */
interface Reads {
  readonly fileCount: number;
  readonly recordBytes: number;
  /** Samples per batch: each batch wakes the accelerator once. */
  readonly batchSize: number;
  readonly unit: "GB/s" | "files/s";
  /** Length of one read; the engine's own. */
  readonly bufferBytes: number;
  readonly direct: boolean;
  readonly format: string;
  readonly engine: "sync" | "uring";
  /** `recordBytes` are those of a whole file all the same. */
  readonly samplesPerFile: number;
}

const LARGE: Reads = {
  fileCount: 16,
  recordBytes: 64 * 2 ** 20,
  batchSize: 1,
  unit: "GB/s",
  bufferBytes: 512 * 1024,
  direct: false,
  format: "npz",
  engine: "sync",
  samplesPerFile: 1,
};

const SMALL: Reads = {
  ...LARGE,
  fileCount: 8192,
  recordBytes: 150_000,
  batchSize: 32,
  unit: "files/s",
};

const WEBDATASET: Reads = {
  ...LARGE,
  format: "webdataset",
  samplesPerFile: 640,
  recordBytes: 640 * 100_000,
  batchSize: 64,
};

/** Rows "read.*". */
export const measures: readonly Measure[] = [
  { id: "read.large", run: () => measureReads(LARGE) },
  { id: "read.raw", run: () => measureReads({ ...LARGE, format: "raw" }) },
  {
    id: "read.safetensors",
    run: () =>
      measureReads({
        ...LARGE,
        format: "safetensors",
        samplesPerFile: 16,
        batchSize: 16,
      }),
  },
  {
    id: "read.arrow",
    run: () =>
      measureReads({
        ...LARGE,
        format: "arrow",
        samplesPerFile: 1024,
        batchSize: 1024,
      }),
  },
  { id: "read.small", run: () => measureReads(SMALL) },
  {
    id: "read.small_uring",
    run: () => measureReads({ ...SMALL, engine: "uring" }),
  },
  { id: "read.webdataset", run: () => measureReads(WEBDATASET) },
  {
    id: "read.webdataset_uring",
    run: () => measureReads({ ...WEBDATASET, engine: "uring" }),
  },
  {
    id: "read.direct",
    run: () =>
      measureReads({
        ...LARGE,
        recordBytes: 16 * 2 ** 20,
        bufferBytes: 4 * 2 ** 20,
        direct: true,
      }),
  },
];

/** Takes turns, since a machine that others use has its moods. */
function measureReads(reads: Reads): Promise<Measured> {
  const { fileCount, unit, bufferBytes, direct } = reads;
  return inTempFolder(async (folder) => {
    const settings = [
      `dataset.format=${reads.format}`,
      `dataset.num_samples_per_file=${reads.samplesPerFile}`,
      `dataset.data_folder=${folder}`,
      `dataset.num_files_train=${fileCount}`,
      `dataset.record_length_bytes=${reads.recordBytes / reads.samplesPerFile}`,
      `reader.read_threads=${THREADS}`,
      "reader.prefetch_size=64",
      `reader.batch_size=${reads.batchSize}`,
      "reader.file_shuffle=off",
      `reader.odirect=${direct}`,
      // "sync" reads as the plain loop; see "uring.*" for many in flight.
      `reader.io_engine=${reads.engine}`,
      `train.epochs=${WARM_PASSES + COUNTED_PASSES}`,
    ];
    await runEngine(workloadOf([
      ...settings,
      "workflow.generate_data=true",
      "workflow.train=false",
    ]));
    const paths = [...Deno.readDirSync(`${folder}/train`)]
      .map(({ name }) => `${folder}/train/${name}`);
    const amount = unit === "GB/s" ? bytesOf(paths) / 1e9 : fileCount;
    const workload = workloadOf(settings);
    const pair = await medianPair(ROUND_COUNT, async () => {
      return amount / countedSeconds(await runEngine(workload));
    }, async () => {
      const seconds = await plainLoop(paths, {
        threads: THREADS,
        bufferBytes,
        direct,
      });
      return amount / seconds;
    });
    return { unit, ...pair };
  });
}

function bytesOf(paths: readonly string[]): number {
  return paths.reduce((sum, path) => sum + Deno.statSync(path).size, 0);
}
