import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  emptyFolders,
  type FileNaming,
  filePath,
  folderPath,
  parseFileName,
} from "../../lib/sampling/file_names.ts";

const PLAIN: FileNaming = {
  split: "train",
  prefix: "img",
  fileCount: 64,
  subfolderCount: 2,
  extension: "npz",
};

Deno.test("filePath() is DLIO's example", () => {
  assertEquals(filePath(PLAIN, 3), "train/1/img_03_of_64.npz");
  assertEquals(filePath(PLAIN, 62), "train/0/img_62_of_64.npz");
});

Deno.test("filePath() has no sub-folder with fewer than two", () => {
  for (const subfolderCount of [0, 1]) {
    const naming = { ...PLAIN, subfolderCount };
    assertEquals(filePath(naming, 3), "train/img_03_of_64.npz");
    assertEquals(folderPath(naming, 3), "train");
  }
});

Deno.test("ten sub-folders are 00 to 09, as len(str(10)) pads them", () => {
  const naming = { ...PLAIN, subfolderCount: 10 };
  assertEquals(
    Array.from({ length: 12 }, (_, i) => folderPath(naming, i)),
    ["00", "01", "02", "03", "04", "05", "06", "07", "08", "09", "00", "01"]
      .map((folder) => `train/${folder}`),
  );
  assertEquals(folderPath({ ...PLAIN, subfolderCount: 9 }, 8), "train/8");
});

Deno.test("the index is padded to the digits of the count itself", () => {
  const nameOf = (fileCount: number, index: number) =>
    filePath({ ...PLAIN, fileCount, subfolderCount: 0 }, index);
  assertEquals(nameOf(9, 8), "train/img_8_of_9.npz");
  assertEquals(nameOf(10, 9), "train/img_09_of_10.npz");
  assertEquals(nameOf(100, 99), "train/img_099_of_100.npz");
  assertEquals(nameOf(1, 0), "train/img_0_of_1.npz");
});

Deno.test("evaluation files are in valid, counted from 0", () => {
  const naming: FileNaming = { ...PLAIN, split: "valid", fileCount: 8 };
  assertEquals(filePath(naming, 0), "valid/0/img_0_of_8.npz");
});

Deno.test("the extension is the format's name literally", () => {
  assertEquals(
    filePath({ ...PLAIN, extension: "mmap_indexed_binary" }, 0),
    "train/0/img_00_of_64.mmap_indexed_binary",
  );
});

const namings = fc.record({
  split: fc.constantFrom("train" as const, "valid" as const),
  prefix: fc.stringMatching(/^[A-Za-z0-9_.-]{1,12}$/),
  fileCount: fc.integer({ min: 1, max: 2 ** 40 }),
  subfolderCount: fc.integer({ min: 0, max: 1000 }),
  extension: fc.constantFrom("npz", "mmap_indexed_binary", "hdf5"),
});

Deno.test("parseFileName() reads what filePath() wrote", () => {
  fc.assert(
    fc.property(namings, fc.nat(), (naming, seed) => {
      const fileIndex = seed % naming.fileCount;
      const name = filePath(naming, fileIndex).split("/").at(-1) ?? "";
      assertEquals(parseFileName(name), {
        prefix: naming.prefix,
        fileIndex,
        fileCount: naming.fileCount,
      });
    }),
    { seed: 6, numRuns: 500 },
  );
});

Deno.test("parseFileName() takes a prefix that looks like a name", () => {
  assertEquals(parseFileName("a_1_of_4_3_of_8.npy"), {
    prefix: "a_1_of_4",
    fileIndex: 3,
    fileCount: 8,
  });
});

Deno.test("parseFileName() refuses what filePath() never writes", () => {
  const names = [
    "img_3_of_64.npz", // not padded
    "img_003_of_64.npz",
    "img_64_of_64.npz", // indices end at 63
    "img_99_of_64.npz",
    "_03_of_64.npz",
    "img_03_of_64",
    "img_03_of_64.npz.stoker-partial",
    "img_-3_of_64.npz",
    "manifest.json",
    "",
  ];
  for (const name of names) assertEquals(parseFileName(name), null, name);
});

Deno.test("filePath() goes through the format's folders in turns", () => {
  const folders = ["k=0", "k=1", "k=2"];
  const flat = { ...PLAIN, subfolderCount: 0, folders };
  assertEquals(
    [0, 1, 2, 3].map((index) => folderPath(flat, index)),
    ["train/k=0", "train/k=1", "train/k=2", "train/k=0"],
  );
  const nested = { ...PLAIN, folders };
  assertEquals(filePath(nested, 4), "train/0/k=1/img_04_of_64.npz");
  assertEquals(filePath({ ...flat, folders: [] }, 4), "train/img_04_of_64.npz");
});

Deno.test("emptyFolders() are those that writing the files does not make", () => {
  const foldersOf = (naming: Partial<FileNaming>, fileCount: number) => [
    ...emptyFolders({ ...PLAIN, ...naming }, fileCount),
  ];
  assertEquals(foldersOf({}, 64), ["train"]);
  assertEquals(foldersOf({ subfolderCount: 1 }, 0), ["train"]);
  assertEquals(foldersOf({ subfolderCount: 10 }, 8), [
    "train",
    "train/08",
    "train/09",
  ]);
  assertEquals(
    foldersOf({ split: "valid", folders: ["a=0", "a=1"] }, 1),
    ["valid", "valid/1"],
  );
});
