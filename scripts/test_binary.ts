/**
 * Uses the executable as somebody would who has nothing else: from `/`, with
 * an empty environment; of object stores, s3rver with every client library;
 * as several processes, under the launchers of MPI that are installed.
 *
 *    deno task test:binary [EXECUTABLE]     default dist/stoker, compiled if
 *                                           it is not there
 *
 * Ends with "ok | N passed | N failed", as `deno test` does.
 */
import { stripTypeScriptTypes } from "node:module";
import { startFakeAistore } from "../tests/storage/aistore/fake_aistore.ts";
import { s3UsesOf, startS3Server } from "./binary_s3.ts";
import { runSteps } from "./step.ts";
import { printLine, printProblem } from "./terminal.ts";

/** One use of the executable. */
interface Use {
  readonly args: readonly string[];
  /** @default {0} */
  readonly code?: number;
  /** Must be found in stdout. */
  readonly stdout?: RegExp;
  /** Must be found in stderr. */
  readonly stderr?: RegExp;
  /** Must be there afterwards, relative to the temporary folder. */
  readonly files?: readonly string[];
}

/** Settings of a run that takes a second. */
const SMALL = [
  "++workload.dataset.num_files_train=8",
  "++workload.dataset.num_files_eval=2",
  "++workload.dataset.record_length_bytes=64KiB",
  "++workload.train.epochs=2",
  "++workload.train.computation_time=0.001",
];

/** A format of the user's own, as TypeScript; the executable takes JavaScript. */
const EXAMPLE_FORMAT = "tests/formats/example_format.ts";

/** What is set for {@linkcode EXAMPLE_FORMAT}, below the temporary folder. */
function ownFormat(folder: string): string[] {
  return [
    "quick",
    `--data=${folder}/own`,
    `dataset.format_module=${folder}/own.js`,
    "dataset.num_samples_per_file=4",
    ...SMALL,
  ];
}

/** Tests of several processes, which can start the executable. */
const LAUNCHED_TESTS = "tests/cli/processes_test.ts";

/** The executable under each launcher of MPI that is installed. */
async function testLaunched(
  executable: string,
): Promise<{ passed: number; failed: number }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "--allow-all", "--no-check", LAUNCHED_TESTS],
    cwd: root,
    env: { NO_COLOR: "1", STOKER_EXECUTABLE: executable },
  }).output();
  const decoder = new TextDecoder();
  const text = decoder.decode(stdout);
  printLine(text);
  if (code !== 0) printProblem(decoder.decode(stderr));
  const [passed = 0, failed = 0] = /\| (\d+) passed.*\| (\d+) failed/.exec(text)
    ?.slice(1).map(Number) ?? [];
  // One that ended before it could count has failed.
  return { passed, failed: code !== 0 && failed === 0 ? 1 : failed };
}

/** HTTP is what the Deno inside does otherwise than the one of the tests. */
function onAistore(endpoint: string): string[] {
  return [
    "quick",
    "--data=aistore",
    "storage.storage_type=aistore",
    "storage.storage_root=binary",
    `storage.storage_options.endpoint_url=${endpoint}`,
    ...SMALL,
  ];
}

function usesOf(folder: string, aistoreUrl: string): Use[] {
  const data = `--data=${folder}/data`;
  const results = `--results=${folder}/results`;
  return [
    { args: ["version"], stdout: /^stoker \d+\.\d+\.\d+ \(deno / },
    { args: ["help"], stdout: /^Stoker measures/ },
    { args: ["help", "settings"], stdout: /^\| `framework` \|/m },
    { args: ["workloads"], stdout: /^unet3d_h100 +train/m },
    { args: ["config", "unet3d_h100"], stdout: /^framework: pytorch/ },
    { args: ["config", "--schema"], stdout: /"\$schema"/ },
    { args: ["doctor", data], stdout: /^O_DIRECT/m },
    { args: ["nonsense"], code: 2, stderr: /^error: Unknown command/ },
    {
      args: ["run", "quick", data, results, ...SMALL],
      stdout: /^\[METRIC\] Training Accelerator Utilization/m,
      stderr: /^train, epoch 2 of 2: 4 steps/m,
      files: [
        "data/train/img_0_of_8.npz",
        "data/valid/img_1_of_2.npz",
        "results/stoker.json",
        "results/summary.json",
        "results/.hydra/config.yaml",
      ],
    },
    {
      args: ["verify", "quick", data, ...SMALL],
      stdout: /0 of 10 files damaged/,
    },
    {
      args: [
        "workload=quick",
        `++workload.dataset.data_folder=${folder}/data`,
        `hydra.run.dir=${folder}/dlio`,
        "++workload.workflow.generate_data=False",
        ...SMALL,
      ],
      files: ["dlio/summary.json"],
    },
    {
      args: ["run", "quick", data, results, ...SMALL],
      code: 1,
      stderr: /of another run or of somebody else's/,
    },
    {
      args: ["run", ...ownFormat(folder), `--results=${folder}/own_results`],
      stdout: /^\[METRIC\] Training Accelerator Utilization/m,
      files: ["own/train/img_0_of_8.strided", "own_results/stoker.json"],
    },
    {
      args: ["run", ...onAistore(aistoreUrl), `--results=${folder}/aistore`],
      stdout: /^\[METRIC\] Training Accelerator Utilization/m,
    },
    {
      args: ["verify", ...ownFormat(folder)],
      stdout: /0 of 10 files damaged/,
    },
    {
      args: [
        "config",
        `dataset.format_module=${new URL(EXAMPLE_FORMAT, root).pathname}`,
      ],
      code: 2,
      stderr: /this executable reads JavaScript alone/,
    },
  ];
}

async function problemsOf(
  executable: string,
  folder: string,
  use: Use,
): Promise<string[]> {
  const output = await new Deno.Command(executable, {
    args: [...use.args],
    cwd: "/",
    env: {},
    clearEnv: true,
  }).output();
  const decoder = new TextDecoder();
  const stdout = decoder.decode(output.stdout);
  const stderr = decoder.decode(output.stderr);
  const problems: string[] = [];
  const { code = 0, files = [] } = use;
  if (output.code !== code) {
    problems.push(`exit status ${output.code}, not ${code}`);
  }
  if (use.stdout !== undefined && !use.stdout.test(stdout)) {
    problems.push(`stdout without ${use.stdout}`);
  }
  if (use.stderr !== undefined && !use.stderr.test(stderr)) {
    problems.push(`stderr without ${use.stderr}`);
  }
  for (const file of files) {
    if (!await isThere(`${folder}/${file}`)) problems.push(`no ${file}`);
  }
  return problems.length === 0 ? [] : [...problems, stdout, stderr];
}

async function isThere(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

const root = new URL("../", import.meta.url);
const executable = Deno.args[0] ?? new URL("dist/stoker", root).pathname;
if (!await isThere(executable)) {
  const args = ["task", "compile", "--output", executable];
  if (await runSteps([{ title: "compile", args }]) > 0) Deno.exit(1);
}
const folder = await Deno.makeTempDir();
const source = await Deno.readTextFile(new URL(EXAMPLE_FORMAT, root));
await Deno.writeTextFile(`${folder}/own.js`, stripTypeScriptTypes(source));
let failedCount = 0;
const s3 = await startS3Server();
const aistore = await startFakeAistore();
const uses: readonly Use[] = [
  ...usesOf(folder, aistore.endpoint),
  ...s3UsesOf(folder, s3),
];
try {
  for (const use of uses) {
    const problems = await problemsOf(executable, folder, use);
    const verdict = problems.length === 0 ? "ok    " : "FAILED";
    printLine(`${verdict}  ${["stoker", ...use.args].join(" ")}`);
    if (problems.length === 0) continue;
    failedCount += 1;
    printProblem(problems.join("\n"));
  }
} finally {
  await s3[Symbol.asyncDispose]();
  await aistore.stop();
  await Deno.remove(folder, { recursive: true });
}
const launched = await testLaunched(executable);
failedCount += launched.failed;
const passedCount = uses.length + launched.passed + launched.failed -
  failedCount;
printLine(
  `${
    failedCount === 0 ? "ok" : "FAILED"
  } | ${passedCount} passed | ${failedCount} failed`,
);
Deno.exit(failedCount === 0 ? 0 : 1);
