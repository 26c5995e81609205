/** Tests of lib/results/mlperf/metadata.ts. */
import { assertEquals } from "@std/assert";
import { summarize } from "../../../lib/metrics/summary.ts";
import { metricJson } from "../../../lib/results/metric_json.ts";
import { runMetadata } from "../../../lib/results/mlperf/metadata.ts";
import {
  folderTimeOf,
  metadataName,
} from "../../../lib/results/mlperf/mlperf_facts.ts";
import { CONTEXT, sampleRun } from "../../metrics/sample_run.ts";
import { shapeOf } from "../json_shape.ts";
import { FACTS } from "./sample_facts.ts";

const RECORD = sampleRun();
const SUMMARY = summarize(RECORD, CONTEXT);
const METADATA = runMetadata(RECORD, SUMMARY, {
  context: CONTEXT,
  facts: FACTS,
  folder: "results/x",
});

Deno.test("runMetadata() has the golden shape of the field's metadata", () => {
  const { metrics: _, ...rest } = METADATA;
  assertEquals(shapeOf(rest), {
    benchmark_type: "string",
    model: "string",
    command: "string",
    run_datetime: "string",
    end_datetime: "string",
    num_processes: "number",
    accelerator: "string",
    result_dir: "string",
    parameters: {
      model: { name: "string", type: "string" },
      dataset: { num_files_train: "number", num_samples_per_file: "number" },
      reader: { batch_size: "number" },
    },
    override_parameters: { "dataset.data_folder": "string" },
    system_info: {
      total_memory_bytes: "number",
      total_cores: "number",
      num_hosts: "number",
      min_memory_bytes: "number",
      max_memory_bytes: "number",
      collection_method: "string",
      collection_timestamp: "string",
      hosts: [{
        hostname: "string",
        memory: { total: "number", available: "null" },
        cpu: {
          num_cores: "null",
          num_logical_cores: "number",
          model: "string",
        },
        system: { kernel_version: "string" },
      }],
    },
    runtime: "number",
    invocation_start_time: "number",
    invocation_end_time: "number",
    verification: "null",
    executed_command: "string",
    command_output_files: [],
    args: {
      benchmark: "string",
      command: "string",
      model: "string",
      accelerator_type: "string",
      num_processes: "number",
      num_accelerators: "number",
      hosts: ["string"],
      num_client_hosts: "number",
      client_host_memory_in_gb: "number",
      data_dir: "string",
      results_dir: "string",
      checkpoint_folder: "null",
      num_checkpoints_write: "number",
      num_checkpoints_read: "number",
    },
    core_config: {
      algorithm: "string",
      allowlist: "string",
      hash: "string",
      keys: ["string"],
    },
    generated_by: "string",
    note: "string",
  });
});

Deno.test("runMetadata() has the four keys without which version 3 looks elsewhere, and the figures of summary.json", () => {
  for (
    const key of ["benchmark_type", "run_datetime", "num_processes"]
  ) {
    assertEquals(METADATA[key] === undefined || METADATA[key] === null, false);
  }
  assertEquals(METADATA.parameters, FACTS.parameters);
  assertEquals(METADATA.metrics, metricJson(SUMMARY));
});

Deno.test("runMetadata() says nothing that only the field's tool may say", () => {
  assertEquals(METADATA.verification, null);
  assertEquals(String(METADATA.note).includes("mlpstorage"), true);
  assertEquals(METADATA.generated_by, `stoker ${CONTEXT.stokerVersion}`);
});

Deno.test("runMetadata() tells begin and end in seconds since 1970", () => {
  assertEquals(METADATA.invocation_start_time, RECORD.start.wallMs / 1e3);
  assertEquals(METADATA.invocation_end_time, RECORD.end.wallMs / 1e3);
});

Deno.test("metadataName() begins with the benchmark and ends as tools look for it", () => {
  assertEquals(metadataName(FACTS), "training_20260724_123243_metadata.json");
  assertEquals(
    metadataName({ ...FACTS, benchmarkType: "checkpointing" }),
    "checkpointing_20260724_123243_metadata.json",
  );
});

Deno.test("folderTimeOf() is local time", () => {
  assertEquals(
    folderTimeOf(Date.UTC(2026, 11, 31, 23, 30, 5, 999), 60),
    "20270101_003005",
  );
});
