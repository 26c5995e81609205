/**
 * The schema against the keys and defaults of DLIO's `utils/config.py`.
 */
import { assert, assertEquals } from "@std/assert";
import { workloadJsonSchema } from "../../lib/config/json_schema.ts";
import { SECTIONS, SETTING_ROWS } from "../../lib/config/setting_rows.ts";
import { ALL_OPTIONS } from "../../lib/config/option_settings.ts";
import { settingsTable } from "../../lib/config/settings_table.ts";

const NO_TIME = { type: "constant", mean: 0 };

/** Undefined: the default depends on the host or on another setting. */
const DLIO_DEFAULTS: Readonly<Record<string, unknown>> = {
  "framework": "tensorflow",
  "model.name": "default",
  "model.type": null,
  "model.model_size_bytes": 10240,
  "model.optimization_groups": [],
  "model.num_layers": -1,
  "model.layer_parameters": [],
  "model.model_datatype": "fp16",
  "model.optimizer_datatype": "fp32",
  "model.parallelism.tensor": 1,
  "model.parallelism.pipeline": 1,
  "model.parallelism.data": -1,
  "model.parallelism.zero_stage": 0,
  "model.transformer.vocab_size": 32000,
  "model.transformer.hidden_size": 2048,
  "model.transformer.ffn_hidden_size": 8192,
  "model.transformer.num_attention_heads": 32,
  "model.transformer.num_kv_heads": 8,
  "workflow.generate_data": false,
  "workflow.train": true,
  "workflow.evaluation": false,
  "workflow.checkpoint": false,
  "workflow.profiling": false,
  "workflow.query": null,
  "dataset.num_files_generated": null,
  "dataset.dlio_compat": "3.0",
  "storage.storage_type": "local_fs",
  "storage.storage_root": "./",
  "storage.storage_options": null,
  "storage.storage_library": null,
  "storage.post_generation_settle_seconds": 0,
  "dataset.record_length_bytes": 65536,
  "dataset.record_length_bytes_stdev": 0,
  "dataset.record_length_bytes_resize": 0,
  "dataset.num_files_train": 8,
  "dataset.num_files_eval": 0,
  "dataset.num_samples_per_file": 1,
  "dataset.num_subfolders_train": 0,
  "dataset.num_subfolders_eval": 0,
  "dataset.data_folder": "./data",
  "dataset.file_prefix": "img",
  "dataset.format": "tfrecord",
  "dataset.compression": "none",
  "dataset.compression_level": 4,
  "dataset.enable_chunking": false,
  "dataset.chunk_size": 0,
  "dataset.generation_buffer_size": 2147483648,
  "dataset.keep_files": true,
  "dataset.data_gen_method": null,
  "dataset.record_element_bytes": 4,
  "dataset.record_element_type": "uint8",
  "dataset.record_dims": [],
  "dataset.skip_listing": false,
  "dataset.listing_validation_interval": 1000,
  "dataset.parquet.columns": [],
  "dataset.parquet.row_group_size": 1024,
  "dataset.parquet.partition_by": null,
  "dataset.parquet.generation_batch_size": 0,
  "dataset.parquet.use_s3dlio_gen": false,
  "dataset.hdf5.chunk_dims": [],
  "dataset.hdf5.num_dset_per_record": 1,
  "dataset.hdf5.max_shape": [],
  "reader.data_loader": undefined,
  "reader.batch_size": 1,
  "reader.batch_size_eval": 1,
  "reader.read_threads": undefined,
  "reader.write_threads": undefined,
  "reader.computation_threads": 1,
  "reader.prefetch_size": 2,
  "reader.file_shuffle": "off",
  "reader.sample_shuffle": "off",
  "reader.shuffle_buffer_samples": 1000,
  "reader.io_engine": undefined,
  "reader.io_depth": null,
  "reader.shard_cache_folder": null,
  "reader.shard_cache_bytes": null,
  "reader.shard_cache_predownload": null,
  "reader.shuffle_size": 1024,
  "reader.read_type": "on_demand",
  "reader.file_access": "multi",
  "reader.transfer_size": null,
  "reader.odirect": false,
  "reader.preprocess_time": NO_TIME,
  "reader.pin_memory": true,
  "reader.multiprocessing_context": "spawn",
  "reader.dont_use_mmap": false,
  "reader.transformed_record_dims": [],
  "reader.transformed_record_element_type": "uint8",
  "reader.reader_classname": null,
  "reader.data_loader_classname": null,
  "reader.data_loader_sampler": "none",
  "train.epochs": 1,
  "train.total_training_steps": -1,
  "train.computation_time": NO_TIME,
  "train.seed": 123,
  "train.seed_change_epoch": true,
  "evaluation.eval_time": NO_TIME,
  "evaluation.eval_after_epoch": 1,
  "evaluation.epochs_between_evals": 1,
  "checkpoint.checkpoint_folder": "./checkpoints",
  "checkpoint.checkpoint_after_epoch": 1,
  "checkpoint.epochs_between_checkpoints": 1,
  "checkpoint.steps_between_checkpoints": -1,
  "checkpoint.type": "rank_zero",
  "checkpoint.mode": "default",
  "checkpoint.fsync": false,
  "checkpoint.recovery_rank_shift": false,
  "checkpoint.rank_sync": false,
  "checkpoint.time_between_checkpoints": -1,
  "checkpoint.num_checkpoints_write": -1,
  "checkpoint.num_checkpoints_read": -1,
  "checkpoint.randomize_tensor": true,
  "checkpoint.checkpoint_mechanism_classname": null,
  "checkpoint.ksm": null,
  "output.folder": null,
  "output.log_file": "dlio.log",
  "output.metric.exclude_start_steps": 1,
  "output.metric.exclude_end_steps": 0,
  "profiling.profiler": "iostat",
  "profiling.iostat_devices": [],
  "metric.au": 0.9,
};

const STOKERS_OWN: Readonly<Record<string, unknown>> = {
  "dataset.format_module": null,
  "dataset.files_train": [],
  "dataset.files_eval": [],
  "dataset.seed": 10,
  "dataset.parquet.decode": false,
  "dataset.arrow.ipc_format": "file",
  "dataset.arrow.batch_size": 1000,
  "dataset.megatron.document_length": 1024,
  "dataset.megatron.document_length_stdev": 1024,
  "dataset.megatron.blend": [],
  "reader.broadcast": false,
  "reader.accelerators_per_thread": undefined,
  "reader.readers_per_thread": undefined,
  "storage.drop_caches": "never",
  "dataset.dedupe_ratio": 1,
  "dataset.compress_ratio": 1,
  "output.log_level": "warning",
  "checkpoint.container": "raw",
  "checkpoint.chunk_size": 4194304,
  "checkpoint.threads": -1,
  "checkpoint.read_threads": -1,
  "checkpoint.scale": 1,
  "checkpoint.keep_checkpoints": -1,
  "checkpoint.verify": false,
};

Deno.test("SETTING_ROWS has DLIO's keys and defaults and Stoker's own", () => {
  const expected = { ...DLIO_DEFAULTS, ...STOKERS_OWN };
  assertEquals([...SETTING_ROWS.keys()].sort(), Object.keys(expected).sort());
  for (const [key, fallback] of Object.entries(expected)) {
    assertEquals(SETTING_ROWS.get(key)!.fallback, fallback, key);
  }
});

Deno.test("SETTING_ROWS has a help text for every setting", () => {
  for (const { key, help } of SETTING_ROWS.values()) {
    assert(help.length > 5, key);
    assert(!help.endsWith("."), key);
  }
});

Deno.test("SETTING_ROWS has only defaults that its schema accepts", () => {
  for (const { key, schema, hasDefault, fallback } of SETTING_ROWS.values()) {
    if (hasDefault) assertEquals(schema.parse(fallback), fallback, key);
  }
});

Deno.test("SECTIONS has every map above a setting", () => {
  for (const key of ["model", "model.parallelism", "output.metric"]) {
    assert(SECTIONS.has(key), key);
  }
  assertEquals(SECTIONS.has("storage.storage_options"), false);
});

/** The JSON Schema of a dotted key. */
function jsonSchemaAt(key: string): Record<string, unknown> {
  return key.split(".").reduce<Record<string, unknown>>((node, name) => {
    const properties = node.properties as Record<string, unknown>;
    return properties[name] as Record<string, unknown>;
  }, workloadJsonSchema());
}

Deno.test("workloadJsonSchema() describes every setting and requires none", () => {
  for (const { key, hasDefault, fallback, help } of SETTING_ROWS.values()) {
    const json = jsonSchemaAt(key);
    assertEquals(json.description, help, key);
    if (hasDefault) assertEquals(json.default, fallback, key);
  }
  assert(!JSON.stringify(workloadJsonSchema()).includes('"required"'));
});

Deno.test("workloadJsonSchema() allows the spellings of files", () => {
  assertEquals(jsonSchemaAt("reader.batch_size").minimum, 1);
  assertEquals(jsonSchemaAt("workflow.train").type, "boolean");
  assertEquals(
    (jsonSchemaAt("dataset.record_length_bytes").anyOf as unknown[]).length,
    2,
  );
  assert(
    (jsonSchemaAt("reader.file_shuffle").enum as unknown[]).includes(false),
  );
  assertEquals(jsonSchemaAt("train.computation_time_stdev").type, "number");
  assertEquals(
    Object.keys(jsonSchemaAt("data_reader").properties as object),
    Object.keys(jsonSchemaAt("reader").properties as object),
  );
  assertEquals(workloadJsonSchema().additionalProperties, false);
});

Deno.test("settingsTable() has a row for each setting and option", () => {
  const lines = settingsTable().trimEnd().split("\n");
  assertEquals(lines.length, SETTING_ROWS.size + ALL_OPTIONS.length + 2);
  assert(lines.every((line) => line.startsWith("|") && line.endsWith("|")));
  assert(lines.every((line) => line.split(/(?<!\\)\|/).length === 5));
});
