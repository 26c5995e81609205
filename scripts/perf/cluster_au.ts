/**
 * What two processes lose against one: AU of 2 processes with 2 accelerators
 * each beside 1 process with 4, steps of 5 ms, files from the page cache.
 */
import { launcherFlags } from "./cluster_barrier.ts";
import { inTempFolder } from "./engine_run.ts";
import { type Measure, type Measured, median } from "./measure.ts";

const ROUND_COUNT = 3;
const ACCELERATORS = 4;
const PROCESSES = 2;
const STEPS = 400;
/** What may be lost, percentage points. */
const LOST_POINTS = 0.5;

const MAIN = new URL("../../main.ts", import.meta.url).pathname;

/** Row "cluster.au". */
export const measures: readonly Measure[] = [
  { id: "cluster.au", run: () => inTempFolder(measureAu) },
];

async function measureAu(folder: string): Promise<Measured> {
  const flags = await launcherFlags();
  const settings = [
    "quick",
    "-n",
    String(ACCELERATORS),
    `--data=${folder}/data`,
    `dataset.num_files_train=${ACCELERATORS * STEPS}`,
    "dataset.num_files_eval=0",
    "dataset.record_length_bytes=16KiB",
    "reader.batch_size=1",
    "reader.read_threads=1",
    "workflow.evaluation=false",
    "workflow.generate_data=false",
    "train.epochs=1",
    "train.computation_time=0.005",
  ];
  await stoker([], ["generate", ...settings]);
  let runCount = 0;
  const auOf = async (launcher: readonly string[]) => {
    const results = `${folder}/results_${runCount++}`;
    await stoker(launcher, ["run", ...settings, `--results=${results}`]);
    const { metric } = JSON.parse(
      await Deno.readTextFile(`${results}/summary.json`),
    ) as { metric: { train_au_mean_percentage: number } };
    return metric.train_au_mean_percentage;
  };
  const launcher = ["mpirun", ...flags, "-np", String(PROCESSES)];
  const lost: number[] = [];
  for (let round = 0; round < ROUND_COUNT; round++) {
    const alone = await auOf([]);
    lost.push(alone - await auOf(launcher));
  }
  return { value: median(lost), unit: "points", limit: LOST_POINTS };
}

/** @throws {Error} If it fails. */
async function stoker(
  launcher: readonly string[],
  words: readonly string[],
): Promise<void> {
  const [program = Deno.execPath(), ...args] = [
    ...launcher,
    ...[Deno.execPath(), "run", "--allow-all", "--no-check", MAIN],
    ...words,
  ];
  const { success, stderr } = await new Deno.Command(program, { args })
    .output();
  if (success) return;
  throw new Error(`stoker failed: ${new TextDecoder().decode(stderr)}`);
}
