/**
 * A run in four shares, one after another, against the same run as a whole:
 * through the commands, with results read back from their folders.
 */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { command as generate } from "../../lib/cli/commands/generate.ts";
import { command as merge } from "../../lib/cli/commands/merge.ts";
import { command as run } from "../../lib/cli/commands/run.ts";
import type { Command } from "../../lib/cli/line/command.ts";
import { parseCommandLine } from "../../lib/cli/line/command_line.ts";
import { ConfigError, UsageError } from "../../lib/errors.ts";
import { histogramTotals } from "../../lib/metrics/histogram.ts";
import type { PhaseRecord } from "../../lib/metrics/run_record.ts";
import { readResults } from "../../lib/results/results_reader.ts";
import { hashesOf, inTempFolder } from "../engine/engine_fixture.ts";
import { testContext } from "./test_context.ts";

const RECORDING =
  new URL("../engine/recording_format.ts", import.meta.url).href;
const SHARES = [1, 2, 3, 4];

async function call(command: Command, args: string): Promise<string> {
  const name = command === generate
    ? "generate"
    : command === merge
    ? "merge"
    : "run";
  const words = [name, ...args.split(" ").filter((word) => word !== "")];
  const { context, stdout } = testContext(words);
  assertEquals(await command.run(parseCommandLine(words), context), 0);
  return stdout.text;
}

/** Settings of a run with an evaluation and a checkpoint. */
function settingsOf(folder: string, log: string): string {
  return [
    "quick --no-progress -n 4",
    `--data ${folder}/data --checkpoints ${folder}/checkpoints`,
    `dataset.format_module=${RECORDING}?log=${log}`,
    "dataset.num_files_train=12 dataset.num_files_eval=4",
    "dataset.num_samples_per_file=4 dataset.record_length_bytes=256",
    "reader.batch_size=2 reader.batch_size_eval=2 reader.read_threads=1",
    "reader.file_shuffle=random reader.sample_shuffle=random",
    "train.computation_time=0 evaluation.eval_time=0 train.epochs=1",
    "workflow.checkpoint=true checkpoint.checkpoint_after_epoch=1",
    "model.model_size=4096 model.type=resnet",
  ].join(" ");
}

async function samplesOf(log: string): Promise<string[]> {
  return (await Deno.readTextFile(log)).trimEnd().split("\n").sort();
}

/** What does not depend on how long anything took. */
function workOf(phases: readonly PhaseRecord[]) {
  return phases.map((phase) => ({
    kind: phase.kind,
    epoch: phase.epoch,
    plannedSteps: phase.plannedSteps,
    complete: phase.complete,
    bytesRequested: phase.bytesRequested,
    ranks: phase.ranks.map(({ rank, stepCount }) => [rank, stepCount]),
    workers: phase.workers.map((worker) =>
      [worker.role, worker.rank, worker.samples, worker.bytes].join(" ")
    ).sort(),
    operations: Object.entries(phase.latencies).map(([name, counts]) => [
      name,
      histogramTotals(counts).count,
    ]),
  }));
}

Deno.test("four shares visit every sample once and merge to the result of one run, marked as not synchronised", () =>
  inTempFolder(async (folder) => {
    const logs = {
      whole: `${folder}/whole.txt`,
      shares: `${folder}/parts.txt`,
    };
    const settings = settingsOf(folder, logs.shares);
    for (const share of SHARES) {
      await call(generate, `${settings} --share ${share}/4`);
    }
    const data = await hashesOf(`${folder}/data/train`);
    assertEquals(Object.keys(data).length, 12);
    // Nobody knows that all are done until somebody looks.
    const measuring = `${settings} workflow.generate_data=false`;
    await assertRejects(
      () => call(run, `${measuring} --share 1/4 --results ${folder}/early`),
      Error,
      "must be complete",
    );
    await call(generate, settings);
    assertEquals(await hashesOf(`${folder}/data/train`), data);

    for (const share of SHARES) {
      const text = await call(
        run,
        `${measuring} --share ${share}/4 --results ${folder}/s${share}`,
      );
      assert(!text.includes("[METRIC]") && text.includes("[SHARE]"));
    }
    const [names, second] = [
      [...Deno.readDirSync(`${folder}/s2`)].map(({ name }) => name).sort(),
      await readResults(`${folder}/s2`),
    ];
    assertEquals(names, ["report.html", "report.txt", "stoker.json"]);
    assertEquals(second.context.share, {
      number: 2,
      count: 4,
      accelerators: 4,
    });
    assertEquals(second.record.accelerators, 1);

    // 48 samples of training and 16 of evaluation.
    const visited = await samplesOf(logs.shares);
    assertEquals(visited.length, 48 + 16);
    assertEquals(new Set(visited).size, 48 + 16);

    const text = await call(
      merge,
      [3, 1, 4, 2].map((share) => `${folder}/s${share}`).join(" ") +
        ` -o ${folder}/merged`,
    );
    assert(text.includes("[METRIC] Number of Simulated Accelerators: 4"));
    assert(text.includes("Not synchronised: 4 shares"));
    const merged = await readResults(`${folder}/merged`);
    const summary = JSON.parse(
      await Deno.readTextFile(`${folder}/merged/summary.json`),
    );
    assertEquals(summary.synchronised, false);
    assert(summary.shares.start_spread_seconds > 0);
    const report = await Deno.readTextFile(`${folder}/merged/report.txt`);
    assert(report.includes("4 shares, not synchronised"));

    // Where a run draws its seed, shares take that of the settings.
    const whole = settingsOf(folder, logs.whole)
      .replace("/checkpoints", "/checkpoints_whole")
      .replaceAll("shuffle=random", "shuffle=seed");
    await call(
      run,
      `${whole} workflow.generate_data=false --results ${folder}/whole`,
    );
    const { record } = await readResults(`${folder}/whole`);
    assertEquals(workOf(merged.record.phases), workOf(record.phases));
    assertEquals(
      await hashesOf(`${folder}/checkpoints/global_epoch1_step6`),
      await hashesOf(`${folder}/checkpoints_whole/global_epoch1_step6`),
    );
    await refusals(folder, measuring);
  }));

/** What does not fit together is one clear error, and nothing is written. */
async function refusals(folder: string, measuring: string): Promise<void> {
  const all = SHARES.map((share) => `${folder}/s${share}`);
  const other = `${folder}/other`;
  await call(
    run,
    `${measuring} train.seed=7 --share 4/4 --results ${other}`,
  );
  const half = `${folder}/half`;
  await call(run, `${measuring} --share 1/2 --results ${half}`);
  const [s1, s2, s3, s4] = all;
  const cases: readonly [readonly (string | undefined)[], string][] = [
    [[s1, s2, s4], "all 4 shares must be there: 3 is missing"],
    [[s1, s2, s3, s4, s2], `share 2 must be there once: it is in ${s2} and`],
    [[s1, s2, s3, other], "train.seed must be the same: it is 123"],
    [[half, s2, s3, s4], `${half} is share 1 of 2`],
    [[s1, s2, s3, `${folder}/whole`], "must be a share: it is a whole run"],
  ];
  for (const [folders, text] of cases) {
    const out = `${folder}/refused`;
    await assertRejects(
      () => call(merge, `${folders.join(" ")} -o ${out}`),
      ConfigError,
      text,
    );
    await assertRejects(() => Deno.stat(out), Deno.errors.NotFound);
  }
}

Deno.test("a share refuses what would need the others, or take from them", async () => {
  const base = "quick --no-progress -n 4 --data /nowhere";
  const cases: readonly [string, new (...args: never[]) => Error, string][] = [
    ["--share 2/4", ConfigError, "Cannot generate and measure in one share"],
    ["--share 0/4", UsageError, "Cannot use --share 0/4"],
    ["--share 5/4", UsageError, "Cannot use --share 5/4"],
    ["--share 2/4 --rules 3.0", UsageError, "--rules with --share"],
    [
      "--share 2/4 workflow.generate_data=false dataset.keep_files=false",
      ConfigError,
      "Cannot remove the dataset after a share",
    ],
    [
      "--share 1/5 workflow.generate_data=false",
      ConfigError,
      "each must have at least one",
    ],
    ["--start-at 25:00", UsageError, "Cannot use --start-at 25:00"],
    [
      "--start-at 2020-01-01T00:00:00Z",
      UsageError,
      "it must be still to come",
    ],
  ];
  for (const [flags, type, text] of cases) {
    await assertRejects(() => call(run, `${base} ${flags}`), type, text);
  }
});
