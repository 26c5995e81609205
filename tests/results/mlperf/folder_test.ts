/** What a results folder has for MLPerf Storage's tools. */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { StorageError } from "../../../lib/errors.ts";
import { summarize } from "../../../lib/metrics/summary.ts";
import { ResultsFolder } from "../../../lib/results/results_folder.ts";
import { summaryJson } from "../../../lib/results/summary_json.ts";
import { CONTEXT, sampleRun } from "../../metrics/sample_run.ts";
import { FACTS } from "./sample_facts.ts";

async function withFolder(
  test: (folder: string) => Promise<void> | void,
): Promise<void> {
  const parent = await Deno.makeTempDir({ prefix: "stoker_mlperf_" });
  try {
    await test(`${parent}/run`);
  } finally {
    await Deno.remove(parent, { recursive: true });
  }
}

function namesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

/** A run that MLPerf Storage's tools are told of. */
const MLPERF_CONTEXT = { ...CONTEXT, mlperf: FACTS };

Deno.test("ResultsFolder.finish() leaves what MLPerf Storage's tools know a run by", () =>
  withFolder(async (folder) => {
    const record = sampleRun();
    const run = { head: record, context: MLPERF_CONTEXT };
    await (await ResultsFolder.prepare(folder, run)).finish(record);
    const names = namesIn(folder);
    assert(names.includes("training_20260724_123243_metadata.json"));
    for (const config of [".hydra", "dlio_config"]) {
      assertEquals(namesIn(`${folder}/${config}`), [
        "config.yaml",
        "hydra.yaml",
        "overrides.yaml",
      ]);
    }
    const metadata = JSON.parse(
      Deno.readTextFileSync(`${folder}/training_20260724_123243_metadata.json`),
    );
    assertEquals(metadata.result_dir, folder);
    assertEquals(
      metadata.metrics.train_au_mean_percentage,
      summaryJson(summarize(record, CONTEXT), CONTEXT).metric
        .train_au_mean_percentage,
    );
  }));

Deno.test("await ResultsFolder.prepare() refuses a folder that is a run to MLPerf Storage's tools", () =>
  withFolder(async (folder) => {
    const run = { head: sampleRun(), context: MLPERF_CONTEXT };
    for (
      const name of [
        "training_20200101_000000_metadata.json",
        "fs_separation.json",
        "dlio_config/config.yaml",
      ]
    ) {
      Deno.mkdirSync(`${folder}/dlio_config`, { recursive: true });
      Deno.writeTextFileSync(`${folder}/${name}`, "{}");
      await assertRejects(
        () => ResultsFolder.prepare(folder, run),
        StorageError,
        name,
      );
      Deno.removeSync(folder, { recursive: true });
    }
  }));

Deno.test("ResultsFolder.finish() leaves beside another tool's metadata none of its own", () =>
  withFolder(async (folder) => {
    Deno.mkdirSync(folder, { recursive: true });
    const foreign = "training_20200101_000000_metadata.json";
    Deno.writeTextFileSync(`${folder}/${foreign}`, "{}");
    const record = sampleRun();
    await (await ResultsFolder.prepare(folder, {
      head: record,
      context: CONTEXT,
    })).finish(record);
    assertEquals(
      namesIn(folder).filter((name) => name.endsWith("_metadata.json")),
      [foreign],
    );
  }));

Deno.test("ResultsFolder.finish() leaves of a scaled run nothing that MLPerf Storage's tools know", () =>
  withFolder(async (folder) => {
    const record = sampleRun();
    const context = { ...MLPERF_CONTEXT, checkpointScale: 0.5 };
    await (await ResultsFolder.prepare(folder, { head: record, context }))
      .finish(record);
    assertEquals(namesIn(folder), ["stoker.json"]);
  }));

Deno.test("ResultsFolder.discard() gives back a folder that had both folders of configuration", () =>
  withFolder(async (folder) => {
    const run = { head: sampleRun(), context: MLPERF_CONTEXT };
    await (await ResultsFolder.prepare(folder, run)).discard();
    assertThrows(() => Deno.statSync(folder), Deno.errors.NotFound);
  }));
