import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import {
  differences,
  identityOf,
  type Manifest,
  manifestPath,
  manifestSplits,
  readManifest,
  writeManifest,
} from "../../../lib/engine/dataset/manifest.ts";
import { DatasetError } from "../../../lib/errors.ts";
import { DatasetFiles } from "../../../lib/engine/plan/dataset_files.ts";
import { npz } from "../../../lib/formats/npz.ts";
import {
  type TemporaryStorage,
  temporaryStorage,
} from "../../storage/temporary_storage.ts";
import { describeWorkload, workloadOf } from "../workload_of.ts";

function identity(...words: string[]) {
  const workload = workloadOf(...words);
  const { dataset } = describeWorkload(workload);
  return identityOf(dataset, workload.dataset.file_prefix);
}

const CONTENT: Omit<Manifest, "stoker_manifest"> = {
  stoker_version: "0.1.0",
  complete: true,
  dataset: identity(),
  train: { file_count: 64, subfolder_count: 2 },
  valid: { file_count: 8, subfolder_count: 0 },
};

async function withStorage(
  body: (temporary: TemporaryStorage) => Promise<void>,
): Promise<void> {
  const temporary = await temporaryStorage();
  try {
    await body(temporary);
  } finally {
    await temporary.dispose();
  }
}

Deno.test("a manifest reads back as it was written", () =>
  withStorage(async ({ storage, root }) => {
    await writeManifest(storage, "data", CONTENT);
    const manifest = await readManifest(storage, "data");
    assertEquals(manifest, { stoker_manifest: 1, ...CONTENT });
    // People look at it: lines, not one.
    const text = Deno.readTextFileSync(`${root}/data/.stoker/manifest.json`);
    assert(text.split("\n").length > 20);
    assertEquals(differences(manifest?.dataset ?? identity(), identity()), []);
  }));

Deno.test("a folder without manifest has none", () =>
  withStorage(async ({ storage }) => {
    assertEquals(await readManifest(storage, "data"), null);
  }));

Deno.test("the old manifest stays until the new one is whole", () =>
  withStorage(async ({ storage, root }) => {
    await writeManifest(storage, "data", { ...CONTENT, complete: false });
    await writeManifest(storage, "data", CONTENT);
    assertEquals((await readManifest(storage, "data"))?.complete, true);
    const names = [...Deno.readDirSync(`${root}/data/.stoker`)];
    assertEquals(names.map(({ name }) => name), ["manifest.json"]);
  }));

Deno.test("what is no JSON or no manifest is refused by name", () =>
  withStorage(async ({ storage, root }) => {
    const whole = { stoker_manifest: 1, ...CONTENT };
    const { complete: _complete, ...undecided } = whole;
    const texts = [
      "",
      '{"stoker_manifest": 1, "dat',
      "null",
      "[]",
      "7",
      "{}",
      JSON.stringify({ ...whole, stoker_manifest: 2 }),
      JSON.stringify({ ...whole, dataset: null }),
      JSON.stringify({ ...whole, dataset: [] }),
      JSON.stringify({ ...whole, train: undefined }),
      JSON.stringify({ ...whole, valid: { file_count: "8" } }),
      JSON.stringify({ ...whole, train: { ...CONTENT.train, file_count: -1 } }),
      JSON.stringify({ ...whole, complete: "false" }),
      JSON.stringify(undecided),
    ];
    Deno.mkdirSync(`${root}/data/.stoker`, { recursive: true });
    for (const text of texts) {
      Deno.writeTextFileSync(`${root}/data/.stoker/manifest.json`, text);
      const error = await assertRejects(
        () => readManifest(storage, "data"),
        DatasetError,
      );
      assertStringIncludes(error.message, manifestPath("data"), text);
    }
  }));

Deno.test("differences() names each setting with both values", () => {
  const there = identity(
    "dataset.seed=10",
    "dataset.num_samples_per_file=4",
    "dataset.record_length_bytes=1000",
    "dataset.hdf5.chunk_dims=[4,4]",
  );
  const here = identity(
    "dataset.seed=11",
    "dataset.file_prefix=scan",
    "dataset.record_length_bytes=1000",
    "dataset.num_samples_per_file=4",
  );
  assertEquals(differences(there, here), [
    "dataset.seed is 10 there, 11 here",
    'dataset.file_prefix is "img" there, "scan" here',
    "dataset.hdf5.chunkDims is [4,4] there, [] here",
  ]);
});

Deno.test("differences() takes a manifest that lacks or has more settings", () => {
  const { seed: _seed, ...lacking } = identity();
  const there = { ...lacking, later_setting: 1 } as unknown as Manifest[
    "dataset"
  ];
  assertEquals(differences(there, identity()), [
    "dataset.later_setting is 1 there, absent here",
    "dataset.seed is absent there, 10 here",
  ]);
});

Deno.test("differences() shortens what would fill the screen", () => {
  const dims = Array.from({ length: 50 }, (_, i) => i + 1);
  const [text = ""] = differences(
    { ...identity(), record_dims: dims },
    identity(),
  );
  assert(text.length < 120, text);
  assertStringIncludes(text, "...");
});

Deno.test("every setting that changes bytes or names is in the identity", () => {
  for (
    const word of [
      "dataset.format=npy",
      "dataset.seed=99",
      "dataset.file_prefix=x",
      "dataset.num_samples_per_file=2",
      "dataset.record_element_type=int16",
      "dataset.record_length_bytes=77",
      "dataset.record_length_bytes_stdev=77",
      "dataset.record_dims=[8,8]",
      "dataset.dedupe_ratio=2",
      "dataset.compress_ratio=2",
      "dataset.hdf5.max_shape=[9,9]",
      "dataset.parquet.row_group_size=7",
    ]
  ) {
    assert(differences(identity(), identity(word)).length > 0, word);
  }
});

Deno.test("settings that change no byte are not in the identity", () => {
  for (
    const word of [
      "reader.batch_size=2",
      "reader.read_threads=3",
      "train.seed=4",
      "dataset.record_length_bytes_resize=100",
      "dataset.compression_level=9",
      "dataset.num_files_train=4",
    ]
  ) assertEquals(differences(identity(), identity(word)), [], word);
  // record_dims replace the length.
  const dims = "dataset.record_dims=[8,8]";
  assertEquals(
    differences(
      identity(dims),
      identity(dims, "dataset.record_length_bytes=9"),
    ),
    [],
  );
});

Deno.test("which Parquet columns are read is no part of the identity", () => {
  const columnsWith = (read: boolean) =>
    identity(
      `dataset.parquet.columns=[{name: a, dtype: int8, size: 1, read: true}, ` +
        `{name: b, dtype: int8, size: 1, read: ${read}}]`,
    );
  assertEquals(columnsWith(true).parquet.columns.length, 2);
  assertEquals(differences(columnsWith(true), columnsWith(false)), []);
});

Deno.test("manifestSplits() lists exactly the files that were made", () => {
  const manifest: Manifest = { stoker_manifest: 1, ...CONTENT };
  const splits = manifestSplits(manifest, npz, "data");
  const { dataset } = describeWorkload(workloadOf());
  const files = new DatasetFiles(dataset, splits, npz);
  assertEquals(files.relativePath(3), "train/1/img_03_of_64.npz");
  assertEquals(files.relativePath(64), "valid/img_0_of_8.npz");
  assertEquals(files.relativePath(71), "valid/img_7_of_8.npz");
});
