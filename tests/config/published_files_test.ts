/**
 * Workload files in the manner of published ones, with what they carry
 * beside settings: https://github.com/argonne-lcf/dlio_benchmark and
 * https://github.com/mlcommons/storage.
 */
import { assertEquals } from "@std/assert";
import { resolveGiven } from "./resolving.ts";

Deno.test("A file of DLIO 2 resolves and says what it ignores", () => {
  const { workload, warnings } = resolveGiven({
    yaml: `# comment
model: bert

framework: tensorflow

workflow:
  generate_data: False
  train: True
  debug: False
  checkpoint: True

dataset:
  data_folder: data/bert/
  format: tfrecord
  num_files_train: 500
  num_samples_per_file: 313532
  record_length: 2500
  file_prefix: part

train:
  seed_change_epoch: False
  computation_time: 0.968
  total_training_steps: 1000

reader:
  data_loader: tensorflow
  read_threads: 1
  transfer_size: 262144
  batch_size: 48
  file_shuffle: seed
  sample_shuffle: seed

checkpoint:
  checkpoint_folder: checkpoints/bert
  steps_between_checkpoints: 250
  model_size: 4034713312
`,
  });
  assertEquals(workload.dataset.data_folder, "data/bert");
  assertEquals(workload.reader.read_threads, 1);
  assertEquals(workload.model.name, "bert");
  assertEquals(workload.dataset.record_length_bytes, 2500);
  assertEquals(workload.model.model_size_bytes, 4034713312);
  assertEquals(warnings.map((each) => each.split(" ")[0]), ["workflow.debug"]);
});

Deno.test("A file of MLPerf Storage with S3 options resolves", () => {
  const { workload, warnings } = resolveGiven({
    yaml: `
model: {name: unet3d, type: cnn, model_size: 499153191}
framework: pytorch
workflow: {generate_data: False, train: True, checkpoint: False}
dataset: {data_folder: test-run/unet3d, format: npz, num_files_train: 168,
  record_length_bytes: 146600628, record_length_bytes_stdev: 68341808}
storage:
  storage_type: s3
  storage_root: mlp
  storage_library: s3torchconnector
  storage_options: {endpoint_url: "https://h:9000", region: r, secure: false}
reader: {data_loader: pytorch, batch_size: 7, read_type: on_demand,
  multiprocessing_context: spawn, prefetch_size: 0}
train: {epochs: 5, computation_time: 0.323}
evaluation: {eval_time: 0.0, epochs_between_evals: 0}
profiling: {profiler: none}
logging: {verbosity: INFO}
`,
  });
  assertEquals(workload.model.model_size_bytes, 499153191);
  assertEquals(workload.storage.storage_options, {
    endpoint_url: "https://h:9000",
    region: "r",
    secure: false,
    storage_library: "s3torchconnector",
    transfer_threads: 1,
  });
  assertEquals(warnings.length, 1);
});

/** What a published file says beside its own, and the warnings it gets. */
const PUBLISHED: readonly [yaml: string, warnings: readonly string[]][] = [
  ["storage: {storage_type: s3, s3_force_path_style: true}", []],
  ["storage: {storage_type: aistore, s3_force_path_style: true}", [
    "storage.storage_options.s3_force_path_style",
  ]],
  ["storage: {storage_type: s3, endpoint_uris: [http://a, http://b]}", []],
  [
    "storage: {storage_type: aistore, use_mpi_endpoint_distribution: true}",
    [],
  ],
  ["dataset: {num_files_generated: 100}", []],
  ["reader: {multiprocessing_context: null}", []],
  ["reader: {shuffle: true}", ["reader.shuffle"]],
  ["reader: {seed: 42}", ["reader.seed"]],
  ["reader: {data_loader_root: file:///x}", ["reader.data_loader_root"]],
  ["reader: {storage_library: s3dlio}", ["reader.storage_library"]],
  [
    "reader: {storage_options: {region: r, access_key_id: k}}",
    ["reader.storage_options"],
  ],
  ["reader: {checkpoint_folder: file:///c}", ["reader.checkpoint_folder"]],
  ["generator: {num_workers: 32, buffer_size: 4194304}", ["generator"]],
  [
    "checkpoint: {num_checkpoints: 2, recovery_after_steps: 3}",
    ["checkpoint.num_checkpoints", "checkpoint.recovery_after_steps"],
  ],
  ["workflow: {profiling: iostat}", []],
  ["workflow: {profiling: True}", []],
  ["workflow: {profiling: True}\nprofiling: {profiler: none}", []],
];

Deno.test("Keys of published files are accepted, with a warning each where they do nothing", () => {
  for (const [yaml, expected] of PUBLISHED) {
    const { warnings } = resolveGiven({ yaml });
    assertEquals(
      warnings.map((each) => each.split(" ")[0]),
      [...expected],
      yaml,
    );
  }
});

Deno.test("Options of an object store one level higher count", () => {
  const { storage_options } = resolveGiven({
    yaml: `storage:
  storage_type: s3
  s3_force_path_style: true
  endpoint_uris: [http://a:1, http://b:1]
  load_balance_strategy: least_connections
  use_mpi_endpoint_distribution: false
`,
  }).workload.storage;
  assertEquals(storage_options, {
    s3_force_path_style: true,
    endpoint_uris: ["http://a:1", "http://b:1"],
    endpoint_selection: "least_in_flight",
    transfer_threads: 1,
  });
});
