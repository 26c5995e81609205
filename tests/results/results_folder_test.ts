import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { FormatError, StorageError } from "../../lib/errors.ts";
import { ResultsFolder } from "../../lib/results/results_folder.ts";
import { readResults } from "../../lib/results/results_reader.ts";
import { summarize } from "../../lib/metrics/summary.ts";
import { CONTEXT, sampleRun } from "../metrics/sample_run.ts";

const JOURNAL = "stoker.incomplete.jsonl";

async function withFolder(
  test: (folder: string) => Promise<void> | void,
): Promise<void> {
  const parent = await Deno.makeTempDir({ prefix: "stoker_results_" });
  try {
    await test(`${parent}/model/run`);
  } finally {
    await Deno.remove(parent, { recursive: true });
  }
}

function namesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

async function isWritable(folder: string): Promise<boolean> {
  try {
    await Deno.writeTextFile(`${folder}/probe`, "");
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.PermissionDenied) return false;
    throw error;
  }
}

function saveSample(folder: string): void {
  const record = sampleRun();
  const results = ResultsFolder.prepare(folder, {
    head: record,
    context: CONTEXT,
  });
  for (const phase of record.phases) results.appendPhase(phase);
  results.finish(record, { "report.txt": "report\n" });
}

Deno.test("ResultsFolder.finish() leaves whole files and no journal", () =>
  withFolder(async (folder) => {
    saveSample(folder);
    assertEquals(namesIn(folder), [
      ".hydra",
      "0_output.json",
      "0_per_epoch_stats.json",
      "1_output.json",
      "1_per_epoch_stats.json",
      "dlio.log",
      "per_epoch_stats.json",
      "report.txt",
      "stoker.json",
      "summary.json",
    ]);
    assertEquals(namesIn(`${folder}/.hydra`), [
      "config.yaml",
      "hydra.yaml",
      "overrides.yaml",
    ]);
    for (const name of namesIn(folder)) {
      if (!name.endsWith(".json")) continue;
      const text = await Deno.readTextFile(`${folder}/${name}`);
      JSON.parse(text);
      assert(!/NaN|Infinity/.test(text), name);
    }
  }));

Deno.test("ResultsFolder.finish() gives and writes the same summary", () =>
  withFolder(async (folder) => {
    const record = sampleRun();
    const results = ResultsFolder.prepare(folder, {
      head: record,
      context: CONTEXT,
    });
    const summary = results.finish(record);
    assertEquals(summary, summarize(record, CONTEXT));
    const text = await Deno.readTextFile(`${folder}/summary.json`);
    assertEquals(JSON.parse(text), JSON.parse(JSON.stringify(summary)));
  }));

Deno.test("readResults() gives back a finished run", () =>
  withFolder(async (folder) => {
    saveSample(folder);
    const saved = await readResults(folder);
    assertEquals(saved.record, sampleRun());
    assertEquals(saved.context, CONTEXT);
  }));

Deno.test("readResults() gives the phases that ended before a crash", () =>
  withFolder(async (folder) => {
    const record = sampleRun();
    const results = ResultsFolder.prepare(folder, {
      head: record,
      context: CONTEXT,
    });
    const [first, second] = record.phases;
    assert(first !== undefined && second !== undefined);
    results.appendPhase(first);
    results.appendPhase(second);
    results.abandon();
    // What a crash in the middle of a third line leaves behind.
    await Deno.writeTextFile(`${folder}/${JOURNAL}`, '{"kind": "tr', {
      append: true,
    });
    assert(!namesIn(folder).includes("stoker.json"));
    const saved = await readResults(folder);
    assertEquals(saved.record.phases, [first, second]);
    assertEquals(saved.record.complete, false);
    assert(saved.record.failure !== null);
    assertEquals(saved.record.end, second.end);
    assertEquals(saved.context, CONTEXT);
  }));

Deno.test("readResults() gives a run that crashed before its first phase", () =>
  withFolder(async (folder) => {
    const record = sampleRun();
    const results = ResultsFolder.prepare(folder, {
      head: record,
      context: CONTEXT,
    });
    results.abandon();
    const saved = await readResults(folder);
    assertEquals(saved.record.phases, []);
    assertEquals(saved.record.end, record.start);
    assertEquals(summarize(saved.record, saved.context).complete, false);
  }));

Deno.test("readResults() names a folder that has no results", () =>
  withFolder(async (folder) => {
    const error = await assertRejects(() => readResults(folder), StorageError);
    assert(error.message.includes(folder));
  }));

Deno.test("readResults() names the file that is damaged or too new", () =>
  withFolder(async (folder) => {
    saveSample(folder);
    const path = `${folder}/stoker.json`;
    const text = await Deno.readTextFile(path);
    await Deno.writeTextFile(path, text.slice(0, 1000));
    await assertRejects(() => readResults(folder), FormatError, path);
    await Deno.writeTextFile(
      path,
      text.replace('"format_version": 2', '"format_version": 3'),
    );
    await assertRejects(
      () => readResults(folder),
      FormatError,
      "format_version must be 1 to 2: current value is 3",
    );
  }));

Deno.test("ResultsFolder.prepare() refuses a folder with results", () =>
  withFolder(async (folder) => {
    const run = { head: sampleRun(), context: CONTEXT };
    saveSample(folder);
    const before = await Deno.readTextFile(`${folder}/stoker.json`);
    const error = assertThrows(
      () => ResultsFolder.prepare(folder, run),
      StorageError,
      "it holds the results of another run",
    );
    assert(error.message.includes(folder));
    assertEquals(await Deno.readTextFile(`${folder}/stoker.json`), before);
    assert(!namesIn(folder).includes(JOURNAL));
  }));

Deno.test("ResultsFolder.prepare() refuses a folder of a run going on", () =>
  withFolder((folder) => {
    const run = { head: sampleRun(), context: CONTEXT };
    const results = ResultsFolder.prepare(folder, run);
    assertThrows(
      () => ResultsFolder.prepare(folder, run),
      StorageError,
      JOURNAL,
    );
    results.abandon();
  }));

Deno.test("ResultsFolder.prepare() leaves files of others alone", () =>
  withFolder(async (folder) => {
    await Deno.mkdir(folder, { recursive: true });
    await Deno.writeTextFile(`${folder}/training_run.stdout.log`, "mine");
    saveSample(folder);
    assertEquals(
      await Deno.readTextFile(`${folder}/training_run.stdout.log`),
      "mine",
    );
  }));

Deno.test("ResultsFolder.prepare() names a folder that cannot be made", () =>
  withFolder(async (folder) => {
    const run = { head: sampleRun(), context: CONTEXT };
    await Deno.mkdir(folder, { recursive: true });
    await Deno.writeTextFile(`${folder}/file`, "");
    const path = `${folder}/file/results`;
    const error = assertThrows(
      () => ResultsFolder.prepare(path, run),
      StorageError,
    );
    assert(error.message.includes(path), error.message);
    assertEquals(error.code, "ENOTDIR");
    assert(!error.message.includes("os error"), error.message);
    assertThrows(
      () => ResultsFolder.prepare(`${folder}/file`, run),
      StorageError,
      "it is a file, not a folder (ENOTDIR)",
    );
  }));

Deno.test("ResultsFolder.prepare() names a folder that is read-only", () =>
  withFolder(async (folder) => {
    await Deno.mkdir(folder, { recursive: true });
    await Deno.chmod(folder, 0o500);
    if (await isWritable(folder)) return; // Root writes where it likes.
    const run = { head: sampleRun(), context: CONTEXT };
    const error = assertThrows(
      () => ResultsFolder.prepare(folder, run),
      StorageError,
    );
    assertEquals(error.code, "EACCES");
    assert(error.message.includes(folder), error.message);
  }));

Deno.test("ResultsFolder.finish() keeps the journal if it cannot finish", () =>
  withFolder(async (folder) => {
    const record = sampleRun();
    const results = ResultsFolder.prepare(folder, {
      head: record,
      context: CONTEXT,
    });
    for (const phase of record.phases) results.appendPhase(phase);
    // A folder where a file has to go.
    await Deno.mkdir(`${folder}/summary.json`);
    assertThrows(() => results.finish(record), StorageError, "summary.json");
    results.abandon();
    const saved = await readResults(folder);
    assertEquals(saved.record.phases, record.phases);
    assert(!namesIn(folder).some((name) => name.endsWith(".partial")));
  }));
