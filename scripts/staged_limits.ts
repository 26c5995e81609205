/**
 * Real runs in front of staged bottlenecks, and what the verdict says of each:
 *
 *    deno run -A scripts/staged_limits.ts [folder] [stage …]
 *
 * For a quiet machine: what else it does is a bottleneck too. Those that a
 * busy one does not change are tests (`tests/engine/run/limit_run_test.ts`);
 * S3 endpoints, which need a server, are there alone. Prints a Markdown table.
 */
import { availableParallelism } from "node:os";
import { printLine } from "./terminal.ts";

/** A bottleneck and how it is made. */
interface Stage {
  readonly name: string;
  /** What was staged, for the table. */
  readonly staged: string;
  readonly accelerators: number;
  readonly settings: readonly string[];
  /** Further words of the command line. */
  readonly flags?: readonly string[];
  /** Busy programs for each processor while it trains. */
  readonly hogs?: number;
  /** Generates a dataset of its own before. */
  readonly generates?: boolean;
}

const NULL = ["storage.storage_type=null"];
const OPTIONS = "storage.storage_options";

const STAGES: readonly Stage[] = [
  {
    name: "latency",
    staged: "null storage, 20 ms a read",
    accelerators: 2,
    settings: [...NULL, `${OPTIONS}.latency=20ms`],
  },
  {
    name: "bandwidth",
    staged: "null storage, 100 MiB/s for all threads",
    accelerators: 4,
    settings: [...NULL, `${OPTIONS}.bytes_per_second=100MiB`],
  },
  {
    name: "cpu_hog",
    staged: "eight busy programs per processor, files in memory",
    accelerators: 2,
    settings: [],
    hogs: 8,
    generates: true,
  },
  {
    name: "cached",
    staged: "files in memory",
    accelerators: 1,
    settings: ["train.computation_time=0.2"],
    generates: true,
  },
  {
    name: "disk",
    staged: "O_DIRECT, a disk that is too slow",
    accelerators: 4,
    settings: ["train.computation_time=0.001"],
    flags: ["--odirect"],
    generates: true,
  },
  {
    name: "barrier",
    staged: "compute of each rank drawn anew, null storage",
    accelerators: 4,
    settings: [...NULL, "train.computation_time={mean: 0.1, stdev: 0.05}"],
  },
];

/** Settings that all have; later ones win. */
const COMMON: readonly string[] = [
  "dataset.num_files_train=200",
  "dataset.num_files_eval=0",
  "workflow.evaluation=false",
  "train.epochs=2",
  "train.computation_time=0.02",
];

const [folder = Deno.makeTempDirSync(), ...names] = Deno.args;
printLine("| staged | answer | limit | confidence | trust | verdict |");
printLine("|---|---|---|---|---|---|");
for (const stage of STAGES) {
  if (names.length > 0 && !names.includes(stage.name)) continue;
  printLine(await rowOf(stage));
}

async function rowOf(stage: Stage): Promise<string> {
  const { generates = false, settings, staged } = stage;
  const data = `${folder}/data_${stage.name}`;
  const line = [
    "quick",
    "-n",
    String(stage.accelerators),
    ...["--data", data, "--no-progress", "-q"],
    ...stage.flags ?? [],
    ...COMMON,
    ...settings,
  ];
  if (generates) await stoker(["generate", ...line]);
  const results = `${folder}/results_${stage.name}`;
  const hogs = Array.from(
    { length: (stage.hogs ?? 0) * availableParallelism() },
    () =>
      new Deno.Command("sh", { args: ["-c", "while :; do :; done"] }).spawn(),
  );
  try {
    await stoker([
      "run",
      ...line,
      ...["--results", results, "workflow.generate_data=false"],
    ]);
  } finally {
    for (const hog of hogs) hog.kill("SIGKILL");
    await Promise.all(hogs.map(({ status }) => status));
  }
  const { verdict } = JSON.parse(
    Deno.readTextFileSync(`${results}/summary.json`),
  );
  const { answer, limit, confidence, trust, text } = verdict;
  return `| ${staged} | ${answer} | ${limit} | ${confidence.toFixed(2)} | ` +
    `${trust} | ${text} |`;
}

async function stoker(args: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", new URL("../main.ts", import.meta.url).href, ...args],
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}
