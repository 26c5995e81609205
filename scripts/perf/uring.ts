/**
 * Reads in flight through io_uring against fio's `--ioengine=io_uring` with the
 * same files, sizes and depth: single blocks through the queue that readers
 * use, whole files and long files through the engine. Without fio on the PATH
 * there is no limit to show.
 *
 * fio submits one request at a time, as it does where nothing else is asked.
 * "_cpu" rows are reads per second of processor time, of the whole process and
 * of fio's job.
 */
import { readProcessCpu } from "../../lib/host/process_cpu.ts";
import { DirectStorage } from "../../lib/storage/direct/direct.ts";
import { LocalStorage } from "../../lib/storage/local/local.ts";
import type {
  ReadMeter,
  ReadQueue,
  ReadQueueOptions,
  Storage,
} from "../../lib/storage/storage.ts";
import {
  clearHistogram,
  HISTOGRAM_SLOTS,
  recordMs,
} from "../../lib/metrics/histogram.ts";
import {
  doneSeconds,
  inTempFolder,
  runEngine,
  workloadOf,
} from "./engine_run.ts";
import { type FioJob, hasFio, runFio } from "./fio.ts";
import {
  type Measure,
  type Measured,
  medianOf,
  medianPair,
} from "./measure.ts";

const ROUND_COUNT = 5;
const BLOCK_BYTES = 4096;
const BLOCKS_FILE_BYTES = 512 * 2 ** 20;
const DEPTH = 64;
const SECONDS = 2;

const SMALL_COUNT = 4096;
const SMALL_BYTES = 150_000;
const SMALL_DEPTH = 32;
/** As the engine asks for where no size is set. */
const SMALL_READ_BYTES = 4 * 2 ** 20;

const LARGE_COUNT = 16;
const LARGE_BYTES = 64 * 2 ** 20;
const LARGE_DEPTH = 8;
const LARGE_READ_BYTES = 2 ** 20;

/** What a row of single blocks counts reads by. */
type By = "cpu" | "time";

/** Rows "uring.*". */
export const measures: readonly Measure[] = [
  { id: "uring.4k", run: () => measureBlocks(false, "cpu") },
  { id: "uring.4k_direct", run: () => measureBlocks(true, "time") },
  { id: "uring.4k_direct_cpu", run: () => measureBlocks(true, "cpu") },
  { id: "uring.150k_files", run: () => measureSmallFiles(byEngine) },
  { id: "uring.150k_files_queue", run: () => measureSmallFiles(byQueue) },
  { id: "uring.large_direct", run: measureLargeFiles },
];

/** Random blocks of one file, read through the queue of a reader. */
function measureBlocks(isDirect: boolean, by: By): Promise<Measured> {
  return inTempFolder(async (folder) => {
    const path = `${folder}/blocks`;
    await writeFile(path, BLOCKS_FILE_BYTES);
    const storage = isDirect
      ? new DirectStorage(folder)
      : new LocalStorage(folder);
    const value = () => readBlocks(storage, by);
    const unit = by === "cpu" ? "reads/CPUs" : "reads/s";
    if (!hasFio()) {
      return { unit, value: await medianOf(ROUND_COUNT, value), limit: null };
    }
    const pair = await medianPair(ROUND_COUNT, value, async () => {
      const [job] = await runFio([
        "--name=blocks",
        "--rw=randread",
        "--ioengine=io_uring",
        `--iodepth=${DEPTH}`,
        `--direct=${isDirect ? 1 : 0}`,
        // Else fio drops the file from the page cache first.
        "--invalidate=0",
        "--norandommap",
        `--bs=${BLOCK_BYTES}`,
        `--filename=${path}`,
        "--time_based",
        `--runtime=${SECONDS}`,
      ]);
      return fioReads(job, by);
    });
    return { unit, ...pair };
  });
}

function fioReads(job: FioJob | undefined, by: By): number {
  const { read, usr_cpu = NaN, sys_cpu = NaN } = job ?? {};
  const { io_bytes = NaN, runtime = NaN } = read ?? {};
  const share = by === "cpu" ? (usr_cpu + sys_cpu) / 100 : 1;
  return io_bytes / BLOCK_BYTES / (runtime / 1000 * share);
}

/** The queue of a reader; `counted` has the reads that have ended. */
async function openQueue(
  storage: Storage,
  size: Pick<ReadQueueOptions, "depth" | "readBytes">,
): Promise<{ queue: ReadQueue; counted: { readCount: number } }> {
  const histogram = new Float64Array(HISTOGRAM_SLOTS);
  clearHistogram(histogram);
  const counted = { readCount: 0 };
  const meter: ReadMeter = {
    now: () => performance.now(),
    isStopped: () => false,
    opened() {},
    read(startMs, _byteCount, endMs = performance.now()) {
      recordMs(histogram, endMs - startMs);
      counted.readCount++;
    },
  };
  const options = { ...size, meterOf: () => meter, onDone() {} };
  const queue = await storage.readQueue?.(options);
  if (queue === undefined) throw new Error("files have a queue");
  return { queue, counted };
}

/** A reader's loop without the orders of batches. */
async function readBlocks(storage: Storage, by: By): Promise<number> {
  const size = { depth: DEPTH, readBytes: BLOCK_BYTES };
  const { queue, counted } = await openQueue(storage, size);
  const file = await storage.open("blocks");
  const blockCount = BLOCKS_FILE_BYTES / BLOCK_BYTES;
  let random = 1;
  const startMs = performance.now();
  const startCpuMs = cpuMs();
  const endMs = startMs + SECONDS * 1000;
  while (performance.now() < endMs) {
    while (queue.hasRoom) {
      // xorshift32: fio draws as cheaply.
      random ^= random << 13;
      random ^= random >>> 17;
      random ^= random << 5;
      const block = (random >>> 0) % blockCount;
      queue.readRange(file, block * BLOCK_BYTES, BLOCK_BYTES, 0, 0);
    }
    queue.wait(1000);
  }
  const seconds = (performance.now() - startMs) / 1000;
  const cpuSeconds = (cpuMs() - startCpuMs) / 1000;
  queue.close();
  await file.close();
  return counted.readCount / (by === "cpu" ? cpuSeconds : seconds);
}

function cpuMs(): number {
  const { value } = readProcessCpu();
  if (value === null) throw new Error("no processor time is to be had");
  return value.userMs + value.systemMs;
}

/** Reads small files once. @returns Seconds. */
type ReadSmallFiles = (
  folder: string,
  workload: ReturnType<typeof workloadOf>,
) => Promise<number>;

const byEngine: ReadSmallFiles = (_folder, workload) => readSeconds(workload);

/** Without the engine: what is lost in it shows beside `byEngine`. */
const byQueue: ReadSmallFiles = async (folder) => {
  const names = namesIn(folder);
  const { size } = Deno.statSync(`${folder}/train/${names[0]}`);
  const storage = new DirectStorage(`${folder}/train`);
  const { queue } = await openQueue(storage, {
    depth: SMALL_DEPTH,
    readBytes: SMALL_READ_BYTES,
  });
  const startMs = performance.now();
  for (const name of names) {
    while (!queue.hasRoom) queue.wait(1000);
    queue.drain(name, size, 0, 0);
  }
  while (queue.inFlight > 0) queue.wait(1000);
  const seconds = (performance.now() - startMs) / 1000;
  queue.close();
  return seconds;
};

/** Whole files past the page cache by one reader; fio has a job for each. */
function measureSmallFiles(read: ReadSmallFiles): Promise<Measured> {
  return inTempFolder(async (folder) => {
    const settings = [
      ...directSettings(folder, SMALL_COUNT, SMALL_BYTES),
      `reader.io_depth=${SMALL_DEPTH}`,
      "reader.batch_size=32",
      "reader.prefetch_size=16",
    ];
    await runEngine(workloadOf([...settings, ...GENERATE]));
    const workload = workloadOf(settings);
    const value = async () => SMALL_COUNT / await read(folder, workload);
    if (!hasFio()) {
      const files = await medianOf(ROUND_COUNT, value);
      return { unit: "files/s", value: files, limit: null };
    }
    const names = namesIn(folder);
    const jobFolder = `${folder}/jobs`;
    Deno.mkdirSync(jobFolder);
    for (const [index, name] of names.entries()) {
      const job = index % SMALL_DEPTH;
      const file = Math.floor(index / SMALL_DEPTH);
      Deno.symlinkSync(
        `${folder}/train/${name}`,
        `${jobFolder}/${job}.${file}`,
      );
    }
    const pair = await medianPair(ROUND_COUNT, value, async () => {
      const { size } = Deno.statSync(`${folder}/train/${names[0]}`);
      const [group] = await runFio([
        "--name=files",
        "--rw=read",
        "--direct=1",
        "--ioengine=psync",
        // Whole blocks: the last one ends behind the file.
        `--bs=${Math.floor(size / BLOCK_BYTES) * BLOCK_BYTES}`,
        `--directory=${jobFolder}`,
        "--filename_format=$jobnum.$filenum",
        `--nrfiles=${SMALL_COUNT / SMALL_DEPTH}`,
        `--filesize=${Math.floor(size / BLOCK_BYTES) * BLOCK_BYTES}`,
        "--file_service_type=sequential",
        "--openfiles=1",
        `--numjobs=${SMALL_DEPTH}`,
        "--group_reporting",
      ]);
      return SMALL_COUNT / ((group?.read.runtime ?? NaN) / 1000);
    });
    return { unit: "files/s", ...pair };
  });
}

/** Long files past the page cache by one reader; the best that fio gets. */
function measureLargeFiles(): Promise<Measured> {
  return inTempFolder(async (folder) => {
    const settings = [
      ...directSettings(folder, LARGE_COUNT, LARGE_BYTES),
      `reader.io_depth=${LARGE_DEPTH}`,
      `reader.transfer_size=${LARGE_READ_BYTES}`,
      `reader.prefetch_size=${LARGE_COUNT}`,
    ];
    await runEngine(workloadOf([...settings, ...GENERATE]));
    const workload = workloadOf(settings);
    const bytes = LARGE_COUNT * LARGE_BYTES;
    const value = async () => bytes / 1e9 / await readSeconds(workload);
    if (!hasFio()) {
      const rate = await medianOf(ROUND_COUNT, value);
      return { unit: "GB/s", value: rate, limit: null };
    }
    const paths = namesIn(folder).map((name) => `${folder}/train/${name}`);
    const fio = async (engine: readonly string[]) => {
      const [job] = await runFio([
        "--name=long",
        "--rw=read",
        "--direct=1",
        `--filename=${paths.join(":")}`,
        "--file_service_type=sequential",
        ...engine,
      ]);
      const { io_bytes: bytes = NaN, runtime = NaN } = job?.read ?? {};
      return bytes / 1e6 / runtime;
    };
    const pair = await medianPair(
      ROUND_COUNT,
      value,
      async () =>
        Math.max(
          await fio([
            "--ioengine=io_uring",
            `--iodepth=${LARGE_DEPTH}`,
            `--bs=${LARGE_READ_BYTES}`,
          ]),
          await fio(["--ioengine=psync", "--bs=4M"]),
        ),
    );
    return { unit: "GB/s", ...pair };
  });
}

const GENERATE = ["workflow.generate_data=true", "workflow.train=false"];

/** One byte per pixel, and one reader. */
function directSettings(
  folder: string,
  fileCount: number,
  recordBytes: number,
): string[] {
  return [
    "dataset.format=jpeg",
    `dataset.data_folder=${folder}`,
    `dataset.num_files_train=${fileCount}`,
    `dataset.record_length_bytes=${recordBytes}`,
    "reader.read_threads=1",
    "reader.file_shuffle=off",
    "reader.odirect=true",
    "reader.io_engine=uring",
    // The second epoch counts, when the threads' code is compiled.
    "train.epochs=2",
  ];
}

async function readSeconds(
  workload: ReturnType<typeof workloadOf>,
): Promise<number> {
  const [, epoch] = await runEngine(workload);
  return doneSeconds(epoch);
}

function namesIn(folder: string): string[] {
  return [...Deno.readDirSync(`${folder}/train`)].map(({ name }) => name)
    .sort();
}

async function writeFile(path: string, byteLength: number): Promise<void> {
  using file = await Deno.create(path);
  const chunk = new Uint8Array(2 ** 20).fill(1);
  for (let done = 0; done < byteLength; done += chunk.length) {
    file.writeSync(chunk);
  }
  file.syncSync();
}
