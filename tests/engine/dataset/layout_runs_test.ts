/**
 * Whole runs over datasets of other layouts, on every kind of storage: as many
 * bytes are read as the files have that were found, and nothing is written.
 */
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { DatasetError } from "../../../lib/errors.ts";
import { connectStorage } from "../../../lib/engine/plan/connect_storage.ts";
import { storageSettings } from "../../../lib/engine/plan/describe_dataset.ts";
import { locateDataset } from "../../../lib/engine/dataset/locate_dataset.ts";
import type { Storage } from "../../../lib/storage/storage.ts";
import { startS3rver } from "../../storage/s3/s3rver_server.ts";
import { hashesOf, inTempFolder, runSmall } from "../engine_fixture.ts";
import { totalOf } from "../s3_workload.ts";
import type { Layout } from "./layouts.ts";
import { LAYOUTS } from "./layouts.ts";
import { bytesOf, layoutWorkload, putFiles } from "./located_files.ts";
import { judgedParts } from "../../../lib/config/judged_parts.ts";

/** Layouts whose files are read whole, whatever they contain. */
const WHOLE: readonly Layout[] = LAYOUTS.filter(({ words = [] }) =>
  !words.some((word) => /format=(parquet|tfrecord)/.test(word))
);

const QUICK = ["train.computation_time=0", "reader.read_threads=1"];

/** Runs a layout that is there, and compares what was read. */
async function runLayout(
  folder: string,
  layout: Layout,
  words: readonly string[],
): Promise<void> {
  const workload = layoutWorkload(folder, layout, [...QUICK, ...words]);
  const signal = new AbortController().signal;
  const located = await locateDataset(workload, {
    accelerators: 1,
    judged: judgedParts(workload, "run"),
    signal,
  });
  const { phases, error } = await runSmall(located.workload, {
    found: located.found,
  });
  assertEquals(error, null, layout.name);
  const bytesIn = (files: readonly string[] = []) =>
    files.reduce((sum, file) => sum + bytesOf(layout.files.indexOf(file)), 0);
  const readBy = (kind: string) =>
    totalOf(phases.find((phase) => phase.kind === kind), "bytes");
  assertEquals(readBy("train"), bytesIn(layout.train), layout.name);
  assertEquals(readBy("eval"), bytesIn(layout.valid), layout.name);
}

for (
  const [name, words] of [
    ["local files", []],
    ["O_DIRECT", ["reader.odirect=true"]],
  ] as const
) {
  Deno.test(`runs read the files that were found, and write nothing: ${name}`, async () => {
    for (const layout of WHOLE) {
      await inTempFolder(async (folder) => {
        const storage = await connectStorage({
          kind: "local_fs",
          root: "",
          options: {},
        });
        await putFiles(storage, folder, layout.files);
        const before = await hashesOf(folder);
        await runLayout(folder, layout, words);
        assertEquals(await hashesOf(folder), before, layout.name);
        assertEquals(
          [...Deno.readDirSync(folder)].some(({ name }) => name === ".stoker"),
          false,
        );
      });
    }
  });
}

/** Does something with a bucket. */
async function withBucket(
  act: (words: readonly string[], storage: Storage) => Promise<void>,
): Promise<void> {
  const server = await startS3rver();
  const options = "storage.storage_options";
  const words = [
    "storage.storage_type=s3",
    `storage.storage_root=${server.bucket}`,
    `${options}.endpoint_url=${server.endpoint}`,
    `${options}.access_key_id=${server.accessKeyId}`,
    `${options}.secret_access_key=${server.secretAccessKey}`,
  ];
  try {
    const workload = layoutWorkload("any", {}, words);
    const storage = await connectStorage(storageSettings(workload));
    await act(words, storage);
    storage.close?.();
  } finally {
    await server.stop();
  }
}

/**
 * A hidden object in each folder without a file: s3rver does not list a prefix below which
 * all keys have another prefix, as S3 does.
 */
function keepersOf(files: readonly string[]): string[] {
  const folders = files.flatMap((file) => {
    const names = file.split("/").slice(0, -1);
    return names.map((_, index) => names.slice(0, index + 1).join("/"));
  });
  const parents = new Set(files.map((file) => file.replace(/\/[^/]*$/, "")));
  return [...new Set(folders)].filter((folder) => !parents.has(folder))
    .map((folder) => `${folder}/.keep`);
}

/** No folder of more than 2 files: s3rver fails at the tokens of pages. */
const OBJECTS = [
  "Train in another case, class folders as ImageNet",
  "COCO, with folders beside",
  "several folders of one split, as LibriSpeech",
  "compressed CSV",
  "class folders without splits",
  "training files beside a folder of tests",
  "DLIO's old name of the setting",
];

Deno.test({
  name: "runs read the files that were found: objects on S3",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: () =>
    withBucket(async (words, storage) => {
      for (const [index, name] of OBJECTS.entries()) {
        const layout = LAYOUTS.find((each) => each.name === name);
        if (layout === undefined) throw new Error(name);
        await putFiles(storage, `set${index}`, layout.files);
        await putFiles(storage, `set${index}`, keepersOf(layout.files));
        await runLayout(`set${index}`, layout, words);
      }
      const uris = "dataset.files_train=s3://%/set3/train/a.csv.gz";
      const [, root = ""] = words;
      const bucket = root.replace(/.*=/, "");
      await runLayout("set3", {
        name: "a URI",
        files: ["train/a.csv.gz"],
        train: ["train/a.csv.gz"],
        words: ["dataset.format=csv", uris.replace("%", bucket)],
      }, words);
    }),
});

/** What would change data → what is said. */
const CHANGES: readonly (readonly [string, string, string, boolean])[] = [
  ["generating", "workflow.generate_data=true", "Cannot generate into", false],
  ["--force", "workflow.generate_data=true", "nor with --force", true],
  ["keep_files=false", "dataset.keep_files=false", "Cannot delete", false],
];

/** Kinds of foreign folders. */
const FOREIGN: readonly (readonly string[])[] = [
  ["train/a.npz"],
  ["train/labels.txt"],
  ["a.JPG"],
  ["cat/1.jpg", "dog/2.jpg"],
  ["data/train-00000-of-00001.parquet"],
];

for (const [name, word, said, force] of CHANGES) {
  Deno.test(`data of others is never changed: ${name} is refused`, async () => {
    const numbers = ["dataset.num_files_train=1", ...QUICK];
    for (const files of FOREIGN) {
      await inTempFolder(async (folder) => {
        const storage = await connectStorage({
          kind: "local_fs",
          root: "",
          options: {},
        });
        await putFiles(storage, folder, files);
        const before = await hashesOf(folder);
        const error = await assertRejects(
          () =>
            runSmall(layoutWorkload(folder, {}, [word, ...numbers]), { force }),
          DatasetError,
        );
        assertStringIncludes(error.message, said);
        assertEquals(await hashesOf(folder), before);
      });
    }
  });
}

Deno.test({
  name: "data of others is never changed: nothing is tried in its prefix",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: () =>
    withBucket(async (words, storage) => {
      await putFiles(storage, "set", ["a.jpg"]);
      for (const [, word, said, force] of CHANGES) {
        const numbers = ["dataset.num_files_train=1", ...QUICK];
        const workload = layoutWorkload("set", {}, [
          word,
          ...numbers,
          ...words,
        ]);
        const error = await assertRejects(
          () => runSmall(workload, { force }),
          DatasetError,
        );
        assertStringIncludes(error.message, said);
        const names: string[] = [];
        for await (const { name } of storage.list("set")) names.push(name);
        assertEquals(names, ["a.jpg"]);
      }
    }),
});

Deno.test("a folder beside datasets of Stoker's own is not somebody else's", () =>
  inTempFolder(async (folder) => {
    const words = [
      "workflow.generate_data=true",
      "dataset.num_files_train=1",
      ...QUICK,
    ];
    for (const name of [`${folder}/quick`, folder]) {
      const { error } = await runSmall(layoutWorkload(name, {}, words));
      assertEquals(error, null);
    }
  }));
