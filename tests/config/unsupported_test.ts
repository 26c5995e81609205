import { assertEquals } from "@std/assert";
import { unsupported } from "../../lib/config/unsupported.ts";
import { resolveGiven } from "./resolving.ts";

const PARTS = {
  formats: ["npz", "npy"],
  storages: ["local_fs"],
  capabilities: [],
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
      capabilities: [],
    }),
    ["Cannot run with dataset.format = tfrecord: this build has no format"],
  );
});

Deno.test("unsupported() does not mind the format of a checkpoint run", () => {
  const words = ["workflow.train=false", "workflow.checkpoint=true"];
  const { workload } = resolveGiven({ words });
  assertEquals(unsupported(workload, PARTS), [
    "Cannot run with workflow.checkpoint = true: this build has no " +
    "checkpointing yet",
  ]);
  assertEquals(
    unsupported(workload, { ...PARTS, capabilities: ["checkpoint"] }),
    [],
  );
});

Deno.test("unsupported() lists capabilities that are asked for", () => {
  const words = [
    "dataset.format=npz",
    "workflow.generate_data=true",
    "dataset.dedupe_ratio=2",
    "workflow.profiling=true",
    "reader.odirect=true",
    "reader.transfer_size=4096",
  ];
  assertEquals(
    missing(...words).map((each) => /with ([\w.]+)/.exec(each)?.[1]),
    [
      "dataset.dedupe_ratio",
      "workflow.profiling",
      "reader.odirect",
      "reader.transfer_size",
    ],
  );
  assertEquals(
    unsupported(resolveGiven({ words }).workload, {
      ...PARTS,
      capabilities: ["data_reduction", "iostat", "odirect", "transfer_size"],
    }),
    [],
  );
});
