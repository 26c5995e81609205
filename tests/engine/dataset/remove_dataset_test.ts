/** Tests of lib/engine/dataset/remove_dataset.ts. */
import { assertEquals, assertRejects } from "@std/assert";
import { generateDataset } from "../../../lib/engine/dataset/generate_dataset.ts";
import { removeDataset } from "../../../lib/engine/dataset/remove_dataset.ts";
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
