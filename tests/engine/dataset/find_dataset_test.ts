/** Tests of lib/engine/dataset/find_dataset.ts and locate_dataset.ts. */
import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { StokerError } from "../../../lib/errors.ts";
import { LocalStorage } from "../../../lib/storage/local/local.ts";
import { inTempFolder } from "../engine_fixture.ts";
import { LAYOUTS } from "./layouts.ts";
import {
  layoutWorkload,
  locate,
  putFiles,
  readFiles,
} from "./located_files.ts";

const STORAGE = new LocalStorage("");

for (const layout of LAYOUTS) {
  Deno.test(`found without renaming: ${layout.name}`, () =>
    inTempFolder(async (folder) => {
      await putFiles(STORAGE, folder, layout.files);
      const { train, valid, notes } = await readFiles(
        layoutWorkload(folder, layout),
        STORAGE,
      );
      assertEquals(train, layout.train ?? []);
      assertEquals(valid, layout.valid ?? []);
      const { notes: wanted } = layout;
      if (wanted === undefined) return;
      assertEquals(notes.length, wanted.length, notes.join("\n"));
      for (const [index, text] of wanted.entries()) {
        assertStringIncludes(notes[index] ?? "", text);
      }
    }));
}

/** What cannot be found → what is said. */
const REFUSED: readonly (readonly [
  string,
  readonly string[],
  readonly string[],
  readonly string[],
])[] = [
  ["nothing at all", [], [], ["there are none", "dataset.files_train"]],
  [
    "files of another format",
    ["a.png", "b.png"],
    [],
    ["2 with other endings, such as a.png", "dataset.format"],
  ],
  [
    "no files for evaluation beside those for training",
    ["train/a.npz"],
    ["workflow.evaluation=true"],
    ["must have files for evaluation", "dataset.files_eval"],
  ],
  [
    "a pattern that matches nothing",
    ["a.npz"],
    ["dataset.files_train=*.tar"],
    ["dataset.files_train", '"*.tar" must match a file', "matches none"],
  ],
  [
    "a path that leads elsewhere",
    ["a.npz"],
    ["dataset.files_train=../a.npz"],
    ['must not have the name ".."'],
  ],
  [
    "an absolute path of another folder",
    ["a.npz"],
    ["dataset.files_train=/elsewhere/a.npz"],
    ["must be below the dataset folder"],
  ],
  [
    "a file that is named and not there",
    ["a.npz"],
    ["dataset.files_train=[a.npz,b.npz]"],
    ['b.npz" must be there: it is missing'],
  ],
  [
    "a file that is named twice",
    ["a.npz"],
    ["dataset.files_train=[a.npz,./a.npz]"],
    ['every file must be named once: "a.npz" is twice'],
  ],
  [
    "a list that is not there",
    ["a.npz"],
    ["dataset.files_train=@nowhere.txt"],
    ["@nowhere.txt", "readable file with one path in each line"],
  ],
  [
    "a dataset of Stoker's own below the folder",
    ["x/.stoker/manifest.json", "x/train/a.npz"],
    [],
    ["is one of Stoker's own", "/x takes it"],
  ],
  [
    "two datasets of DLIO's names",
    ["train/img_0_of_1.npz", "train/img_0_of_2.npz", "train/img_1_of_2.npz"],
    [],
    ["their names speak of 1, 2 files", "dataset.num_files_train"],
  ],
  [
    "fewer files than the batch",
    ["train/a.npz"],
    ["reader.batch_size=2"],
    ["reader.batch_size", "for the files that are there"],
  ],
];

for (const [name, files, words, said] of REFUSED) {
  Deno.test(`refused before the run: ${name}`, () =>
    inTempFolder(async (folder) => {
      await putFiles(STORAGE, folder, files);
      const error = await assertRejects(
        () => readFiles(layoutWorkload(folder, { words }), STORAGE),
        StokerError,
      );
      for (const text of said) assertStringIncludes(error.message, text);
    }));
}

Deno.test("files are named by a list, with absolute and relative paths", () =>
  inTempFolder(async (folder) => {
    await putFiles(STORAGE, folder, ["a.bin", "x/b.bin", "c.bin"]);
    const list = `${folder}/files.txt`;
    Deno.writeTextFileSync(list, `x/b.bin\r\n\n${folder}/a.bin`);
    const workload = layoutWorkload(folder, {
      words: [`dataset.files_train=@${list}`],
    });
    const { train } = await readFiles(workload, STORAGE);
    assertEquals(train, ["a.bin", "x/b.bin"]);
  }));

Deno.test("links as in the cache of the Hugging Face Hub are files", () =>
  inTempFolder(async (folder) => {
    const snapshot = `${folder}/snapshots/0123abcd`;
    Deno.mkdirSync(`${snapshot}/data`, { recursive: true });
    await putFiles(STORAGE, folder, ["blobs/5f2a", "blobs/77cc"]);
    for (const [index, blob] of ["5f2a", "77cc"].entries()) {
      Deno.symlinkSync(
        `../../../blobs/${blob}`,
        `${snapshot}/data/train-0000${index}-of-00002.parquet`,
      );
    }
    const workload = layoutWorkload(snapshot, {
      words: ["dataset.format=parquet"],
    });
    const { train } = await readFiles(workload, STORAGE);
    assertEquals(train, [
      "data/train-00000-of-00002.parquet",
      "data/train-00001-of-00002.parquet",
    ]);
  }));

Deno.test("numbers that are given are kept, and nothing is listed for them", async () => {
  const workload = layoutWorkload("nowhere", {
    words: ["dataset.num_files_train=5"],
  });
  const located = await locate(workload, STORAGE);
  assertEquals(located.found, null);
  assert(located.workload === workload);
});

Deno.test("what a run does not read has no number to find", async () => {
  const { workload } = await locate(
    layoutWorkload("nowhere", {
      words: ["workflow.train=false", "dataset.num_files_train=all"],
    }),
    STORAGE,
  );
  assertEquals(workload.dataset.num_files_train, 0);
});
