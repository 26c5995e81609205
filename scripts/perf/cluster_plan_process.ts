/**
 * Plans a dataset of 50,000,000 files for one accelerator of 4,096, reads its
 * first batch from a storage that takes no time, and prints what that took;
 * started by `cluster.ts`.
 */
import { readSystemFile } from "../../lib/host/system_file.ts";
import { printLine } from "../terminal.ts";
import type { PlanFigures } from "./cluster.ts";
import { runEngine, workloadOf } from "./engine_run.ts";

const [rank = "0"] = Deno.args;
const ACCELERATORS = 4096;
/** With 34 samples of each: 1.7 × 10^9. */
const FILE_COUNT = 50_000_000;

const phases = await runEngine(
  workloadOf([
    "workflow.train=true",
    "storage.storage_type=null",
    "dataset.format=npz",
    "dataset.skip_listing=true",
    `dataset.num_files_train=${FILE_COUNT}`,
    "dataset.num_samples_per_file=34",
    "dataset.record_length_bytes=1000",
    "reader.batch_size=34",
    "reader.read_threads=1",
    "reader.file_shuffle=seed",
    "reader.sample_shuffle=seed",
    "train.total_training_steps=1",
  ]),
  ACCELERATORS,
  () => {},
  { index: Number(rank), count: ACCELERATORS },
);
const [done] = phases[0]?.ranks ?? [];
if (done?.stepCount !== 1 || done.rank !== Number(rank)) {
  throw new Error("the first batch was not read");
}
const figures: PlanFigures = {
  seconds: performance.now() / 1000,
  memoryMb: privateBytes() / 1e6,
};
printLine(JSON.stringify(figures));

/**
 * Memory that this process has for itself. What the kernel maps of the
 * runtime's file, some 50 MB, is shared by all processes of a host.
 */
function privateBytes(): number {
  const { value } = readSystemFile("/proc/self/status");
  return 1024 * Number(/RssAnon:\s+(\d+)/.exec(value ?? "")?.[1] ?? NaN);
}
