import { assert, assertEquals, assertRejects } from "@std/assert";
import { FormatError, StorageError } from "../../lib/errors.ts";
import type { RunRecord } from "../../lib/metrics/run_record.ts";
import { ResultsFolder } from "../../lib/results/results_folder.ts";
import { readResults } from "../../lib/results/results_reader.ts";
import { summaryJson } from "../../lib/results/summary_json.ts";
import { summarize } from "../../lib/metrics/summary.ts";
import { CONTEXT, sampleRun } from "../metrics/sample_run.ts";
import { inMountedFolder, mayMount } from "../storage/mounted_folder.ts";

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

/** The folder of a run that has begun. */
function folderOf(
  folder: string,
  record: RunRecord,
): Promise<ResultsFolder> {
  return ResultsFolder.prepare(folder, { head: record, context: CONTEXT });
}

async function saveSample(folder: string): Promise<void> {
  const record = sampleRun();
  const results = await folderOf(folder, record);
  for (const phase of record.phases) await results.appendPhase(phase);
  await results.finish(record, { "report.txt": "report\n" });
}

Deno.test("ResultsFolder.finish() leaves whole files and no journal", () =>
  withFolder(async (folder) => {
    await saveSample(folder);
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
    const results = await folderOf(folder, record);
    const { summary, missing } = await results.finish(record);
    assertEquals(missing, []);
    assertEquals(summary, summarize(record, CONTEXT));
    const text = await Deno.readTextFile(`${folder}/summary.json`);
    assertEquals(
      JSON.parse(text),
      JSON.parse(JSON.stringify(summaryJson(summary, CONTEXT))),
    );
  }));

Deno.test("readResults() gives back a finished run", () =>
  withFolder(async (folder) => {
    await saveSample(folder);
    const saved = await readResults(folder);
    assertEquals(saved.record, sampleRun());
    assertEquals(saved.context, CONTEXT);
  }));

Deno.test("readResults() gives the phases that ended before a crash", () =>
  withFolder(async (folder) => {
    const record = sampleRun();
    const results = await folderOf(folder, record);
    const [first, second] = record.phases;
    assert(first !== undefined && second !== undefined);
    await results.appendPhase(first);
    await results.appendPhase(second);
    // What a crash in the middle of a third line leaves behind.
    await Deno.writeTextFile(`${folder}/${JOURNAL}`, '{"kind": "tr', {
      append: true,
    });
    assert(!namesIn(folder).includes("stoker.json"));
    const saved = await readResults(folder);
    assertEquals(saved.record.phases, record.phases.slice(0, 2));
    assertEquals(saved.record.complete, false);
    assert(saved.record.failure !== null);
    assertEquals(saved.record.end, second.end);
    assertEquals(saved.context, CONTEXT);
  }));

Deno.test("readResults() gives a run that crashed before its first phase", () =>
  withFolder(async (folder) => {
    const record = sampleRun();
    await folderOf(folder, record);
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
    await saveSample(folder);
    const path = `${folder}/stoker.json`;
    const text = await Deno.readTextFile(path);
    await Deno.writeTextFile(path, text.slice(0, 1000));
    await assertRejects(() => readResults(folder), FormatError, path);
    await Deno.writeTextFile(
      path,
      text.replace('"format_version": 2', '"format_version": 4'),
    );
    await assertRejects(
      () => readResults(folder),
      FormatError,
      "format_version must be 1 to 3: current value is 4",
    );
  }));

Deno.test("await ResultsFolder.prepare() refuses a folder with results", () =>
  withFolder(async (folder) => {
    const run = { head: sampleRun(), context: CONTEXT };
    await saveSample(folder);
    const before = await Deno.readTextFile(`${folder}/stoker.json`);
    const error = await assertRejects(
      () => ResultsFolder.prepare(folder, run),
      StorageError,
      "it has a file of the name that results would have",
    );
    assert(error.message.includes(folder));
    assertEquals(await Deno.readTextFile(`${folder}/stoker.json`), before);
    assert(!namesIn(folder).includes(JOURNAL));
  }));

Deno.test("await ResultsFolder.prepare() refuses a folder of a run going on", () =>
  withFolder(async (folder) => {
    const run = { head: sampleRun(), context: CONTEXT };
    await ResultsFolder.prepare(folder, run);
    await assertRejects(
      () => ResultsFolder.prepare(folder, run),
      StorageError,
      JOURNAL,
    );
  }));

Deno.test("await ResultsFolder.prepare() leaves files of others alone", () =>
  withFolder(async (folder) => {
    await Deno.mkdir(folder, { recursive: true });
    await Deno.writeTextFile(`${folder}/training_run.stdout.log`, "mine");
    await saveSample(folder);
    assertEquals(
      await Deno.readTextFile(`${folder}/training_run.stdout.log`),
      "mine",
    );
  }));

Deno.test("await ResultsFolder.prepare() names a folder that cannot be made", () =>
  withFolder(async (folder) => {
    const run = { head: sampleRun(), context: CONTEXT };
    await Deno.mkdir(folder, { recursive: true });
    await Deno.writeTextFile(`${folder}/file`, "");
    const path = `${folder}/file/results`;
    const error = await assertRejects(
      () => ResultsFolder.prepare(path, run),
      StorageError,
    );
    assert(error.message.includes(path), error.message);
    assertEquals(error.code, "ENOTDIR");
    assert(!error.message.includes("os error"), error.message);
    await assertRejects(
      () => ResultsFolder.prepare(`${folder}/file`, run),
      StorageError,
      "it is a file, not a folder (ENOTDIR)",
    );
  }));

Deno.test("await ResultsFolder.prepare() names a folder that is read-only", () =>
  withFolder(async (folder) => {
    await Deno.mkdir(folder, { recursive: true });
    await Deno.chmod(folder, 0o500);
    if (await isWritable(folder)) return; // Root writes where it likes.
    const run = { head: sampleRun(), context: CONTEXT };
    const error = await assertRejects(
      () => ResultsFolder.prepare(folder, run),
      StorageError,
    );
    assertEquals(error.code, "EACCES");
    assert(error.message.includes(folder), error.message);
  }));

/** Files of the sample run, without `stoker.json`. */
const OTHER_FILES = [
  "summary.json",
  "report.txt",
  "dlio.log",
  "per_epoch_stats.json",
  "0_output.json",
  "0_per_epoch_stats.json",
  "1_output.json",
  "1_per_epoch_stats.json",
];

for (const name of OTHER_FILES) {
  Deno.test(`ResultsFolder.finish() saves all but ${name} if that is refused`, () =>
    withFolder(async (folder) => {
      const record = sampleRun();
      const results = await ResultsFolder.prepare(folder, {
        head: record,
        context: CONTEXT,
      });
      for (const phase of record.phases) {
        assertEquals(await results.appendPhase(phase), null);
      }
      // A folder where a file has to go.
      await Deno.mkdir(`${folder}/${name}`);
      const saved = await results.finish(record, { "report.txt": "report\n" });
      assertEquals(saved.missing.map(({ name }) => name), [name]);
      assert(saved.missing[0]!.problem.includes(`${folder}/${name}`));
      assertEquals((await readResults(folder)).record, record);
      assertEquals(
        namesIn(folder),
        [
          ".hydra",
          ...OTHER_FILES,
          "stoker.json",
        ].sort(),
      );
    }));
}

Deno.test("ResultsFolder.finish() keeps a whole journal without stoker.json", () =>
  withFolder(async (folder) => {
    const record = sampleRun();
    const results = await folderOf(folder, record);
    for (const phase of record.phases) await results.appendPhase(phase);
    await Deno.mkdir(`${folder}/stoker.json.partial`);
    const saved = await results.finish(record);
    assertEquals(saved.missing.map(({ name }) => name), ["stoker.json"]);
    assertEquals(saved.journalPhases, record.phases.length);
    assertEquals((await readResults(folder)).record.phases, record.phases);
  }));

Deno.test("a results folder that vanished is made again with every phase", () =>
  withFolder(async (folder) => {
    const record = sampleRun();
    const results = await folderOf(folder, record);
    const [first, ...rest] = record.phases;
    assertEquals(await results.appendPhase(first!), null);
    await Deno.remove(folder, { recursive: true });
    for (const phase of rest) {
      assertEquals(await results.appendPhase(phase), null);
    }
    const journal = await readResults(folder);
    assertEquals(journal.record.phases, record.phases);
    await Deno.remove(folder, { recursive: true });
    assertEquals((await results.finish(record)).missing, []);
    assertEquals((await readResults(folder)).record, record);
    assertEquals(namesIn(`${folder}/.hydra`).length, 3);
  }));

Deno.test("a phase that was refused is saved with the next one", () =>
  withFolder(async (folder) => {
    const record = sampleRun();
    const results = await folderOf(folder, record);
    const [first, second] = record.phases;
    // A file where the folder was.
    await Deno.rename(folder, `${folder}.aside`);
    await Deno.writeTextFile(folder, "");
    const problem = await results.appendPhase(first!);
    assert(problem?.includes(folder), String(problem));
    await Deno.remove(folder);
    await Deno.rename(`${folder}.aside`, folder);
    assertEquals(await results.appendPhase(second!), null);
    const saved = await readResults(folder);
    assertEquals(saved.record.phases, record.phases.slice(0, 2));
  }));

Deno.test({
  name: "a full disk costs the phases that do not fit, until it has room",
  ignore: !mayMount(),
  fn: () =>
    inMountedFolder("tmpfs", 256 * 1024, async ({ path }) => {
      const record = sampleRun();
      const results = await ResultsFolder.prepare(`${path}/run`, {
        head: record,
        context: CONTEXT,
      });
      const [first, ...rest] = record.phases;
      assertEquals(await results.appendPhase(first!), null);
      await fill(`${path}/filler`);
      // The last page of the journal may still take a little.
      let problem: string | null = null;
      for (const phase of rest) problem = await results.appendPhase(phase);
      assert(/no space left/i.test(problem ?? ""), String(problem));
      // What is on disk stays whole.
      const { phases } = (await readResults(`${path}/run`)).record;
      assertEquals(phases, record.phases.slice(0, phases.length));
      assert(phases.length < record.phases.length);
      await Deno.remove(`${path}/filler`);
      assertEquals(await results.appendPhase(first!), null);
      const after = await readResults(`${path}/run`);
      assertEquals(after.record.phases, [...record.phases, first!]);

      await fill(`${path}/filler`);
      const saved = await results.finish(record);
      assertEquals(saved.summary, summarize(record, CONTEXT));
      assertEquals(saved.missing.length, 8);
      assertEquals(saved.journalPhases, record.phases.length + 1);
      const kept = await readResults(`${path}/run`);
      assertEquals(kept.record.phases, after.record.phases);
    }),
});

Deno.test({
  name: "a results folder that turns read-only keeps what it has",
  ignore: !mayMount(),
  fn: () =>
    inMountedFolder("tmpfs", 2 ** 20, async ({ path }) => {
      const record = sampleRun();
      const results = await ResultsFolder.prepare(`${path}/run`, {
        head: record,
        context: CONTEXT,
      });
      const [first, second] = record.phases;
      assertEquals(await results.appendPhase(first!), null);
      const bind = `${path}/run`;
      mountReadOnly(bind);
      try {
        // A file that was open may still be written; new ones may not.
        assertEquals(await results.appendPhase(second!), null);
        const saved = await results.finish(record);
        assertEquals(saved.missing.length, 8);
        assert(/read-only/i.test(saved.missing[0]!.problem));
        assertEquals(saved.journalPhases, 2);
      } finally {
        new Deno.Command("umount", { args: [bind] }).outputSync();
      }
    }),
});

/** Takes all that a small file system has left. */
async function fill(path: string): Promise<void> {
  const file = await Deno.open(path, { write: true, create: true });
  try {
    for (;;) file.writeSync(new Uint8Array(4096));
  } catch {
    // Full, as was wanted.
  } finally {
    file.close();
  }
}

/** Hides a folder behind a read-only view of itself. */
function mountReadOnly(folder: string): void {
  for (
    const args of [
      ["--bind", folder, folder],
      ["-o", "remount,ro,bind", folder],
    ]
  ) {
    new Deno.Command("mount", { args }).outputSync();
  }
}

/** Whatever a run would write, somebody else may have there. */
const TAKEN_NAMES: readonly string[] = [
  ".hydra/config.yaml",
  ".hydra/overrides.yaml",
  ".hydra/hydra.yaml",
  ".hydra/config.yaml.partial",
  "stoker.json",
  "stoker.incomplete.jsonl",
  "stoker.json.partial",
  "summary.json",
  "summary.json.partial",
  "per_epoch_stats.json",
  "0_per_epoch_stats.json",
  "1_output.json",
  "17_output.json",
  "report.txt",
  "report.html",
  "dlio.log",
  "dlio.log.partial",
];

Deno.test("await ResultsFolder.prepare() refuses each file that it would write and leaves it", () =>
  withFolder(async (folder) => {
    for (const name of TAKEN_NAMES) {
      const path = `${folder}/${name}`;
      await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), {
        recursive: true,
      });
      await Deno.writeTextFile(path, "mine");
      const head = sampleRun();
      await assertRejects(
        () => ResultsFolder.prepare(folder, { head, context: CONTEXT }),
        StorageError,
        `("${name}")`,
      );
      assertEquals(await Deno.readTextFile(path), "mine", name);
      await Deno.remove(folder, { recursive: true });
    }
  }));

Deno.test("await ResultsFolder.prepare() refuses a link to nowhere of such a name", () =>
  withFolder(async (folder) => {
    await Deno.mkdir(`${folder}/.hydra`, { recursive: true });
    await Deno.symlink("/nowhere", `${folder}/.hydra/config.yaml`);
    const head = sampleRun();
    await assertRejects(
      () => ResultsFolder.prepare(folder, { head, context: CONTEXT }),
      StorageError,
      "config.yaml",
    );
  }));

Deno.test("ResultsFolder takes a path through a folder that is not there", () =>
  withFolder(async (folder) => {
    await saveSample(`${folder}/nx/../out`);
    assertEquals(namesIn(folder), ["out"]);
    assert(namesIn(`${folder}/out`).includes("stoker.json"));
    assert(!namesIn(`${folder}/out`).includes(JOURNAL));
  }));

Deno.test("a run with checkpoint.scale leaves none of DLIO's files", () =>
  withFolder(async (folder) => {
    const record = sampleRun();
    const results = await ResultsFolder.prepare(folder, {
      head: record,
      context: { ...CONTEXT, checkpointScale: 1e-4 },
    });
    for (const phase of record.phases) await results.appendPhase(phase);
    const { missing } = await results.finish(record, {
      "report.txt": "report\n",
    });
    assertEquals(missing, []);
    assertEquals(namesIn(folder), ["report.txt", "stoker.json"]);
  }));

Deno.test("a run with checkpoint.scale that measured nothing gives its folder back", () =>
  withFolder(async (folder) => {
    const results = await ResultsFolder.prepare(folder, {
      head: sampleRun(),
      context: { ...CONTEXT, checkpointScale: 0.5 },
    });
    await results.discard();
    await assertRejects(() => Deno.stat(folder), Deno.errors.NotFound);
  }));
