/** Tests of lib/cli/session/rerun_line.ts. */
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { settingOrigins } from "../../../lib/config/render.ts";
import { ConfigError } from "../../../lib/errors.ts";
import { parseCommandLine } from "../../../lib/cli/line/command_line.ts";
import { listBuiltInWorkloads } from "../../../lib/cli/line/workload_files.ts";
import { loadWorkload } from "../../../lib/cli/line/workload_settings.ts";
import { resultContext } from "../../../lib/cli/session/result_settings.ts";
import { shellLine } from "../../../lib/cli/line/shell_line.ts";
import {
  type RepeatedRun,
  rerunLine,
} from "../../../lib/cli/session/rerun_line.ts";
import { testContext } from "../test_context.ts";

type Environment = Readonly<Record<string, string>>;

/** What a results folder would keep of a run with this line. */
async function savedRun(
  args: readonly string[],
  environment: Environment = {},
): Promise<RepeatedRun> {
  const { context } = testContext(args, environment);
  const line = parseCommandLine(args);
  const requested = await loadWorkload(line, context);
  return {
    context: resultContext(requested, line, context),
    accelerators: requested.accelerators,
  };
}

/** Settings that a line gives today. */
async function settingsOf(
  args: readonly string[],
  environment: Environment = {},
): Promise<Record<string, unknown>> {
  const { context } = testContext(args, environment);
  const requested = await loadWorkload(parseCommandLine(args), context);
  return Object.fromEntries(
    settingOrigins(requested).map(({ key, value }) => [key, value])
      .filter(([key]) => key !== "output.folder"),
  );
}

function repeat(run: RepeatedRun, environment: Environment = {}) {
  return rerunLine(run, "new", testContext([], environment).context);
}

for (const name of await listBuiltInWorkloads()) {
  Deno.test(`rerunLine() repeats ${name} with its own words alone`, async () => {
    // Its parallelism needs as many; the others have a number of their own.
    const many = name === "megatron_deepspeed" ? ["-n", "32"] : [];
    const run = await savedRun(["run", name, ...many]);
    const { args, notes } = await repeat(run);
    const count = String(run.accelerators);
    assertEquals(args, ["run", name, "-n", count, "--results", "new"]);
    assertEquals(notes, []);
  });
}

Deno.test("rerunLine() keeps flags and settings, and not where results went", async () => {
  const run = await savedRun([
    "run",
    "quick",
    "-n",
    "4",
    "--results",
    "old",
    "--label",
    "it's mine",
    "--time-limit=5m",
    "++workload.train.epochs=7",
    "output.folder=old",
    "--odirect",
  ]);
  const { args } = await repeat(run);
  assertEquals(args, [
    "run",
    "quick",
    "-n",
    "4",
    "--label",
    "it's mine",
    "--time-limit=5m",
    "++workload.train.epochs=7",
    "--odirect",
    "--results",
    "new",
  ]);
  assertStringIncludes(shellLine(args), `--label 'it'\\''s mine' `);
  const dlio = await savedRun(["workload=quick", "hydra.run.dir=old"]);
  assertEquals((await repeat(dlio)).args, [
    "workload=quick",
    "-n",
    "2",
    "--results",
    "new",
  ]);
});

Deno.test("rerunLine() gives the values of then where a workload file has changed", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/w.yaml`;
    await Deno.writeTextFile(
      path,
      `model: {name: "a model's name"}
workflow: {train: true}
dataset:
  data_folder: "/d/with blank, and \\"quote\\""
  format: npz
  num_files_train: 8
  files_train: ["a*.npz", "b b.npz"]
  file_prefix: "1e3"
reader: {read_threads: 3, batch_size: 2}
train: {epochs: 9, computation_time: {type: normal, mean: 0.5, stdev: 0.1}}
`,
    );
    const saved = await savedRun(["run", path]);
    const before = await settingsOf(["run", path]);
    await Deno.writeTextFile(
      path,
      "model: {name: other}\nworkflow: {train: true}\n" +
        "dataset: {data_folder: x, format: hdf5, file_prefix: z}\n" +
        "storage: {drop_caches: before-epoch}\ntrain: {computation_time: 2}\n",
    );
    const { args, notes } = await repeat(saved);
    assertEquals(await settingsOf(args), before);
    assertStringIncludes(
      notes.join("\n"),
      "storage.drop_caches is set to never, as it was: it would be " +
        "before_epoch today",
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

const S3_WORDS = [
  "run",
  "default",
  "--data=s3://bucket/set",
  "storage.storage_library=minio",
];
const S3_KEYS = { AWS_ACCESS_KEY_ID: "id", AWS_SECRET_ACCESS_KEY: "hunter2" };

Deno.test("rerunLine() keeps an endpoint of the environment and wants its secrets again", async () => {
  const saved = await savedRun(S3_WORDS, {
    ...S3_KEYS,
    AWS_ENDPOINT_URL: "http://node1:9000",
  });
  const { args } = await repeat(saved, S3_KEYS);
  assertStringIncludes(args.join(" "), "http://node1:9000");
  assertEquals(args.join(" ").includes("hunter2"), false);
  const error = await assertRejects(() => repeat(saved), ConfigError);
  assertStringIncludes(
    error.message,
    "secret_access_key must be there again (env AWS_SECRET_ACCESS_KEY)",
  );
});

Deno.test("rerunLine() leaves out a secret of the command line, and says so", async () => {
  const saved = await savedRun([
    ...S3_WORDS,
    "storage.storage_options.access_key_id=id",
    "storage.storage_options.secret_access_key=hunter2",
  ]);
  const { args, notes } = await repeat(saved, S3_KEYS);
  assertEquals(args.join(" ").includes("*"), false);
  assertStringIncludes(
    notes.join("\n"),
    "secret_access_key=*** was given on the command line",
  );
});
