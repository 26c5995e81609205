/**
 * Generating past the page cache by one thread against fio that writes files
 * of the same length, past the page cache and 8 writes in flight too. Without
 * fio on the PATH there is no limit to show.
 *
 * Files are new in every round, as many and as long on both sides. fio makes
 * them while its clock runs (create_on_open), as Stoker does. It reserves no
 * room, which it would do before its clock starts, and it repeats one buffer,
 * where Stoker makes new bytes for each file. "_sync" rows make one write
 * after another.
 *
 * Small files are so many that a round takes the better part of a second:
 * fio is compiled when it starts, Stoker's generator while it makes its first
 * hundred files.
 */
import { inTempFolder, runEngine, workloadOf } from "./engine_run.ts";
import { hasFio, runFio } from "./fio.ts";
import {
  type Measure,
  type Measured,
  medianOf,
  medianPair,
} from "./measure.ts";

const DEPTH = 8;
const PAGE_BYTES = 4096;

/** Files to be written. */
interface FilesShape {
  readonly count: number;
  /** Many, since what a device takes changes from second to second. */
  readonly roundCount: number;
  /** Whole pages: one byte per pixel. */
  readonly bytes: number;
  /** Largest write of fio; Stoker's is its own. */
  readonly writeBytes: number;
  /**
   * Files of all rounds stay until the end: ext4 makes new files ten times
   * more slowly where many were removed in the last minute.
   */
  readonly stay: boolean;
}

const LARGE: FilesShape = {
  count: 8,
  roundCount: 9,
  bytes: 64 * 2 ** 20,
  writeBytes: 2 ** 20,
  stay: false,
};
const SMALL: FilesShape = {
  count: 4096,
  roundCount: 5,
  bytes: 36 * PAGE_BYTES,
  writeBytes: 36 * PAGE_BYTES,
  stay: true,
};

/** Rows "write.*_direct". */
export const measures: readonly Measure[] = [
  { id: "write.large_direct", run: () => measureFiles(LARGE, "uring") },
  { id: "write.large_direct_sync", run: () => measureFiles(LARGE, "sync") },
  { id: "write.small_direct", run: () => measureFiles(SMALL, "uring") },
  { id: "write.small_direct_sync", run: () => measureFiles(SMALL, "sync") },
];

function measureFiles(shape: FilesShape, engine: string): Promise<Measured> {
  return inTempFolder(async (folder) => {
    const gigabytes = shape.count * shape.bytes / 1e9;
    let round = 0;
    const inNewFolder = async (write: (path: string) => Promise<number>) => {
      const path = `${folder}/${round++}`;
      const seconds = await write(path);
      if (!shape.stay) await Deno.remove(path, { recursive: true });
      return gigabytes / seconds;
    };
    const value = () =>
      inNewFolder((path) => generateSeconds(path, shape, engine));
    if (!hasFio()) {
      const rate = await medianOf(shape.roundCount, value);
      return { unit: "GB/s", value: rate, limit: null };
    }
    const pair = await medianPair(
      shape.roundCount,
      value,
      () => inNewFolder((path) => fioSeconds(path, shape)),
    );
    return { unit: "GB/s", ...pair };
  });
}

async function generateSeconds(
  folder: string,
  shape: FilesShape,
  engine: string,
): Promise<number> {
  const [phase] = await runEngine(workloadOf([
    "workflow.generate_data=true",
    "workflow.train=false",
    "dataset.format=jpeg",
    `dataset.data_folder=${folder}`,
    `dataset.num_files_train=${shape.count}`,
    `dataset.record_length_bytes=${shape.bytes}`,
    "reader.write_threads=1",
    "reader.odirect=true",
    `reader.io_engine=${engine}`,
    `reader.io_depth=${DEPTH}`,
  ]));
  return phase?.durationSeconds ?? NaN;
}

async function fioSeconds(folder: string, shape: FilesShape): Promise<number> {
  await Deno.mkdir(folder);
  const [job] = await runFio([
    "--name=write",
    `--directory=${folder}`,
    "--rw=write",
    "--direct=1",
    "--ioengine=io_uring",
    `--iodepth=${DEPTH}`,
    `--bs=${shape.writeBytes}`,
    `--nrfiles=${shape.count}`,
    `--filesize=${shape.bytes}`,
    "--file_service_type=sequential",
    `--openfiles=${Math.min(DEPTH, shape.count)}`,
    "--create_on_open=1",
    "--fallocate=none",
  ]);
  return (job?.write.runtime ?? NaN) / 1000;
}
