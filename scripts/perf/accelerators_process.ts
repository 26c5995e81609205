/**
 * One run on storage that does nothing, in a process of its own: what its
 * accelerators cost.
 *
 *    accelerators_process.ts ACCELERATORS COMPUTE_SECONDS STEPS [SETTING ...]
 *
 * Prints one line of JSON, see {@linkcode AcceleratorCost}.
 */
import { parseOverrides } from "../../lib/config/overrides.ts";
import { resolveWorkload } from "../../lib/config/resolve.ts";
import { printLine } from "../terminal.ts";
import { auPercent, runEngine } from "./engine_run.ts";

/** What such a run showed, of its second epoch. */
export interface AcceleratorCost {
  /** Mean of the accelerators, without the first step. */
  readonly auPercent: number;
  /** Processor seconds per second. */
  readonly cores: number;
  /** From the settings to the first gate. */
  readonly startSeconds: number;
  readonly residentBytes: number;
  /** Of accelerators and readers. */
  readonly threads: number;
}

const [accelerators, computeSeconds, steps] = Deno.args.slice(0, 3)
  .map(Number) as [number, number, number];
const { workload } = resolveWorkload({
  overrides: parseOverrides([
    "framework=pytorch",
    "storage.storage_type=null",
    "dataset.skip_listing=true",
    "dataset.format=npz",
    `dataset.num_files_train=${accelerators * steps}`,
    "dataset.record_length_bytes=150000",
    "reader.read_threads=2",
    "reader.batch_size=1",
    "reader.file_shuffle=seed",
    "train.epochs=2",
    `train.computation_time=${computeSeconds}`,
    ...Deno.args.slice(3),
  ]).overrides,
}, { cpuCount: navigator.hardwareConcurrency, accelerators });
let residentBytes = 0;
const phases = await runEngine(workload, accelerators, () => {
  residentBytes = Math.max(residentBytes, Deno.memoryUsage().rss);
});
const [first, last] = phases;
if (first === undefined || last === undefined) throw new Error("no epoch");
const host = last.hosts[0];
const sum = (values: readonly number[]) =>
  values.reduce((total, value) => total + value, 0);
const cost: AcceleratorCost = {
  auPercent: sum(last.ranks.map(auPercent)) / last.ranks.length,
  cores: ((host?.cpu.userSeconds ?? NaN) + (host?.cpu.systemSeconds ?? NaN)) /
    last.durationSeconds,
  startSeconds: first.start.atSeconds,
  residentBytes,
  threads: sum(host?.roles?.map(({ threadCount }) => threadCount) ?? []),
};
printLine(JSON.stringify(cost));
