/**
 * Saving a checkpoint with fsync against fio that writes files of the same
 * length with as many jobs and buffers, and brings them to the device too.
 */
import { checkpointWorkload } from "./checkpoint_workload.ts";
import { doneSeconds, inTempFolder, runEngine } from "./engine_run.ts";
import { type Measured, median, medianPair } from "./measure.ts";

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
      const values: number[] = [];
      for (let round = 0; round < ROUND_COUNT; round++) {
        values.push(await save());
      }
      return { unit: "GB/s", value: median(values), limit: null };
    }
    const pair = await medianPair(
      ROUND_COUNT,
      save,
      async () => gigabytes / await fioSeconds(folder),
    );
    return { unit: "GB/s", ...pair };
  });
}

function hasFio(): boolean {
  try {
    return new Deno.Command("fio", {
      args: ["--version"],
      stdout: "null",
      stderr: "null",
    }).outputSync().success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** What is used of fio's `--output-format=json`. */
interface FioOutput {
  readonly jobs: readonly { readonly write: { readonly runtime: number } }[];
}

/** @returns Seconds of the slowest job, the fsync at its end included. */
async function fioSeconds(folder: string): Promise<number> {
  const { success, stdout, stderr } = await new Deno.Command("fio", {
    args: [
      "--name=ck",
      `--directory=${folder}`,
      "--rw=write",
      "--ioengine=psync",
      `--bs=${BUFFER_BYTES}`,
      `--size=${RANK_BYTES}`,
      `--numjobs=${RANKS}`,
      "--thread",
      // Otherwise blocks are there before its clock starts.
      "--fallocate=none",
      "--fsync_on_close=1",
      "--end_fsync=1",
      "--output-format=json",
    ],
  }).output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(decoder.decode(stderr));
  const { jobs } = JSON.parse(decoder.decode(stdout)) as FioOutput;
  for (let job = 0; job < RANKS; job++) {
    await Deno.remove(`${folder}/ck.${job}.0`);
  }
  return Math.max(...jobs.map(({ write }) => write.runtime)) / 1000;
}
