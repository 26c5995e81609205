import { assertEquals, assertThrows } from "@std/assert";
import { readWorkloadFile } from "../../../lib/cli/line/workload_files.ts";
import { resolveWorkload } from "../../../lib/config/resolve.ts";
import {
  type DatasetIdentity,
  identityOf,
  withRowGroupsOf,
} from "../../../lib/engine/dataset/manifest.ts";
import {
  checkFormat,
  storageSettings,
} from "../../../lib/engine/plan/describe_dataset.ts";
import { ConfigError } from "../../../lib/errors.ts";
import { npz } from "../../../lib/formats/npz.ts";
import { filePath } from "../../../lib/sampling/file_names.ts";
import { describeWorkload, workloadOf } from "../workload_of.ts";

Deno.test("describeDataset() names training, then evaluation files", () => {
  const { dataset, splits } = describeWorkload(workloadOf(
    "dataset.num_files_train=64",
    "dataset.num_files_eval=10",
    "dataset.num_subfolders_train=2",
    "dataset.file_prefix=scan",
  ));
  assertEquals(dataset.folder, "data");
  assertEquals(dataset.sizesKnown, true);
  assertEquals(
    splits.map(({ fileCount, firstFileIndex }) => [fileCount, firstFileIndex]),
    [[64, 0], [10, 64]],
  );
  assertEquals(
    splits.map(({ naming }) => filePath(naming, 3)),
    ["train/1/scan_03_of_64.npz", "valid/scan_03_of_10.npz"],
  );
});

Deno.test("describeDataset() carries what bytes and sizes depend on", () => {
  const { dataset } = describeWorkload(workloadOf(
    "dataset.seed=77",
    "dataset.record_element_type=float32",
    "dataset.record_length_bytes=4000",
    "dataset.record_length_bytes_stdev=100",
    "dataset.num_samples_per_file=5",
  ));
  assertEquals(dataset.spec.seed, 77);
  assertEquals(dataset.spec.elementType, "float32");
  assertEquals(dataset.spec.samplesPerFile, 5);
  assertEquals(dataset.dims, {
    seed: 77,
    recordDims: [],
    recordBytes: 4000,
    recordBytesStdev: 100,
    elementBytes: 4,
  });
});

Deno.test("a generation batch is a row group where none is given", () => {
  const rowsOf = (...words: string[]) =>
    describeWorkload(workloadOf("dataset.parquet.row_group_size=99", ...words))
      .dataset.spec.parquet.generationBatchRows;
  assertEquals(rowsOf(), 99);
  assertEquals(rowsOf("dataset.parquet.generation_batch_size=-1"), 99);
  assertEquals(rowsOf("dataset.parquet.generation_batch_size=40"), 40);
});

Deno.test("storageSettings() are plain data that a worker can be sent", () => {
  const settings = storageSettings(workloadOf(
    "storage.storage_root=/mnt/nvme",
  ));
  assertEquals(settings, { kind: "local_fs", root: "/mnt/nvme", options: {} });
  assertEquals(structuredClone(settings), settings);
  const described = describeWorkload(workloadOf("dataset.record_dims=[3,4]"));
  assertEquals(structuredClone(described), described);
});

Deno.test("checkFormat() lets through what the format can make", () => {
  checkFormat(describeWorkload(workloadOf()), npz);
});

Deno.test("checkFormat() names codec, format and those there are", () => {
  const described = describeWorkload(workloadOf("dataset.compression=none"));
  const { dataset } = described;
  const withCodec = {
    ...described,
    dataset: { ...dataset, spec: { ...dataset.spec, compression: "lz4" } },
  };
  const error = assertThrows(() => checkFormat(withCodec, npz), ConfigError);
  assertEquals(error.problems, [
    "Cannot use dataset.compression = lz4 with dataset.format = npz: it " +
    `must be one of ${["none", ...npz.codecs].join(", ")}`,
  ]);
});

Deno.test("checkFormat() passes the format's own problems on", () => {
  const picky = { ...npz, problems: () => ["first", "second"] };
  const described = describeWorkload(workloadOf());
  const error = assertThrows(() => checkFormat(described, picky), ConfigError);
  assertEquals(error.problems, ["first", "second"]);
  // A dataset of no files asks nothing of its format.
  const empty = {
    ...described,
    splits: described.splits.map((split) => ({ ...split, fileCount: 0 })),
  };
  checkFormat(empty, picky);
});

for (
  const [datagen, runs] of [
    ["unet3d_datagen", ["unet3d_a100", "unet3d_h100", "unet3d_b200"]],
    ["cosmoflow_datagen", ["cosmoflow_a100", "cosmoflow_h100"]],
    ["resnet50_datagen", ["resnet50_a100", "resnet50_h100"]],
    ["dlrm_datagen", ["dlrm_b200", "dlrm_mi355"]],
    ["flux_datagen", ["flux_b200", "flux_mi355"]],
    ["retinanet_datagen", ["retinanet_b200", "retinanet_mi355"]],
  ] as const
) {
  Deno.test(`${datagen} makes what ${runs.join(", ")} want`, async () => {
    // Row groups are those of the files, whatever a run would generate.
    const identity = async (name: string, like?: DatasetIdentity) => {
      const yaml = await readWorkloadFile(name);
      const { workload } = resolveWorkload({ yaml }, { cpuCount: 4 });
      const { dataset, splits } = describeWorkload(workload);
      return {
        folder: dataset.folder,
        subfolders: splits.map(({ naming }) => naming.subfolderCount),
        identity: identityOf(
          like === undefined
            ? dataset
            : withRowGroupsOf({ dataset: like }, dataset),
          workload.dataset.file_prefix,
        ),
      };
    };
    const made = await identity(datagen);
    for (const run of runs) {
      assertEquals(await identity(run, made.identity), made);
    }
  });
}
