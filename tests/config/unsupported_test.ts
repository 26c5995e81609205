import { assertEquals } from "@std/assert";
import { unsupported } from "../../lib/config/unsupported.ts";
import { resolveGiven } from "./resolving.ts";

const PARTS = {
  formats: ["npz", "npy"],
  storages: ["local_fs"],
} as const;

function missing(...words: string[]): string[] {
  return unsupported(resolveGiven({ words }).workload, PARTS);
}

Deno.test("unsupported() is empty where nothing is missing", () => {
  assertEquals(missing("dataset.format=npz"), []);
});

Deno.test("unsupported() names format, storage and what there is", () => {
  assertEquals(missing("dataset.format=hdf5", "storage.storage_type=s3"), [
    "Cannot run with dataset.format = hdf5: this build has only the formats " +
    "npz, npy",
    "Cannot run with storage.storage_type = s3: this build has only the " +
    "storages local_fs",
  ]);
  assertEquals(
    unsupported(resolveGiven({}).workload, {
      formats: [],
      storages: ["local_fs"],
    }),
    ["Cannot run with dataset.format = tfrecord: this build has no format"],
  );
});

Deno.test("unsupported() does not mind the format of a checkpoint run", () => {
  const words = ["workflow.train=false", "workflow.checkpoint=true"];
  assertEquals(missing(...words), []);
});

Deno.test("unsupported() does not mind iostat, which this build does itself", () => {
  assertEquals(missing("dataset.format=npz", "workflow.profiling=true"), []);
});
