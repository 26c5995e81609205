/**
 * The process: how soon it answers, what memory a thread takes.
 */
import { inTempFolder, runEngine, workloadOf } from "./engine_run.ts";
import {
  type Measure,
  type Measured,
  medianPair,
  secondsOf,
} from "./measure.ts";

const ROUND_COUNT = 9;
const FEW_READERS = 1;
const MANY_READERS = 17;

/** Rows "startup" and "memory.*". */
export const measures: readonly Measure[] = [
  { id: "startup", run: measureStartup },
  { id: "memory.accelerator", run: measureMemory },
];

/** `stoker version` against a Deno program that does nothing. */
async function measureStartup(): Promise<Measured> {
  const main = new URL("../../main.ts", import.meta.url).pathname;
  const pair = await medianPair(
    ROUND_COUNT,
    () => secondsOf(() => deno("run", "--allow-read", main, "version")),
    () => secondsOf(() => deno("eval", "0")),
  );
  return { unit: "s", ...pair };
}

function deno(...args: string[]): void {
  const { success } = new Deno.Command(Deno.execPath(), {
    args,
    stdout: "null",
    stderr: "null",
  }).outputSync();
  if (!success) throw new Error(`deno ${args.join(" ")} failed`);
}

/** Resident memory of each further reader thread that has read files. */
function measureMemory(): Promise<Measured> {
  return inTempFolder(async (folder) => {
    const fewBytes = await residentBytes(folder, FEW_READERS);
    const manyBytes = await residentBytes(folder, MANY_READERS);
    const perThread = (manyBytes - fewBytes) / (MANY_READERS - FEW_READERS);
    return { unit: "MB", value: perThread / 1e6, limit: null };
  });
}

async function residentBytes(folder: string, readers: number): Promise<number> {
  let residentBytes = 0;
  const sample = setInterval(() => {
    residentBytes = Math.max(residentBytes, Deno.memoryUsage().rss);
  }, 20);
  await runEngine(workloadOf([
    "workflow.generate_data=true",
    "dataset.format=npz",
    `dataset.data_folder=${folder}`,
    "dataset.num_files_train=170",
    "dataset.record_length_bytes=4000000",
    `reader.read_threads=${readers}`,
    "reader.write_threads=1",
    "train.computation_time=0.003",
  ]));
  clearInterval(sample);
  return residentBytes;
}
