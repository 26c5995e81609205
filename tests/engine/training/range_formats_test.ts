import {
  assert,
  assertEquals,
  assertGreater,
  assertStringIncludes,
} from "@std/assert";
import { inTempFolder, runSmall, smallWorkload } from "../engine_fixture.ts";

/** Sum of bytes and files of the last epoch, and its error. */
async function lastEpoch(folder: string, overrides: readonly string[]) {
  const workload = smallWorkload(folder, [
    "dataset.num_samples_per_file=10",
    "reader.batch_size=4",
    ...overrides,
  ]);
  const { phases, error } = await runSmall(workload);
  assertEquals(error, null);
  const epoch = phases.at(-1);
  assert(epoch !== undefined);
  return epoch;
}

async function folderBytes(folder: string): Promise<number> {
  let bytes = 0;
  for await (const entry of Deno.readDir(folder)) {
    if (entry.name.endsWith(".idx")) continue;
    bytes += (await Deno.stat(`${folder}/${entry.name}`)).size;
  }
  return bytes;
}

for (const readThreads of [0, 1, 3]) {
  Deno.test(`tfrecord is streamed once per epoch by ${readThreads} readers`, async () => {
    await inTempFolder(async (folder) => {
      const epoch = await lastEpoch(folder, [
        "dataset.format=tfrecord",
        `reader.read_threads=${readThreads}`,
      ]);
      const total = await folderBytes(`${folder}/train`);
      // Each opened file costs a few bytes more for its first header.
      const surplus = epoch.bytesRequested - total;
      assert(surplus >= 0 && surplus < total / 20, `${surplus} of ${total}`);
    });
  });
}

for (const readThreads of [0, 1, 3, 5]) {
  for (const shuffle of ["off", "seed"]) {
    Deno.test(`every shard is read once per epoch, front to back, by ${readThreads} readers, sample shuffle ${shuffle}`, async () => {
      await inTempFolder(async (folder) => {
        const epoch = await lastEpoch(folder, [
          "dataset.format=webdataset",
          "dataset.num_samples_per_file=12",
          `reader.read_threads=${readThreads}`,
          `reader.sample_shuffle=${shuffle}`,
          "reader.transfer_size=8192",
        ]);
        const total = await folderBytes(`${folder}/train`);
        // Headers of new shards are read to know what they are.
        const headers = (epoch.bytesRequested - total) / 512;
        assert([...Array(13).keys()].includes(headers), `${headers} headers`);
      });
    });
  }
}

for (const format of ["indexed_binary", "mmap_indexed_binary"]) {
  Deno.test(`${format} reads at least every sample's bytes, in shuffled order`, async () => {
    await inTempFolder(async (folder) => {
      const epoch = await lastEpoch(folder, [`dataset.format=${format}`]);
      assertGreater(epoch.bytesRequested, 12 * 10 * 4096 - 1);
    });
  });
}

const PARQUET = [
  "dataset.format=parquet",
  "dataset.num_samples_per_file=64",
  "dataset.parquet.row_group_size=8",
  "reader.batch_size=24",
  "reader.read_threads=1",
];

Deno.test("parquet reads each row group once, in batches that span them", async () => {
  await inTempFolder(async (folder) => {
    const epoch = await lastEpoch(folder, PARQUET);
    const total = await folderBytes(`${folder}/train`);
    assert(epoch.bytesRequested <= total * 1.02);
    assert(epoch.bytesRequested >= total * 0.9);
  });
});

Deno.test("parquet is decoded when asked", async () => {
  await inTempFolder(async (folder) => {
    const plain = await lastEpoch(folder, PARQUET);
    const decoded = await lastEpoch(folder, [
      ...PARQUET,
      "dataset.parquet.decode=true",
    ]);
    assert(decoded.bytesRequested >= plain.bytesRequested);
  });
});

for (const readThreads of [0, 1]) {
  Deno.test(`megatron reads each sample's tokens once per epoch over several files, by ${readThreads} readers`, async () => {
    await inTempFolder(async (folder) => {
      const epoch = await lastEpoch(folder, [
        "dataset.format=megatron",
        "dataset.num_files_train=3",
        "dataset.record_dims=[64]",
        "dataset.record_element_type=int32",
        "dataset.megatron.document_length=20",
        "reader.batch_size=5",
        `reader.read_threads=${readThreads}`,
      ]);
      // Files stay open and their index files known from the first epoch on.
      assertEquals(epoch.bytesRequested, 3 * 10 * 65 * 4);
    });
  });
}

Deno.test("megatron without its index file is an error that names that", async () => {
  await inTempFolder(async (folder) => {
    const settings = ["dataset.format=megatron", "dataset.record_dims=[64]"];
    const made = await runSmall(smallWorkload(folder, [
      ...settings,
      "workflow.train=false",
    ]));
    assertEquals(made.error, null);
    await Deno.remove(`${folder}/train/img_03_of_12.idx`);
    const { error } = await runSmall(smallWorkload(folder, [
      ...settings,
      "workflow.generate_data=false",
    ])).catch((error: Error) => ({ error }));
    assertStringIncludes(error?.message ?? "", "train/img_03_of_12.idx");
    // As that says, generating writes what is missing.
    const again = await runSmall(smallWorkload(folder, settings));
    assertEquals(again.error, null);
  });
});

for (const isBroadcast of [false, true]) {
  const share = isBroadcast ? "all tensors" : "its half of the tensors";
  Deno.test(`safetensors: each of two accelerators reads ${share}`, async () => {
    await inTempFolder(async (folder) => {
      const workload = smallWorkload(folder, [
        "dataset.format=safetensors",
        "dataset.num_files_train=4",
        "dataset.num_samples_per_file=10",
        "reader.batch_size=1",
        "reader.read_threads=1",
        "reader.file_shuffle=off",
        `reader.broadcast=${isBroadcast}`,
      ]);
      const { phases, error } = await runSmall(workload, { accelerators: 2 });
      assertEquals(error, null);
      const epoch = phases.at(-1);
      assert(epoch !== undefined);
      const bytes = 4 * 10 * 4096 * (isBroadcast ? 2 : 1);
      // Indexes are known from the first epoch on.
      assertEquals(epoch.bytesRequested, bytes);
      const steps = epoch.ranks.map(({ stepCount }) => stepCount);
      assertEquals(steps, isBroadcast ? [40, 40] : [20, 20]);
    });
  });
}

Deno.test("a broadcast epoch has as many steps whatever the accelerators", async () => {
  await inTempFolder(async (folder) => {
    // Divided by 8 there would be no step.
    const { phases, error } = await runSmall(
      smallWorkload(folder, [
        "dataset.num_files_train=4",
        "reader.batch_size=4",
        "reader.broadcast=true",
      ]),
      { accelerators: 8 },
    );
    assertEquals(error, null);
    assertEquals(
      phases.at(-1)?.ranks.map(({ stepCount }) => stepCount),
      Array(8).fill(1),
    );
  });
});
