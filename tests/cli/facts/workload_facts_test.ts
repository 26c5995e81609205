/** Tests of lib/cli/facts/workload_facts.ts. */
import { assertEquals } from "@std/assert";
import {
  workloadFacts,
  workloadTable,
} from "../../../lib/cli/facts/workload_facts.ts";
import { resolveWorkload } from "../../../lib/config/resolve.ts";

function factsOf(text: string) {
  const yaml = { path: "x.yaml", text };
  const { workload } = resolveWorkload({ yaml }, { cpuCount: 1 });
  return workloadFacts("x", workload);
}

const TRAINING = `
framework: pytorch
workflow: {generate_data: true}
dataset:
  format: npz
  num_files_train: 10
  num_files_eval: 2
  num_samples_per_file: 3
  record_length_bytes: 1000
reader: {batch_size: 4}
train: {computation_time: 0.5}
`;

Deno.test("workloadFacts() derives size and demand", () => {
  assertEquals(factsOf(TRAINING), {
    name: "x",
    format: "npz",
    storage: "local_fs",
    files: 12,
    datasetBytes: 36000,
    samplesPerSecond: 8,
    bytesPerSecond: 8000,
    does: ["generate", "train"],
  });
});

Deno.test("workloadFacts() counts Parquet columns, demands only those read", () => {
  const facts = factsOf(`
framework: pytorch
dataset:
  format: parquet
  num_files_train: 1
  num_samples_per_file: 100
  parquet:
    columns:
      - {name: a, dtype: float64, size: 2, read: true}
      - {name: b, dtype: int8, read: false}
      - {name: c, dtype: bool, read: true}
reader: {batch_size: 10}
train: {computation_time: 1}
`);
  assertEquals(facts.datasetBytes, 1800);
  assertEquals(facts.bytesPerSecond, 170);
});

Deno.test("workloadFacts() of a checkpoint workload has no dataset", () => {
  const facts = factsOf(`
framework: pytorch
workflow: {train: false, checkpoint: true}
checkpoint: {num_checkpoints_write: 1}
`);
  assertEquals(
    [facts.format, facts.files, facts.datasetBytes, facts.samplesPerSecond],
    [null, 0, 0, null],
  );
  assertEquals(facts.does, ["checkpoint"]);
});

Deno.test("workloadTable() aligns columns below their headings", () => {
  assertEquals(
    workloadTable([factsOf(TRAINING)]),
    `\
workload  does            format  storage   files  dataset    per accelerator
x         generate train  npz     local_fs  12     35.16 KiB  8.0 samples/s, 7.81 KiB/s`,
  );
});
