/**
 * Saving a checkpoint with fsync against fio that writes files of the same
 * length with as many jobs and buffers, and brings them to the device too.
 */
import { checkpointWorkload } from "./checkpoint_workload.ts";
import { doneSeconds, inTempFolder, runEngine } from "./engine_run.ts";
import { hasFio, runFio } from "./fio.ts";
import { type Measured, medianOf, medianPair } from "./measure.ts";

const RANKS = 2;
const RANK_BYTES = 128 * 2 ** 20;
const BUFFER_BYTES = 4 * 2 ** 20;
/** Many, since what a device takes changes from second to second. */
const ROUND_COUNT = 15;

/** @returns The row; without fio, the limit is null. */
export function measureFsync(): Promise<Measured> {
  return inTempFolder(async (folder) => {
    const workload = checkpointWorkload(folder, {
      rankBytes: RANK_BYTES,
      direct: false,
    }, { writes: 1, settings: ["checkpoint.fsync=true"] });
    const gigabytes = RANKS * RANK_BYTES / 1e9;
    const save = async () => {
      const [phase] = await runEngine(workload, RANKS);
      await Deno.remove(`${folder}/ck`, { recursive: true });
      return gigabytes / doneSeconds(phase);
    };
    if (!hasFio()) {
      const value = await medianOf(ROUND_COUNT, save);
      return { unit: "GB/s", value, limit: null };
    }
    const pair = await medianPair(
      ROUND_COUNT,
      save,
      async () => gigabytes / await fioSeconds(folder),
    );
    return { unit: "GB/s", ...pair };
  });
}

/** @returns Seconds of the slowest job, the fsync at its end included. */
async function fioSeconds(folder: string): Promise<number> {
  const jobs = await runFio([
    "--name=ck",
    `--directory=${folder}`,
    "--rw=write",
    "--ioengine=psync",
    `--bs=${BUFFER_BYTES}`,
    `--size=${RANK_BYTES}`,
    `--numjobs=${RANKS}`,
    // Otherwise blocks are there before its clock starts.
    "--fallocate=none",
    "--fsync_on_close=1",
    "--end_fsync=1",
  ]);
  for (let job = 0; job < RANKS; job++) {
    await Deno.remove(`${folder}/ck.${job}.0`);
  }
  return Math.max(...jobs.map(({ write }) => write.runtime)) / 1000;
}
