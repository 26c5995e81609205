/**
 * Workload files in the manner of published ones, with what they carry
 * beside settings: https://github.com/argonne-lcf/dlio_benchmark and
 * https://github.com/mlcommons/storage.
 */
import { assertEquals } from "@std/assert";
import { problemsOf, resolveGiven } from "./resolving.ts";

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
  assertEquals(warnings.map((each) => each.split(" ")[0]), [
    "model",
    "workflow.debug",
    "dataset.record_length",
    "checkpoint.model_size",
  ]);
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
  });
  assertEquals(warnings.length, 1);
});

Deno.test("Keys that moved to another section are errors that say so", () => {
  assertEquals(problemsOf({ yaml: "checkpoint: {num_layers: 44}" }), [
    "Cannot use checkpoint.num_layers (from file w.yaml:1): there is no such " +
    'setting; did you mean "model.num_layers"',
  ]);
});
