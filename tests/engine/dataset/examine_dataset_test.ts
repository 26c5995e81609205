import { assert, assertEquals, assertRejects } from "@std/assert";
import { DatasetFiles } from "../../../lib/engine/plan/dataset_files.ts";
import { connectStorage } from "../../../lib/engine/plan/connect_storage.ts";
import { examineDataset } from "../../../lib/engine/dataset/examine_dataset.ts";
import {
  identityOf,
  type Manifest,
  writeManifest,
} from "../../../lib/engine/dataset/manifest.ts";
import { type DescribedDataset } from "../../../lib/engine/plan/describe_dataset.ts";
import { DatasetError } from "../../../lib/errors.ts";
import { npz } from "../../../lib/formats/npz.ts";
import type { Storage } from "../../../lib/storage/storage.ts";
import { temporaryStorage } from "../../storage/temporary_storage.ts";
import { describeWorkload, workloadOf } from "../workload_of.ts";

const BOTH = { train: true, valid: true };
const TRAIN = { train: true, valid: false };

/** A folder with datasets of the right lengths, and what is asked of it. */
class Bench {
  private constructor(
    readonly storage: Storage,
    readonly root: string,
    readonly dispose: () => Promise<void>,
  ) {}

  static async run(body: (bench: Bench) => Promise<void>): Promise<void> {
    const { storage, root, dispose } = await temporaryStorage();
    const bench = new Bench(storage, root, dispose);
    try {
      await body(bench);
    } finally {
      await bench.dispose();
    }
  }

  /** Makes sparse files as the settings describe them, without manifest. */
  writeFiles(...words: string[]): void {
    const { dataset, splits } = describe(...words);
    const files = new DatasetFiles(dataset, splits, npz);
    const fileCount = splits.reduce((sum, split) => sum + split.fileCount, 0);
    for (let i = 0; i < fileCount; i++) {
      const path = `${this.root}/${files.path(i)}`;
      Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
      Deno.writeFileSync(path, new Uint8Array());
      Deno.truncateSync(path, files.bytes(i) ?? 1);
    }
  }

  /** Makes files and manifest. */
  async generate(
    words: readonly string[],
    changes: Partial<Manifest> = {},
  ): Promise<void> {
    this.writeFiles(...words);
    const { dataset, splits } = describe(...words);
    const [train, valid] = splits.map(({ naming }) => ({
      file_count: naming.fileCount,
      subfolder_count: naming.subfolderCount,
    }));
    assert(train !== undefined && valid !== undefined);
    await writeManifest(this.storage, "data", {
      stoker_version: "0.1.0",
      complete: true,
      dataset: identityOf(dataset, splits[0]?.naming.prefix ?? ""),
      train,
      valid,
      ...changes,
    });
  }

  examine(words: readonly string[], wanted = BOTH): Promise<DescribedDataset> {
    const where = { storage: this.storage, format: npz, wanted };
    return examineDataset(describe(...words), where);
  }

  async refusal(words: readonly string[], wanted = BOTH): Promise<string> {
    const refused = await assertRejects(
      () => this.examine(words, wanted),
      DatasetError,
    );
    return refused.message;
  }

  path(relative: string): string {
    return `${this.root}/data/${relative}`;
  }
}

function describe(...words: string[]): DescribedDataset {
  return describeWorkload(
    workloadOf("dataset.record_length_bytes=400", ...words),
  );
}

const EIGHT = ["dataset.num_files_train=8", "dataset.num_files_eval=4"];

Deno.test("a dataset that fits is taken as described", () =>
  Bench.run(async (bench) => {
    await bench.generate(EIGHT);
    assertEquals(await bench.examine(EIGHT), describe(...EIGHT));
  }));

Deno.test("every difference is named, all at once", () =>
  Bench.run(async (bench) => {
    await bench.generate(EIGHT);
    const message = await bench.refusal([
      "dataset.num_files_train=9",
      "dataset.num_files_eval=4",
      "dataset.num_subfolders_eval=2",
      "dataset.seed=11",
      "dataset.num_samples_per_file=2",
      "dataset.record_element_type=int8",
    ]);
    assertEquals(message.split("\n"), [
      'Cannot use the dataset in "data" as it must fit the settings:',
      "  dataset.seed is 10 there, 11 here",
      "  dataset.num_samples_per_file is 1 there, 2 here",
      '  dataset.record_element_type is "uint8" there, "int8" here',
      "  8 files in train there, 9 here",
      "  0 sub-folders in valid there, 2 here",
    ]);
  }));

Deno.test("what the run does not read may differ or be missing", () =>
  Bench.run(async (bench) => {
    await bench.generate(EIGHT);
    Deno.removeSync(bench.path("valid"), { recursive: true });
    await bench.examine([
      "dataset.num_files_train=8",
      "dataset.num_files_eval=99",
      "dataset.num_subfolders_eval=3",
    ], TRAIN);
  }));

Deno.test("one sub-folder is none: the names are the same", () =>
  Bench.run(async (bench) => {
    await bench.generate(EIGHT);
    await bench.examine([...EIGHT, "dataset.num_subfolders_train=1"]);
  }));

Deno.test("a part of a larger dataset keeps its names and indices", () =>
  Bench.run(async (bench) => {
    // Lengths differ by index: a wrong index base would not fit.
    const drawn = "dataset.record_length_bytes_stdev=200";
    await bench.generate([...EIGHT, drawn]);
    const part = [
      "dataset.num_files_train=3",
      "dataset.num_files_eval=2",
      drawn,
    ];
    const { dataset, splits } = await bench.examine(part);
    assertEquals(
      splits.map(({ naming, fileCount, firstFileIndex }) => [
        naming.fileCount,
        fileCount,
        firstFileIndex,
      ]),
      [[8, 3, 0], [4, 2, 8]],
    );
    const files = new DatasetFiles(dataset, splits, npz);
    assertEquals(files.relativePath(2), "train/img_2_of_8.npz");
    assertEquals(files.relativePath(8), "valid/img_0_of_4.npz");
    for (const index of [0, 1, 2, 8, 9]) {
      assertEquals(
        Deno.statSync(`${bench.root}/${files.path(index)}`).size,
        files.bytes(index),
      );
    }
  }));

Deno.test("an interrupted generation is refused, and how to go on is said", () =>
  Bench.run(async (bench) => {
    await bench.generate(EIGHT, { complete: false });
    assertEquals(
      await bench.refusal(EIGHT),
      'Cannot use the dataset in "data" as it must be complete: its ' +
        'generation was interrupted; "stoker generate" continues it',
    );
  }));

Deno.test("a corrupt manifest is refused, not taken for none", () =>
  Bench.run(async (bench) => {
    await bench.generate(EIGHT);
    Deno.writeTextFileSync(bench.path(".stoker/manifest.json"), '{"stoker');
    assertEquals(
      await bench.refusal(EIGHT),
      'Cannot use "data/.stoker/manifest.json" as it must be JSON',
    );
  }));

for (const name of ["train/img_0_of_8.npz", "train/img_7_of_8.npz"]) {
  Deno.test(`a missing ${name} is named before the run`, () =>
    Bench.run(async (bench) => {
      await bench.generate(EIGHT);
      Deno.removeSync(bench.path(name));
      assertEquals(
        await bench.refusal(EIGHT),
        `Cannot use the dataset in "data" as "data/${name}" must be there: ` +
          'it is missing; "stoker generate" writes what is missing',
      );
    }));
}

Deno.test("a file of another length is named with both lengths", () =>
  Bench.run(async (bench) => {
    await bench.generate(EIGHT);
    const path = "valid/img_3_of_4.npz";
    const { size } = Deno.statSync(bench.path(path));
    Deno.truncateSync(bench.path(path), size - 1);
    assertEquals(
      await bench.refusal(EIGHT),
      `Cannot use the dataset in "data" as "data/${path}" must have ${size} ` +
        `bytes: it has ${size - 1}; "stoker verify" finds all damage`,
    );
    await bench.examine(EIGHT, TRAIN);
  }));

Deno.test("a large dataset is probed, not listed: first, last and between", () =>
  Bench.run(async (bench) => {
    const many = ["dataset.num_files_train=1000000"];
    const { dataset, splits } = describe(...many);
    const files = new DatasetFiles(dataset, splits, npz);
    await bench.generate(["dataset.num_files_train=1"], {
      train: { file_count: 1_000_000, subfolder_count: 0 },
    });
    const asked: number[] = [];
    const storage: Storage = Object.assign(Object.create(bench.storage), {
      readText: (path: string) => bench.storage.readText(path),
      list: () => {
        throw new Error("it lists");
      },
      sizeOf: (path: string) => {
        asked.push(Number(/_(\d+)_of/.exec(path)?.[1]));
        return files.bytes(0);
      },
    });
    await examineDataset(describe(...many), {
      storage,
      format: npz,
      wanted: TRAIN,
    });
    assertEquals([asked[0], asked.at(-1)], [0, 999_999]);
    // Every 1000th, and the last.
    assertEquals(asked.length, 1001);
    assertEquals(new Set(asked).size, 1001);
    assertEquals(asked, asked.toSorted((a, b) => a - b));
  }));

Deno.test("a missing dataset says which files are looked for", () =>
  Bench.run(async (bench) => {
    assertEquals(
      await bench.refusal(EIGHT),
      'Cannot find a dataset in "data" as it must have files for training ' +
        "that end in .npz, such as train/img_<index>_of_<count>.npz: there " +
        "are none; dataset.files_train names them wherever they are, " +
        '"stoker generate" makes them',
    );
  }));

Deno.test("a dataset of DLIO's is taken, its lengths unknown", () =>
  Bench.run(async (bench) => {
    const words = [...EIGHT, "dataset.num_subfolders_train=2"];
    bench.writeFiles(...words);
    Deno.truncateSync(bench.path("train/0/img_0_of_8.npz"), 5);
    const { dataset, splits } = await bench.examine(words);
    assertEquals(dataset.sizesKnown, false);
    assertEquals(splits, describe(...words).splits);
  }));

Deno.test("a part of a foreign dataset has the names of the whole", () =>
  Bench.run(async (bench) => {
    bench.writeFiles("dataset.num_files_train=64");
    const { splits } = await bench.examine(
      ["dataset.num_files_train=5"],
      TRAIN,
    );
    assertEquals(splits[0]?.naming.fileCount, 64);
    assertEquals(splits[0]?.fileCount, 5);
  }));

Deno.test("a folder with two foreign datasets is searched for the right one", () =>
  Bench.run(async (bench) => {
    for (const count of [3, 8, 20, 64]) {
      bench.writeFiles(`dataset.num_files_train=${count}`);
    }
    const countFor = async (wanted: number) => {
      const words = [`dataset.num_files_train=${wanted}`];
      const { splits } = await bench.examine(words, TRAIN);
      return splits[0]?.naming.fileCount;
    };
    for (const count of [3, 8, 20, 64]) {
      assertEquals(await countFor(count), count);
    }
    // None has that count; only one is large enough.
    assertEquals(await countFor(50), 64);
    assertEquals(
      await bench.refusal(["dataset.num_files_train=65"], TRAIN),
      'Cannot use the dataset in "data" as it must fit the settings:\n' +
        "  64 files in train there, 65 here",
    );
  }));

Deno.test("a foreign dataset without its last file is refused", () =>
  Bench.run(async (bench) => {
    bench.writeFiles(...EIGHT);
    Deno.removeSync(bench.path("train/img_7_of_8.npz"));
    assertEquals(
      await bench.refusal(EIGHT),
      'Cannot use the dataset in "data" as it must fit the settings:\n' +
        "  7 of the 8 files wanted in train are there with names such as " +
        "train/img_0_of_8.npz",
    );
    await bench.examine(["dataset.num_files_train=7"], TRAIN);
  }));

Deno.test("files of other names are used by the order of their paths", () =>
  Bench.run(async (bench) => {
    const names = ["b/2.npz", "b/10.npz", "a-b/z.NPZ", "a/y.npz", "x.npz"];
    Deno.mkdirSync(bench.path("train/folder.npz"), { recursive: true });
    for (const name of [...names, "b/2.npy", "b/2.npz.stoker-partial"]) {
      const path = bench.path(`train/${name}`);
      Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
      Deno.writeTextFileSync(path, "x");
    }
    const notes: string[] = [];
    const { dataset, splits } = await examineDataset(
      describe("dataset.num_files_train=4"),
      {
        storage: bench.storage,
        format: npz,
        wanted: TRAIN,
        onNote: (text) => notes.push(text),
      },
    );
    const files = new DatasetFiles(dataset, splits, npz);
    assertEquals(
      [0, 1, 2, 3].map((index) => files.relativePath(index)),
      ["a-b/z.NPZ", "a/y.npz", "b/10.npz", "b/2.npz"]
        .map((name) => `train/${name}`),
    );
    assertEquals(notes, [
      'Passed over in "data" as their names do not end in .npz: 2 files, ' +
      "such as train/b/2.npy",
      'Of the 5 npz files in "data/train" 4 are used, the first by name',
    ]);
    assertEquals(dataset.sizesKnown, false);
    assertEquals(
      await bench.refusal(["dataset.num_files_train=6"], TRAIN),
      'Cannot use the dataset in "data" as it must fit the settings:\n' +
        "  5 files in train there, 6 here",
    );
  }));

Deno.test("files of DLIO's names in the wrong place are no such dataset", () =>
  Bench.run(async (bench) => {
    const { dataset, splits } = describe(
      "dataset.num_files_train=4",
      "dataset.num_subfolders_train=2",
    );
    const files = new DatasetFiles(dataset, splits, npz);
    Deno.mkdirSync(bench.path("train/other"), { recursive: true });
    for (let index = 0; index < 4; index++) {
      const name = files.relativePath(index).split("/").at(-1);
      Deno.writeTextFileSync(bench.path(`train/other/${name}`), "x");
    }
    const found = await bench.examine([
      "dataset.num_files_train=4",
      "dataset.num_subfolders_train=2",
    ], TRAIN);
    const foundFiles = new DatasetFiles(found.dataset, found.splits, npz);
    assertEquals(foundFiles.relativePath(1), "train/other/img_1_of_4.npz");
  }));

Deno.test("skip_listing computes names, lists nothing and looks some up", () =>
  Bench.run(async (bench) => {
    bench.writeFiles(...EIGHT);
    const storage: Storage = Object.assign(Object.create(bench.storage), {
      readText: () => null,
      sizeOf: (path: string) => bench.storage.sizeOf(path),
      list: () => {
        throw new Error("it lists");
      },
    });
    const where = { storage, format: npz, wanted: BOTH, skipListing: true };
    const { dataset, splits } = await examineDataset(describe(...EIGHT), where);
    assertEquals(splits, describe(...EIGHT).splits);
    assertEquals(dataset.sizesKnown, false);
    for (const index of [3, 5]) {
      Deno.removeSync(bench.path(`train/img_${index}_of_8.npz`));
    }
    const refused = await assertRejects(
      () => examineDataset(describe(...EIGHT), where),
      DatasetError,
    );
    assertEquals(
      refused.message,
      'Cannot use the dataset in "data" as "data/train/img_3_of_8.npz" must ' +
        "be there: it is missing; dataset.skip_listing computes names, " +
        "without it they are listed (and 1 more of the 8 looked up)",
    );
    // 0 asks for no look at all.
    await examineDataset(describe(...EIGHT), {
      ...where,
      validationInterval: 0,
    });
  }));

Deno.test("a part of a generated dataset is noted", () =>
  Bench.run(async (bench) => {
    await bench.generate(EIGHT);
    const notes: string[] = [];
    await examineDataset(describe("dataset.num_files_train=5"), {
      storage: bench.storage,
      format: npz,
      wanted: TRAIN,
      onNote: (text) => notes.push(text),
    });
    assertEquals(notes, [
      'Of the 8 files in "data/train" 5 are used, the first by number',
    ]);
  }));

Deno.test("a split of no files is not looked for", () =>
  Bench.run(async (bench) => {
    const none = ["dataset.num_files_eval=0", "dataset.num_files_train=8"];
    bench.writeFiles(...none);
    await bench.examine(none);
    await bench.generate(none);
    await bench.examine(none);
  }));

Deno.test("a data folder that is a file is an error of the storage", () =>
  Bench.run(async (bench) => {
    Deno.writeTextFileSync(`${bench.root}/data`, "");
    await assertRejects(
      () => bench.examine(EIGHT),
      Error,
      "not a directory (ENOTDIR)",
    );
  }));

Deno.test("null storage holds whatever is described", async () => {
  const described = describe(...EIGHT, "storage.storage_type=null");
  const found = await examineDataset(described, {
    storage: await connectStorage(described.dataset.storage),
    format: npz,
    wanted: { train: true, valid: false },
  });
  assertEquals(found, described);
});
