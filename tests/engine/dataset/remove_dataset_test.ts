/** Tests of lib/engine/dataset/remove_dataset.ts. */
import { assertEquals, assertRejects } from "@std/assert";
import { generateDataset } from "../../../lib/engine/dataset/generate_dataset.ts";
import { removeDataset } from "../../../lib/engine/dataset/remove_dataset.ts";
import { verifyDataset } from "../../../lib/engine/dataset/verify_dataset.ts";
import { InterruptedError } from "../../../lib/errors.ts";
import {
  hashesOf,
  inTempFolder,
  prepareSmall,
  quietHooks,
  smallWorkload,
} from "../engine_fixture.ts";

const GENERATING = { threads: 2, force: false, stokerVersion: "0.0.0" };

Deno.test("removeDataset() stops at an abort, and goes on when it is called again", async () => {
  await inTempFolder(async (folder) => {
    await using run = await prepareSmall(smallWorkload(folder));
    await generateDataset(run, quietHooks(), GENERATING);
    const stop = new AbortController();
    let removed = 0;
    const remove = run.storage.remove.bind(run.storage);
    run.storage.remove = async (path) => {
      if (++removed === 5) stop.abort(new InterruptedError("Ctrl-C"));
      await remove(path);
    };
    await assertRejects(
      () => removeDataset(run, stop.signal),
      InterruptedError,
      "Ctrl-C",
    );
    assertEquals(removed, 5);
    assertEquals(Object.keys(await hashesOf(folder)).length, 11);
    assertEquals(await removeDataset(run, quietHooks().signal), 16);
    assertEquals(await hashesOf(folder), {});
    // Nothing is listed any more.
    assertEquals(await removeDataset(run, quietHooks().signal), 0);
  });
});

Deno.test("the files that a split has once are generated, verified and removed with it", async () => {
  await inTempFolder(async (folder) => {
    const workload = smallWorkload(folder, [
      "dataset.format=mds",
      "dataset.num_subfolders_train=2",
    ]);
    await using run = await prepareSmall(workload);
    await generateDataset(run, quietHooks(), GENERATING);
    const path = `${folder}/train/index.json`;
    const { shards } = JSON.parse(await Deno.readTextFile(path));
    assertEquals(shards.length, workload.dataset.num_files_train);
    for (const { raw_data } of shards) {
      const { size } = await Deno.stat(`${folder}/train/${raw_data.basename}`);
      assertEquals(size, raw_data.bytes);
    }
    const verify = async (words: readonly string[]) => {
      const part = smallWorkload(folder, [
        "dataset.format=mds",
        "dataset.num_subfolders_train=2",
        ...words,
      ]);
      await using run = await prepareSmall(part);
      const options = { threads: 1, sampleCount: null };
      return (await verifyDataset(run, quietHooks(), options)).damages
        .map(({ path, kind }) => [path.slice(folder.length), kind]);
    };
    assertEquals(await verify([]), []);
    // A part of the dataset has the index of the whole.
    assertEquals(await verify(["dataset.num_files_train=3"]), []);
    await Deno.writeTextFile(path, "{}");
    assertEquals(await verify([]), [["/train/index.json", "different"]]);
    await removeDataset(run, quietHooks().signal);
    assertEquals(await hashesOf(folder), {});
  });
});
