import { assertEquals, assertThrows } from "@std/assert";
import { DatasetFiles } from "../../../lib/engine/plan/dataset_files.ts";
import type { Format } from "../../../lib/formats/format.ts";
import { npz } from "../../../lib/formats/npz.ts";
import { SampleDims } from "../../../lib/sampling/sample_dims.ts";
import { describeWorkload, workloadOf } from "../workload_of.ts";

function filesOf(words: readonly string[], format: Format = npz) {
  const { dataset, splits } = describeWorkload(workloadOf(...words));
  return { dataset, files: new DatasetFiles(dataset, splits, format) };
}

Deno.test("files are numbered over training, then evaluation files", () => {
  const { files } = filesOf([
    "dataset.num_files_train=10",
    "dataset.num_files_eval=3",
    "dataset.num_subfolders_eval=2",
  ]);
  assertEquals(files.relativePath(0), "train/img_00_of_10.npz");
  assertEquals(files.relativePath(9), "train/img_09_of_10.npz");
  assertEquals(files.relativePath(10), "valid/0/img_0_of_3.npz");
  assertEquals(files.relativePath(11), "valid/1/img_1_of_3.npz");
  assertEquals(files.path(12), "data/valid/0/img_2_of_3.npz");
});

Deno.test("a file that the dataset does not have is an error", () => {
  const { files } = filesOf(["dataset.num_files_train=10"]);
  for (const fileIndex of [-1, 10, 1000]) {
    assertThrows(
      () => files.path(fileIndex),
      RangeError,
      `current value is ${fileIndex}`,
    );
  }
});

Deno.test("a file's dimensions follow from its index over both splits", () => {
  const { dataset, files } = filesOf([
    "dataset.num_files_train=5",
    "dataset.num_files_eval=5",
    "dataset.record_length_bytes=100000",
    "dataset.record_length_bytes_stdev=40000",
  ]);
  const dims = new SampleDims(dataset.dims);
  for (const fileIndex of [9, 0, 5, 4]) {
    const spec = files.spec(fileIndex);
    assertEquals(spec.fileIndex, fileIndex);
    assertEquals(spec.sampleDims, dims.of(fileIndex));
    assertEquals(spec.dataset, dataset.spec);
    assertEquals(files.bytes(fileIndex), npz.fileBytes(spec));
  }
});

Deno.test("a length that only encoding tells is null", () => {
  const { files } = filesOf([], { ...npz, fileBytes: () => null });
  assertEquals(files.bytes(0), null);
});

Deno.test("any file of a billion is found at once", () => {
  const { files } = filesOf(["dataset.num_files_train=1000000000"]);
  assertEquals(
    files.path(999_999_999),
    "data/train/img_0999999999_of_1000000000.npz",
  );
});
