/**
 * Datasets that other libraries made, none renamed, as somebody has them who
 * never generated one: `stoker inspect` must find the format, files and
 * samples that the owner's library finds, and the workload that it writes
 * must run at once and read every sample.
 *
 * One line of a Markdown table is printed for each.
 */
import { printLine, printProblem } from "../terminal.ts";

const SCRIPT =
  new URL("../../tests/interop/existing_datasets.py", import.meta.url).pathname;
const MAIN = new URL("../../main.ts", import.meta.url).pathname;
const CONFIG = new URL("../../deno.json", import.meta.url).pathname;

/** Formats whose files are read from the first byte to the last. */
const READ_WHOLE = new Set([
  "jpeg",
  "png",
  "npz",
  "npy",
  "csv",
  "hdf5",
  "raw",
]);

type BySplit = Readonly<Partial<Record<"train" | "valid", readonly number[]>>>;

/** What `existing_datasets.py` says of a dataset. */
interface ExistingDataset {
  readonly name: string;
  readonly made_by: string;
  readonly place: string;
  readonly format: string;
  /** Settings that no file can tell. */
  readonly settings: readonly string[];
  /** Of each file. */
  readonly samples: BySplit;
  readonly bytes: BySplit;
}

/** What of `stoker inspect --json` is compared. */
interface Inspected {
  readonly format: string;
  readonly splits: readonly {
    readonly split: "train" | "valid";
    readonly files: number;
    readonly bytes: number;
    readonly samples: number;
    readonly samples_measured: boolean;
    readonly samples_per_file: { readonly min: number; readonly max: number };
  }[];
}

/** What of `stoker.json` is compared. */
interface SavedRun {
  readonly phases: readonly {
    readonly bytes_requested: number;
    readonly workers: readonly { readonly samples: number }[];
  }[];
}

/**
 * Makes the datasets and runs all checks.
 *
 * @param python With the packages of the interop suite.
 * @returns Datasets that passed and failed.
 */
export async function runExistingSuite(
  python: string,
): Promise<{ passed: number; failed: number }> {
  const folder = await Deno.makeTempDir({ prefix: "stoker_existing_" });
  const total = { passed: 0, failed: 0 };
  try {
    printLine(
      "| dataset, made by | settings | format | files, training + evaluation " +
        "| samples, by the owner | bytes read in one epoch, of the files |",
    );
    printLine("|---|---|---|---|---|---|");
    for (const dataset of await makeDatasets(python, `${folder}/data`)) {
      const problems: string[] = [];
      try {
        printLine(await check(dataset, folder, problems));
      } catch (error) {
        problems.push(error instanceof Error ? error.message : String(error));
      }
      for (const text of problems) {
        printProblem(`existing, ${dataset.name}: ${text}`);
      }
      total[problems.length === 0 ? "passed" : "failed"]++;
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  return total;
}

async function makeDatasets(
  python: string,
  folder: string,
): Promise<ExistingDataset[]> {
  await Deno.mkdir(folder);
  const { success, stdout, stderr } = await new Deno.Command(python, {
    args: [SCRIPT, folder],
    env: { PYTHONDONTWRITEBYTECODE: "1", HF_HUB_OFFLINE: "1" },
  }).output();
  if (!success) {
    throw new Error(`${SCRIPT}: ${new TextDecoder().decode(stderr)}`);
  }
  return new TextDecoder().decode(stdout).trim().split("\n")
    .map((line) => JSON.parse(line));
}

/** @returns A line of the table. */
async function check(
  dataset: ExistingDataset,
  folder: string,
  problems: string[],
): Promise<string> {
  const { name, place, settings } = dataset;
  const yaml = `${folder}/${name}.yaml`;
  const inspect = ["inspect", place, "--json", "--sample", "1000"];
  const inspected: Inspected = JSON.parse(
    await stoker([...inspect, "-o", yaml, ...settings]),
  );
  comparedInspection(dataset, inspected, problems);
  // Exactly what is proposed, and then each sample by itself.
  await stoker(["run", yaml, "--results", `${folder}/${name}_as_it_is`]);
  const results = `${folder}/${name}_one_by_one`;
  await stoker([
    "run",
    yaml,
    "--results",
    results,
    "train.epochs=1",
    "reader.batch_size=1",
    "reader.batch_size_eval=1",
    "reader.read_threads=1",
  ]);
  const saved: SavedRun = JSON.parse(
    await Deno.readTextFile(`${results}/stoker.json`),
  );
  const read = sumOf(saved.phases.map((phase) => phase.bytes_requested));
  const visited = sumOf(
    saved.phases.flatMap(({ workers }) => workers.map((each) => each.samples)),
  );
  const samples = totalOf(dataset.samples);
  const bytes = totalOf(dataset.bytes);
  if (visited !== samples) {
    problems.push(`the run read ${visited} samples, there are ${samples}`);
  }
  if (READ_WHOLE.has(dataset.format) && read !== bytes) {
    problems.push(`the run read ${read} bytes, the files have ${bytes}`);
  }
  const { format, splits } = inspected;
  const found = sumOf(splits.map((split) => split.samples));
  const files = splits.map((split) => split.files).join(" + ");
  return `| ${name}: ${dataset.made_by} | ${settings.join(" ") || "none"} ` +
    `| ${format} | ${files} | ${found}, ${samples} | ${read}, ${bytes} |`;
}

function comparedInspection(
  { format, samples, bytes }: ExistingDataset,
  inspected: Inspected,
  problems: string[],
): void {
  const compare = (what: string, found: unknown, owner: unknown) => {
    if (found === owner) return;
    problems.push(`inspect says ${what} ${found}, its owner ${owner}`);
  };
  compare("format", inspected.format, format);
  for (const split of ["train", "valid"] as const) {
    const found = inspected.splits.find((each) => each.split === split);
    const owned = samples[split] ?? [];
    compare(`files of ${split}:`, found?.files ?? 0, owned.length);
    if (found === undefined) continue;
    compare(`samples of ${split}:`, found.samples, sumOf(owned));
    compare(`samples of ${split} are measured:`, found.samples_measured, true);
    const { min, max } = found.samples_per_file;
    compare(`most samples of ${split}:`, max, Math.max(...owned));
    compare(`least samples of ${split}:`, min, Math.min(...owned));
    compare(`bytes of ${split}:`, found.bytes, sumOf(bytes[split] ?? []));
  }
}

/** @throws {Error} With what Stoker said if it ends with another status. */
async function stoker(args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--config", CONFIG, MAIN, ...args],
  }).output();
  const decoder = new TextDecoder();
  if (code === 0) return decoder.decode(stdout);
  throw new Error(
    `stoker ${args.join(" ")} ended with ${code}: ` +
      decoder.decode(stderr).trim(),
  );
}

function totalOf({ train = [], valid = [] }: BySplit): number {
  return sumOf(train) + sumOf(valid);
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, each) => sum + each, 0);
}
