/** Tests of lib/engine/run/check_room.ts and the needs that it compares. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { solo } from "../../../lib/cluster/cluster.ts";
import { checkRoom } from "../../../lib/engine/run/check_room.ts";
import { prepareRun } from "../../../lib/engine/run/prepare_run.ts";
import { ConfigError } from "../../../lib/errors.ts";
import { inTempFolder, smallWorkload } from "../engine_fixture.ts";

const GIB = 2 ** 30;

function roomOf(memoryBytes: number) {
  const limit = (value: number) => ({ value, source: "this host" });
  return {
    memoryBytes: limit(memoryBytes),
    memoryFreeBytes: limit(memoryBytes),
    cpuCount: limit(2),
    threadsFree: null,
  };
}

async function check(
  folder: string,
  have: { memoryBytes?: number; bytes?: number; files?: number },
  words: readonly string[] = [],
): Promise<string[]> {
  const { signal } = new AbortController();
  await using run = await prepareRun(smallWorkload(folder, words), {
    accelerators: 2,
    cluster: solo,
    randomSeed: 0,
    signal,
  });
  const warnings: string[] = [];
  await checkRoom(run, {
    signal,
    onWarning: (text) => warnings.push(text),
    hostRoom: () => roomOf(have.memoryBytes ?? 8 * GIB),
    freeSpace: () => ({
      path: "/",
      bytes: have.bytes ?? GIB,
      files: have.files ?? null,
      deviceNumber: 1,
    }),
  });
  return warnings;
}

const refusal = (
  folder: string,
  have: Parameters<typeof check>[1],
  words: readonly string[] = [],
) => assertRejects(() => check(folder, have, words), ConfigError);

Deno.test("checkRoom() lets a run begin that fits", () =>
  inTempFolder(async (folder) => {
    assertEquals(await check(folder, {}), []);
  }));

Deno.test("checkRoom() refuses a run that memory cannot hold", () =>
  inTempFolder(async (folder) => {
    const error = await refusal(folder, { memoryBytes: 2 ** 20 });
    assert(error.message.includes("memory must hold it"), error.message);
  }));

Deno.test("checkRoom() refuses a dataset that does not fit, all at once", () =>
  inTempFolder(async (folder) => {
    const error = await refusal(folder, {
      memoryBytes: 2 ** 20,
      bytes: 100,
      files: 1,
    });
    assertEquals(error.problems.length, 3);
    assert(
      error.problems[1]?.includes("100.00 B are free") ||
        error.problems[1]?.includes("are free"),
      error.message,
    );
    assert(error.problems[2]?.includes("(inodes)"), error.message);
  }));

Deno.test("checkRoom() counts files that are there as no need", () =>
  inTempFolder(async (folder) => {
    const words = ["dataset.format=npy", "workflow.evaluation=false"];
    await refusal(folder, { bytes: 100 }, words);
    const { signal } = new AbortController();
    await using run = await prepareRun(smallWorkload(folder, words), {
      accelerators: 2,
      cluster: solo,
      randomSeed: 0,
      signal,
    });
    const { DatasetFiles } = await import(
      "../../../lib/engine/plan/dataset_files.ts"
    );
    const { dataset, splits } = run.dataset;
    const files = new DatasetFiles(dataset, splits, run.format);
    const count = splits.reduce((sum, split) => sum + split.fileCount, 0);
    for (let i = 0; i < count; i++) {
      const path = run.storage.hostPath!(files.path(i));
      await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), {
        recursive: true,
      });
      await Deno.writeFile(path, new Uint8Array(files.bytes(i)!));
    }
    assertEquals(await check(folder, { bytes: 100 }, words), []);
  }));

Deno.test("checkRoom() adds checkpoints that are kept at the same time", () =>
  inTempFolder(async (folder) => {
    const words = [
      "workflow.generate_data=false",
      "workflow.train=false",
      "workflow.evaluation=false",
      "workflow.checkpoint=true",
      "model.model_size_bytes=1000000",
      "checkpoint.num_checkpoints_write=10",
    ];
    const error = await refusal(folder, { bytes: 2_000_000 }, words);
    assert(error.message.includes("the checkpoints"), error.message);
    assertEquals(await check(folder, { bytes: 20_000_000 }, words), []);
  }));
