/**
 * A dataset of somebody else's: what is no data is passed over and said, what
 * cannot be read or holds another number of samples is told before a run.
 */
import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { join } from "node:path";
import { countedSampleCount } from "../../../lib/config/sample_count.ts";
import { checkSamples } from "../../../lib/engine/dataset/count_dataset.ts";
import { examineDataset } from "../../../lib/engine/dataset/examine_dataset.ts";
import type { DescribedDataset } from "../../../lib/engine/plan/describe_dataset.ts";
import { StokerError } from "../../../lib/errors.ts";
import { loadFormats } from "../../../lib/formats/registry.ts";
import { recordHead } from "../../../lib/formats/tfrecord_framing.ts";
import { nameAt } from "../../../lib/sampling/name_table.ts";
import { LocalStorage } from "../../../lib/storage/local/local.ts";
import { inTempFolder, quietHooks } from "../engine_fixture.ts";
import { describeWorkload, workloadOf } from "../workload_of.ts";

const FORMATS = await loadFormats();

/** Looks at the training files of a folder. */
async function examine(
  folder: string,
  ...words: string[]
): Promise<{ found: DescribedDataset; notes: string[] }> {
  const workload = workloadOf(
    `dataset.data_folder=${folder}`,
    "dataset.num_files_train=2",
    ...words,
  );
  const format = FORMATS[workload.dataset.format];
  assert(format !== undefined);
  const notes: string[] = [];
  const where = {
    storage: new LocalStorage(""),
    format,
    wanted: { train: true, valid: false },
    onNote: (text: string) => notes.push(text),
  };
  const examined = await examineDataset(describeWorkload(workload), {
    ...where,
    skipListing: workload.dataset.skip_listing,
    validationInterval: workload.dataset.listing_validation_interval,
  });
  return { found: examined, notes };
}

/** Looks at training files, and at the samples that they hold. */
async function examineSamples(
  folder: string,
  ...words: string[]
): Promise<{ notes: string[] }> {
  const { found } = await examine(folder, ...words);
  const workload = workloadOf(...words);
  const format = FORMATS[workload.dataset.format];
  assert(format !== undefined);
  const notes: string[] = [];
  await checkSamples(found, {
    storage: new LocalStorage(""),
    format,
    wanted: { train: true, valid: false },
    hooks: quietHooks(),
    samplesPerFile: countedSampleCount(workload.dataset.num_samples_per_file),
    onNote: (text) => notes.push(text),
  });
  return { notes };
}

/** Makes files of a few bytes, with their folders. */
function put(folder: string, ...names: string[]): void {
  for (const name of names) {
    const path = join(folder, "train", name);
    Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    Deno.writeTextFileSync(path, "data");
  }
}

Deno.test("hidden files and folders are passed over, and how many is said", () =>
  inTempFolder(async (folder) => {
    put(
      folder,
      "a.npz",
      "b.npz",
      "._a.npz",
      "._b.npz",
      ".DS_Store",
      "_delta_log/0.npz",
      "lost+found/c.npz",
      "day=1/_temporary/0/d.npz",
      "__MACOSX/._e.npz",
    );
    const { found, notes } = await examine(folder);
    const names = found.splits[0]?.naming.names;
    assert(names !== undefined);
    assertEquals([nameAt(names, 0), nameAt(names, 1)], [
      "train/a.npz",
      "train/b.npz",
    ]);
    assertEquals(names.nameCount, 2);
    assertEquals(notes, [
      `Passed over in "${folder}" as names that begin with "." or that other ` +
      "tools keep beside data are none: 2 files and 4 folders, such as " +
      "train/._a.npz",
    ]);
  }));

Deno.test("a dataset of hidden files alone has no files", () =>
  inTempFolder(async (folder) => {
    put(folder, "._a.npz", ".b.npz");
    const error = await assertRejects(() => examine(folder), StokerError);
    assertStringIncludes(error.message, "there are none");
  }));

Deno.test("names that follow the pattern are data, whatever the prefix", () =>
  inTempFolder(async (folder) => {
    put(folder, ".x_0_of_2.npz", ".x_1_of_2.npz");
    const { found, notes } = await examine(folder, "dataset.file_prefix=.x");
    assertEquals(found.splits[0]?.naming.fileCount, 2);
    assertEquals(notes, []);
  }));

/** Runs a line with a path as $0: Deno cannot give names that are no text. */
function shell(line: string, path: string): void {
  const { success } = new Deno.Command("sh", { args: ["-c", line, path] })
    .outputSync();
  assert(success, line);
}

/** What is wrong with a file → what is said of it before the run. */
const WRONG: readonly (readonly [string, (path: string) => void, string])[] = [
  [
    "a link to nowhere",
    (path) => Deno.symlinkSync("nowhere", path),
    'b.npz" is not, it is a link to a file that is not there',
  ],
  [
    "a device",
    (path) => Deno.symlinkSync("/dev/zero", path),
    'b.npz" is not, it is a character device',
  ],
  [
    "a pipe",
    (path) => {
      new Deno.Command("mkfifo", { args: [path] }).outputSync();
    },
    'b.npz" is not, it is a named pipe',
  ],
  [
    "an empty file",
    (path) => Deno.writeTextFileSync(path, ""),
    'b.npz" must have at least 1 byte: it is empty',
  ],
  [
    "a link to an empty file",
    (path) => {
      Deno.writeTextFileSync(`${path}.empty`, "");
      Deno.symlinkSync(`${path}.empty`, path);
    },
    'b.npz" must have at least 1 byte: it is empty',
  ],
  [
    "a name that is not UTF-8",
    (path) => {
      Deno.writeTextFileSync(path, "x");
      shell(`mv "$0" "$(printf '%s\\377.npz' "\${0%.npz}")"`, path);
    },
    'b\\xff.npz" is not, its name is not UTF-8',
  ],
  [
    "a folder whose name is not UTF-8",
    (path) => {
      Deno.mkdirSync(path);
      shell(`mv "$0" "$(printf '%s\\376' "\${0%.npz}")"`, path);
    },
    '\\xfe" is not, its name is not UTF-8',
  ],
];

Deno.test("what cannot be read is named before the run", async () => {
  for (const [what, make, said] of WRONG) {
    await inTempFolder(async (folder) => {
      put(folder, "a.npz", "c.npz");
      make(`${folder}/train/b.npz`);
      const error = await assertRejects(() => examine(folder), StokerError);
      assertStringIncludes(error.message, said, what);
    });
  }
});

Deno.test("links to files are files of the dataset", () =>
  inTempFolder(async (folder) => {
    put(folder, "a.npz", "sub/real.npz.moved");
    Deno.symlinkSync("sub/real.npz.moved", `${folder}/train/b.npz`);
    const { found } = await examine(folder);
    assertEquals(found.splits[0]?.naming.names?.nameCount, 2);
  }));

Deno.test("files whose names are computed are looked up the same way", () =>
  inTempFolder(async (folder) => {
    put(folder, "img_0_of_2.npz");
    Deno.writeTextFileSync(`${folder}/train/img_1_of_2.npz`, "");
    const error = await assertRejects(
      () => examine(folder, "dataset.skip_listing=true"),
      StokerError,
    );
    assertStringIncludes(error.message, "it is empty");
    await examine(
      folder,
      "dataset.skip_listing=true",
      "dataset.listing_validation_interval=0",
    );
  }));

/** A TFRecord file of that many records of 10 bytes. */
function tfrecordOf(recordCount: number): Uint8Array<ArrayBuffer> {
  const record = new Uint8Array(12 + 10 + 4);
  record.set(recordHead(10));
  const file = new Uint8Array(record.length * recordCount);
  for (let i = 0; i < recordCount; i++) file.set(record, i * record.length);
  return file;
}

Deno.test("TFRecords of another number are told before the run", () =>
  inTempFolder(async (folder) => {
    put(folder, "0", "1", "2", "3");
    for (const [file, count] of [20, 21, 20, 21].entries()) {
      Deno.writeFileSync(`${folder}/train/${file}.tfrecord`, tfrecordOf(count));
    }
    const words = ["dataset.format=tfrecord", "dataset.num_files_train=4"];
    const error = await assertRejects(
      () => examineSamples(folder, ...words, "dataset.num_samples_per_file=21"),
      StokerError,
    );
    assertStringIncludes(error.message, '/0.tfrecord" holds 20 (and 1 more');
    assertStringIncludes(error.message, "must hold the 21 samples");
    const { notes } = await examineSamples(
      folder,
      ...words,
      "dataset.num_samples_per_file=20",
    );
    assertEquals(notes, [
      "Of each file 20 samples are used, the first, as " +
      "dataset.num_samples_per_file says: " +
      `"${folder}/train/1.tfrecord" holds 21 (and 1 more of the 4 looked up)`,
    ]);
  }));

Deno.test("samples of Parquet files that are left out are said", async () => {
  const data =
    new URL("../../formats/golden/parquet/", import.meta.url).pathname;
  await inTempFolder(async (folder) => {
    Deno.mkdirSync(`${folder}/train`);
    for (const name of ["a", "b"]) {
      Deno.copyFileSync(
        `${data}empty_last.parquet`,
        `${folder}/train/${name}.parquet`,
      );
    }
    const words = ["dataset.format=parquet"];
    const { notes } = await examineSamples(folder, ...words);
    assertEquals(notes, [
      "Of each file 1 samples are used, the first, as " +
      "dataset.num_samples_per_file says: " +
      `"${folder}/train/a.parquet" holds 2 (and 1 more of the 2 looked up)`,
    ]);
    const all = await examineSamples(
      folder,
      ...words,
      "dataset.num_samples_per_file=2",
    );
    assertEquals(all.notes, []);
    await assertRejects(
      () => examineSamples(folder, ...words, "dataset.num_samples_per_file=3"),
      StokerError,
      "must hold the 3 samples",
    );
  });
});
