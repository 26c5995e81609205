import { assertEquals, assertRejects } from "@std/assert";
import { ConfigError, DatasetError } from "../../../lib/errors.ts";
import { formatOf } from "../../../lib/engine/plan/format_of.ts";
import { generateDataset } from "../../../lib/engine/dataset/generate_dataset.ts";
import { verifyDataset } from "../../../lib/engine/dataset/verify_dataset.ts";
import {
  hashesOf,
  inTempFolder,
  prepareSmall,
  quietHooks,
  runSmall,
  smallWorkload,
} from "../engine_fixture.ts";

const EXAMPLE =
  new URL("../../formats/example_format.ts", import.meta.url).href;

function stridedWorkload(folder: string, overrides: readonly string[] = []) {
  return smallWorkload(folder, [
    `dataset.format_module=${EXAMPLE}`,
    "dataset.num_samples_per_file=10",
    ...overrides,
  ]);
}

const GENERATING = { threads: 1, force: false, stokerVersion: "0.0.0" };

for (const readThreads of [0, 2]) {
  Deno.test(`a format of the user's own is generated and read by ${readThreads} readers`, async () => {
    await inTempFolder(async (folder) => {
      const workload = stridedWorkload(folder, [
        `reader.read_threads=${readThreads}`,
      ]);
      const { phases, error } = await runSmall(workload);
      assertEquals(error, null);
      const names = Object.keys(await hashesOf(folder)).sort();
      assertEquals(names.length, 16);
      assertEquals(names[0], "train/img_00_of_12.strided");
      // Every sample once, in the first epoch a header of 64 bytes for each opened file.
      const bytes = phases[1]?.bytesRequested ?? 0;
      const headerBytes = bytes - 12 * 10 * 4096;
      assertEquals(headerBytes % 64, 0);
      assertEquals(headerBytes >= 12 * 64, true);
    });
  });
}

Deno.test("a format of the user's own is verified", async () => {
  await inTempFolder(async (folder) => {
    await using run = await prepareSmall(stridedWorkload(folder));
    await generateDataset(run, quietHooks(), GENERATING);
    const path = `${folder}/train/img_05_of_12.strided`;
    const bytes = await Deno.readFile(path);
    bytes[5000]! ^= 1;
    await Deno.writeFile(path, bytes);
    const { damages, checkedFiles } = await verifyDataset(
      run,
      quietHooks(),
      { threads: 2, sampleCount: null },
    );
    assertEquals(checkedFiles, 16);
    assertEquals(damages.map(({ path, offset }) => [path, offset]), [
      [path, 5000],
    ]);
  });
});

Deno.test("a manifest knows a format of the user's own by its name", async () => {
  await inTempFolder(async (folder) => {
    await using run = await prepareSmall(stridedWorkload(folder));
    assertEquals(run.dataset.dataset.format, "strided");
    await generateDataset(run, quietHooks(), GENERATING);
    const text = await Deno.readTextFile(`${folder}/.stoker/manifest.json`);
    assertEquals(JSON.parse(text).dataset.format, "strided");
    assertEquals(text.includes("example_format"), false);
    // Who replaces it cannot know its names without its module.
    await using other = await prepareSmall(smallWorkload(folder));
    await assertRejects(
      () =>
        generateDataset(other, quietHooks(), { ...GENERATING, force: true }),
      DatasetError,
      'it is "strided"; remove the folder by hand',
    );
  });
});

Deno.test("damage in a format of the user's own ends training with its place", async () => {
  await inTempFolder(async (folder) => {
    const workload = stridedWorkload(folder);
    await using run = await prepareSmall(workload);
    await generateDataset(run, quietHooks(), GENERATING);
    const path = `${folder}/train/img_05_of_12.strided`;
    const bytes = await Deno.readFile(path);
    bytes[0]! ^= 1;
    await Deno.writeFile(path, bytes);
    const { error } = await runSmall({
      ...workload,
      workflow: { ...workload.workflow, generate_data: false },
    });
    const told =
      `Cannot use "${path}" at byte 0: a strided file must begin with`;
    assertEquals(error?.message.startsWith(told), true, error?.message);
  });
});

Deno.test("formatOf() refuses a name without a module", async () => {
  await assertRejects(
    () => formatOf({ format: "strided" }),
    ConfigError,
    "Cannot use dataset.format = strided: this build has tfrecord",
  );
});
