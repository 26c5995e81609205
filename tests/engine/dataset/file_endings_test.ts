/** Tests of lib/engine/dataset/file_endings.ts. */
import { assert, assertEquals } from "@std/assert";
import { FileEndings } from "../../../lib/engine/dataset/file_endings.ts";
import { loadFormats } from "../../../lib/formats/registry.ts";

const FORMATS = await loadFormats();

/** Format → names of its files, names that are none. */
const CASES: readonly (readonly [string, string[], string[]])[] = [
  [
    "jpeg",
    ["a.jpeg", "a.JPEG", "a.jpg", "a.Jpg", "a.JPE", "a.jfif"],
    ["a.png", "jpeg", "a.jpeg.txt", "train-00000-of-00004"],
  ],
  [
    "hdf5",
    ["a.hdf5", "a.h5", "a.HE5", "a.nc", "a.hdf"],
    ["a.h5.idx", "a.hd"],
  ],
  ["parquet", ["train-00000-of-00004.parquet", "a.pq", "a.PARQ"], ["a.par"]],
  ["csv", ["a.csv", "a.csv.gz", "A.CSV.GZ"], ["a.gz", "a.tsv"]],
  [
    "tfrecord",
    [
      "a.tfrecord",
      "a.tfrecords",
      "a.TFREC",
      "x.tfrecord-00000-of-00004",
      "mnist-test.tfrecords-00000-of-00001",
      "train-00000-of-01024",
    ],
    ["a.tfrecord.gz", "train-00000-of-01024.json", "README", "a.npz-0-of-4"],
  ],
  ["npz", ["a.npz", "a.NPZ", "a.npz-00000-of-00004"], ["x-00000-of-00004"]],
  ["npy", ["a.npy"], ["a.npz"]],
  ["png", ["a.PNG"], ["a.jpg"]],
];

Deno.test("FileEndings knows a format's files by the usual endings", () => {
  for (const [name, files, others] of CASES) {
    const format = FORMATS[name];
    assert(format !== undefined);
    const endings = new FileEndings(format, format.name);
    for (const file of files) assertEquals(endings.has(file), true, file);
    for (const file of others) assertEquals(endings.has(file), false, file);
  }
});

Deno.test("FileEndings knows what belongs to shards: an index, and a list of them", () => {
  const { webdataset, mds } = FORMATS;
  assert(webdataset !== undefined && mds !== undefined);
  const tar = new FileEndings(webdataset, "tar");
  for (const name of ["a.tar", "a.TAR.GZ", "a.tgz"]) assert(tar.has(name));
  assert(tar.isCompanion("a.tar.idx"));
  const shards = new FileEndings(mds, "mds");
  assert(shards.isCompanion("index.json"));
  assert(!shards.isCompanion("other.json"));
});

Deno.test("FileEndings knows an index that only belongs to a file", () => {
  const { tfrecord, indexed_binary: indexed } = FORMATS;
  assert(tfrecord !== undefined && indexed !== undefined);
  assertEquals(
    new FileEndings(tfrecord, "tfrecord").isCompanion("a.tfrecord.idx"),
    true,
  );
  assertEquals(
    new FileEndings(tfrecord, "tfrecord").isCompanion("a.txt"),
    false,
  );
  assertEquals(`${new FileEndings(tfrecord, "tfrecord")}`.includes("of"), true);
});
