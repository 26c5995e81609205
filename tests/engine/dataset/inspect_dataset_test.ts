/**
 * Looking at datasets that others made, on disks and on S3, and running them
 * by what was counted.
 */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { countDataset } from "../../../lib/engine/dataset/count_dataset.ts";
import { inspectDataset } from "../../../lib/engine/dataset/inspect_dataset.ts";
import { locateDataset } from "../../../lib/engine/dataset/locate_dataset.ts";
import { connectStorage } from "../../../lib/engine/plan/connect_storage.ts";
import { storageSettings } from "../../../lib/engine/plan/describe_dataset.ts";
import { DatasetError } from "../../../lib/errors.ts";
import type { FilePart } from "../../../lib/formats/inside/file_inside.ts";
import { writeWhole } from "../../../lib/storage/write_whole.ts";
import { startS3rver } from "../../storage/s3/s3rver_server.ts";
import {
  inTempFolder,
  quietHooks,
  runSmall,
  smallWorkload,
  WITHOUT_ROOM_CHECK,
} from "../engine_fixture.ts";
import { s3Workload, totalOf } from "../s3_workload.ts";
import { ThreadedStorage } from "../../../lib/engine/files/threaded_storage.ts";
import { judgedParts } from "../../../lib/config/judged_parts.ts";

const FOREIGN = new URL("../../formats/counting/foreign/", import.meta.url);
const EXISTING = [
  "workflow.generate_data=false",
  "dataset.num_files_train=all",
  "dataset.num_files_eval=all",
  "dataset.num_samples_per_file=auto",
];
const NO_GIVEN_FORMAT = {
  hooks: quietHooks(),
  sampleFiles: null,
  formatIsGiven: false,
  sampleSizeIsGiven: false,
};

/** Copies of two files of an owner's, and what must be found. */
const CASES: readonly {
  readonly files: readonly [string, string];
  readonly format: string;
  readonly samples: number;
  readonly compression: readonly string[];
  readonly part: Omit<FilePart, "storedBytes">;
}[] = [
  {
    files: ["zstd.parquet", "empty.parquet"],
    format: "parquet",
    samples: 13,
    compression: ["zstd"],
    part: { name: "id", type: "INT64", shape: null },
  },
  {
    files: ["latest.h5", "earliest.h5"],
    format: "hdf5",
    samples: 22,
    compression: ["deflate", "shuffle"],
    part: { name: "/group/x", type: "<d", shape: [11, 4, 3] },
  },
  {
    files: ["packed.npz", "arrays.npz"],
    format: "npz",
    samples: 13,
    compression: ["deflate"],
    part: { name: "images", type: "|u1", shape: [7, 12, 12] },
  },
  {
    files: ["rows.npy", "fields.npy"],
    format: "npy",
    samples: 14,
    compression: [],
    part: { name: "array", type: "<f8", shape: [5, 4, 3] },
  },
  {
    files: ["uneven.tfrecord", "uneven.tfrecord"],
    format: "tfrecord",
    samples: 20,
    compression: [],
    part: { name: "image", type: "bytes", shape: null },
  },
  {
    files: ["header.csv", "packed.csv.gz"],
    format: "csv",
    samples: 16,
    compression: [],
    part: { name: "id", type: "text", shape: null },
  },
  {
    files: ["shard.tar", "shard.tar.gz"],
    format: "webdataset",
    samples: 18,
    compression: [],
    part: { name: "seg.png", type: "member", shape: null },
  },
  {
    files: ["shard.mds", "shard.mds"],
    format: "mds",
    samples: 24,
    compression: [],
    part: { name: "label", type: "int, 8 bytes each", shape: null },
  },
];

for (const { files, format, samples, compression, part } of CASES) {
  Deno.test(`inspect finds ${samples} samples in ${files.join(" and ")} and looks inside`, () =>
    inTempFolder(async (folder) => {
      for (const [index, name] of files.entries()) {
        const ending = name.slice(name.indexOf("."));
        Deno.copyFileSync(
          new URL(name, FOREIGN),
          `${folder}/${index}${ending}`,
        );
      }
      Deno.writeTextFileSync(`${folder}/notes.log`, "no data");
      const workload = smallWorkload(folder, EXISTING);
      const before = [...Deno.readDirSync(folder)];
      const found = await inspectDataset(workload, NO_GIVEN_FORMAT);
      assertEquals([...Deno.readDirSync(folder)], before);
      assertEquals(found.format.name, format);
      const [split] = found.splits;
      assertEquals(found.splits.length, 1);
      assertEquals(split?.fileCount, 2);
      assertEquals(split?.samples.total, samples);
      assertEquals(split?.samples.isMeasured, true);
      const bytes = [...Deno.readDirSync(folder)]
        .filter(({ name }) => name !== "notes.log")
        .map(({ name }) => Deno.statSync(`${folder}/${name}`).size);
      assertEquals(split?.sizes.total, bytes.reduce((a, b) => a + b, 0));
      assertEquals(found.inside?.compression, compression);
      const seen = found.inside?.parts.find(({ name }) => name === part.name);
      assertEquals(
        seen && { name: seen.name, type: seen.type, shape: seen.shape },
        part,
      );
      assert(found.notes.join().includes("notes.log"), found.notes.join());
    }));
}

Deno.test("a folder of files of no format is inspected as raw, one sample each", () =>
  inTempFolder(async (folder) => {
    for (const name of ["a.mp4", "b.mp4", "c.dat"]) {
      Deno.writeTextFileSync(`${folder}/${name}`, "film");
    }
    const { format, splits } = await inspectDataset(
      smallWorkload(folder, EXISTING),
      NO_GIVEN_FORMAT,
    );
    assertEquals(format.name, "raw");
    assertEquals(splits[0]?.samples.total, 3);
    assertEquals(splits[0]?.sizes.total, 12);
  }));

Deno.test("inspect of Megatron's data says sequences, documents, tokens and their type", () =>
  inTempFolder(async (folder) => {
    for (const name of ["tokens.bin", "tokens.idx"]) {
      Deno.copyFileSync(new URL(name, FOREIGN), `${folder}/${name}`);
    }
    const { splits, inside, reads, ...found } = await inspectDataset(
      smallWorkload(folder, [...EXISTING, "dataset.record_dims=[9]"]),
      { ...NO_GIVEN_FORMAT, sampleSizeIsGiven: true },
    );
    assertEquals(found.format.name, "megatron");
    assertEquals(found.sampleDims, [9]);
    // The index file is not called one of an unknown format.
    assert(!found.notes.join().includes("Other files"), found.notes.join());
    assertEquals(splits[0]?.samples.total, 11);
    assertEquals(inside?.groups?.count, 7);
    assertEquals(inside?.facts, { documents: 4, tokens: 100, dtype: "uint16" });
    assertEquals(inside?.settings, { record_element_type: "uint16" });
    assertEquals(reads.bytesPerSample, 20);
  }));

Deno.test("inspect says an Arrow file's columns, record batches and codec", () =>
  inTempFolder(async (folder) => {
    Deno.copyFileSync(
      new URL("columns.arrow", FOREIGN),
      `${folder}/columns.arrow`,
    );
    const { inside } = await inspectDataset(
      smallWorkload(folder, EXISTING),
      NO_GIVEN_FORMAT,
    );
    assertEquals(inside?.compression, ["zstd"]);
    assertEquals(inside?.groups, {
      name: "record batches",
      count: 3,
      samples: 4,
    });
    assertEquals(inside?.parts.map(({ name, type }) => [name, type]), [
      ["id", "Int64"],
      ["text", "Utf8"],
      ["image", "Struct<{bytes:Binary, path:Utf8}>"],
    ]);
  }));

Deno.test("inspect lists each folder once, however often it looks at names", () =>
  inTempFolder(async (folder) => {
    for (const split of ["train", "val", "train/a"]) {
      Deno.mkdirSync(`${folder}/${split}`, { recursive: true });
      Deno.writeTextFileSync(`${folder}/${split}/x.csv`, "1\n2\n");
    }
    const listed: string[] = [];
    const list = ThreadedStorage.prototype.list;
    ThreadedStorage.prototype.list = function (path) {
      listed.push(path.slice(folder.length));
      return list.call(this, path);
    };
    try {
      const { splits } = await inspectDataset(
        smallWorkload(folder, EXISTING),
        NO_GIVEN_FORMAT,
      );
      assertEquals(splits.map(({ fileCount }) => fileCount), [2, 1]);
    } finally {
      ThreadedStorage.prototype.list = list;
    }
    assertEquals(listed.sort(), ["", "/train", "/train/a", "/val"]);
  }));

Deno.test("inspect refuses Megatron's data without its index file", () =>
  inTempFolder(async (folder) => {
    Deno.writeTextFileSync(`${folder}/a.bin`, "x");
    const error = await assertRejects(
      () =>
        inspectDataset(
          smallWorkload(folder, [...EXISTING, "dataset.format=megatron"]),
          { ...NO_GIVEN_FORMAT, formatIsGiven: true },
        ),
      DatasetError,
    );
    assert(error.message.includes("a.idx"), error.message);
  }));

Deno.test("inspect of a part of the files calls samples an estimate", () =>
  inTempFolder(async (folder) => {
    for (let file = 0; file < 5; file++) {
      Deno.writeTextFileSync(
        `${folder}/${file}.csv`,
        "1\n".repeat(file === 0 ? 4 : 2),
      );
    }
    const { splits } = await inspectDataset(smallWorkload(folder, EXISTING), {
      ...NO_GIVEN_FORMAT,
      sampleFiles: 2,
    });
    assertEquals(splits[0]?.samples, {
      total: 15,
      isMeasured: false,
      least: 2,
      most: 4,
      countedFiles: 2,
    });
  }));

Deno.test({
  name: "uneven Parquet on S3 is inspected, counted by ranges, and read",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    const server = await startS3rver();
    try {
      const workload = s3Workload(server, "data", [server.endpoint], [
        ...EXISTING,
        "dataset.format=parquet",
        "reader.batch_size=2",
        "train.epochs=1",
      ]);
      const storage = await connectStorage(storageSettings(workload));
      const whole = { atomic: true, fsync: false };
      // s3rver fails to list one key of a folder without any of its own.
      await writeWhole(storage, "data/LICENSE", new Uint8Array(8), whole);
      for (const name of ["none", "snappy", "empty"]) {
        const bytes = await Deno.readFile(new URL(`${name}.parquet`, FOREIGN));
        const path = `data/train/${name}.parquet`;
        await writeWhole(storage, path, bytes, whole);
      }
      storage.close?.();
      const found = await inspectDataset(workload, NO_GIVEN_FORMAT);
      assertEquals(found.splits[0]?.samples.total, 26);
      assertEquals(found.splits[0]?.samples.least, 0);
      const hooks = quietHooks();
      const judged = judgedParts(workload, "run");
      const asked = { accelerators: 1, judged, signal: hooks.signal };
      const counted = await countDataset(
        await locateDataset(workload, asked),
        { accelerators: 1, judged, hooks },
      );
      const heldSamples = counted.found?.heldSamples?.train ?? [];
      // By name: empty, none, snappy.
      assertEquals([...heldSamples], [0, 13, 13]);
      const { phases, error } = await runSmall(counted.workload, {
        found: counted.found,
        ...WITHOUT_ROOM_CHECK,
      });
      assertEquals(error, null);
      assertEquals(phases[0]?.plannedSteps, 13);
      assertEquals(totalOf(phases[0], "samples"), 26);
    } finally {
      await server.stop();
    }
  },
});
