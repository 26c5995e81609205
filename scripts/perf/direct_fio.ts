/**
 * Reading past the page cache against fio: `--direct=1 --ioengine=psync` with
 * the same files, block size, and as many jobs as the engine has readers, one
 * read in flight each. Without fio on the PATH there is no limit to show.
 *
 * Files are whole blocks, since fio leaves out what is not. The queue holds
 * all batches, so that no reader ever waits: fio's jobs do not either. The row
 * "_2_queue_2" has DLIO's default queue of two batches instead, one for each
 * reader. Batches are taken in order, so there a reader that is ahead waits
 * for the other; that is what the setting means, and costs what it costs.
 */
import {
  doneSeconds,
  inTempFolder,
  runEngine,
  workloadOf,
} from "./engine_run.ts";
import { hasFio, runFio } from "./fio.ts";
import {
  type Measure,
  type Measured,
  medianOf,
  medianPair,
} from "./measure.ts";

const ROUND_COUNT = 7;
const FILE_COUNT = 64;
/**
 * Each of both reads all files so often. All passes count, since virtual disks
 * are faster for a moment after a pause, and both sides begin after one.
 */
const PASS_COUNT = 2;
const FILE_BYTES = 16 * 2 ** 20;
/** The engine's own read size around the page cache. */
const BLOCK_BYTES = 4 * 2 ** 20;

/** Rows "read.direct_fio_*". */
export const measures: readonly Measure[] = [
  { id: "read.direct_fio_1", run: () => measureAgainstFio(1, FILE_COUNT) },
  { id: "read.direct_fio_2", run: () => measureAgainstFio(2, FILE_COUNT) },
  { id: "read.direct_fio_2_queue_2", run: () => measureAgainstFio(2, 2) },
];

/** Takes turns; the pair in the middle counts. */
function measureAgainstFio(
  readers: number,
  queueBatches: number,
): Promise<Measured> {
  return inTempFolder(async (folder) => {
    const settings = [
      // One byte per pixel: 4096 × 4096 are FILE_BYTES exactly.
      "dataset.format=jpeg",
      `dataset.data_folder=${folder}`,
      `dataset.num_files_train=${FILE_COUNT}`,
      `dataset.record_length_bytes=${FILE_BYTES}`,
      `reader.read_threads=${readers}`,
      `reader.prefetch_size=${queueBatches}`,
      `reader.transfer_size=${BLOCK_BYTES}`,
      "reader.file_shuffle=off",
      "reader.odirect=true",
      // As psync: the rows "uring.*" have more in flight.
      "reader.io_engine=sync",
      `train.epochs=${PASS_COUNT}`,
    ];
    await runEngine(workloadOf([
      ...settings,
      "workflow.generate_data=true",
      "workflow.train=false",
    ]));
    const jobFolder = linkForJobs(folder, readers);
    const workload = workloadOf(settings);
    const read = async () => {
      const epochs = await runEngine(workload);
      const seconds = epochs.reduce((sum, each) => sum + doneSeconds(each), 0);
      const bytes = epochs.reduce((sum, each) => sum + each.bytesRequested, 0);
      return bytes / 1e9 / seconds;
    };
    if (!hasFio()) {
      const value = await medianOf(ROUND_COUNT, read);
      return { unit: "GB/s", value, limit: null };
    }
    const pair = await medianPair(
      ROUND_COUNT,
      read,
      () => fioGigabytesPerSecond(jobFolder, readers),
    );
    return { unit: "GB/s", ...pair };
  });
}

/**
 * Links as fio names the files of its jobs, "JOB.FILE": job j has every
 * file that reader j has, in its order.
 */
function linkForJobs(folder: string, jobs: number): string {
  const jobFolder = `${folder}/jobs`;
  Deno.mkdirSync(jobFolder);
  const names = [...Deno.readDirSync(`${folder}/train`)]
    .map(({ name }) => name).sort();
  for (const [index, name] of names.entries()) {
    Deno.symlinkSync(
      `${folder}/train/${name}`,
      `${jobFolder}/${index % jobs}.${Math.floor(index / jobs)}`,
    );
  }
  return jobFolder;
}

async function fioGigabytesPerSecond(
  folder: string,
  jobs: number,
): Promise<number> {
  const [group] = await runFio([
    "--name=read",
    "--rw=read",
    "--direct=1",
    "--ioengine=psync",
    `--bs=${BLOCK_BYTES}`,
    `--directory=${folder}`,
    "--filename_format=$jobnum.$filenum",
    `--nrfiles=${FILE_COUNT / jobs}`,
    `--filesize=${FILE_BYTES}`,
    // One file after another, not a block of each in turn.
    "--file_service_type=sequential",
    `--loops=${PASS_COUNT}`,
    `--numjobs=${jobs}`,
    "--group_reporting",
  ]);
  const { io_bytes: bytes = 0, runtime: ms = NaN } = group?.read ?? {};
  const wantedBytes = PASS_COUNT * FILE_COUNT * FILE_BYTES;
  if (bytes !== wantedBytes) {
    throw new Error(`fio read ${bytes} of ${wantedBytes} bytes`);
  }
  return bytes / 1e6 / ms;
}
