import { assertEquals, assertRejects } from "@std/assert";
import { DatasetError, FormatError } from "../../../lib/errors.ts";
import { generateDataset } from "../../../lib/engine/dataset/generate_dataset.ts";
import { removeDataset } from "../../../lib/engine/dataset/remove_dataset.ts";
import { verifyDataset } from "../../../lib/engine/dataset/verify_dataset.ts";
import {
  hashesOf,
  inTempFolder,
  prepareSmall,
  quietHooks,
  runSmall,
  smallWorkload,
} from "../engine_fixture.ts";

function partitioned(folder: string, overrides: readonly string[] = []) {
  return smallWorkload(folder, [
    "dataset.format=parquet",
    "dataset.num_samples_per_file=16",
    "dataset.parquet.columns=[{name: x, dtype: int32}, {name: day, dtype: bool}]",
    "dataset.parquet.partition_by=day",
    ...overrides,
  ]);
}

const GENERATING = { threads: 2, force: false, stokerVersion: "0.0.0" };

Deno.test("partitions are folders that training reads from", async () => {
  await inTempFolder(async (folder) => {
    const workload = partitioned(folder, ["dataset.num_subfolders_train=3"]);
    const { phases, error } = await runSmall(workload);
    assertEquals(error, null);
    assertEquals(phases.length, 3);
    const paths = Object.keys(await hashesOf(folder)).sort();
    assertEquals(paths.length, 16);
    assertEquals(paths.slice(0, 3), [
      "train/0/day=false/img_00_of_12.parquet",
      "train/0/day=false/img_06_of_12.parquet",
      "train/0/day=true/img_03_of_12.parquet",
    ]);
    assertEquals(paths.at(-1), "valid/day=true/img_3_of_4.parquet");
  });
});

Deno.test("partitions are verified and removed", async () => {
  await inTempFolder(async (folder) => {
    await using run = await prepareSmall(partitioned(folder));
    await generateDataset(run, quietHooks(), GENERATING);
    const { damages, checkedFiles } = await verifyDataset(
      run,
      quietHooks(),
      { threads: 1, sampleCount: null },
    );
    assertEquals([checkedFiles, damages], [16, []]);
    assertEquals(await removeDataset(run, quietHooks().signal), 16);
    assertEquals(await hashesOf(folder), {});
  });
});

Deno.test("partitions of another's are read, whatever the names", async () => {
  await inTempFolder(async (folder) => {
    const workload = partitioned(folder);
    await using run = await prepareSmall(workload);
    await generateDataset(run, quietHooks(), GENERATING);
    await Deno.remove(`${folder}/.stoker`, { recursive: true });
    const training = { ...workload.workflow, generate_data: false };
    const fewer = { ...workload.dataset, num_files_train: 8 };
    const { error } = await runSmall({
      ...workload,
      workflow: training,
      dataset: fewer,
    });
    assertEquals(error, null);
    // Names of somebody else are taken as they are, below any folder.
    for (const path of Object.keys(await hashesOf(folder))) {
      await Deno.rename(
        `${folder}/${path}`,
        `${folder}/${path.replace("img_", "part-")}`,
      );
    }
    const renamed = await runSmall({
      ...workload,
      workflow: training,
      dataset: fewer,
    });
    assertEquals(renamed.error, null);
    const parquet = { ...fewer.parquet, partition_by: null };
    // Said before the run, when the first files are opened.
    await assertRejects(
      () =>
        runSmall({
          ...workload,
          workflow: training,
          dataset: { ...fewer, parquet },
        }),
      FormatError,
      "day",
    );
  });
});

Deno.test("a dataset without partitions does not fit one with", async () => {
  await inTempFolder(async (folder) => {
    await using run = await prepareSmall(partitioned(folder));
    await generateDataset(run, quietHooks(), GENERATING);
    await using plain = await prepareSmall(
      partitioned(folder, ["dataset.parquet.partition_by=null"]),
    );
    await assertRejects(
      () => generateDataset(plain, quietHooks(), GENERATING),
      DatasetError,
      'dataset.parquet.partitionBy is "day" there, null here',
    );
    // The old files are those of the old names.
    await generateDataset(plain, quietHooks(), { ...GENERATING, force: true });
    const paths = Object.keys(await hashesOf(folder));
    assertEquals(paths.length, 16);
    assertEquals(paths.some((path) => path.includes("=")), false);
  });
});
