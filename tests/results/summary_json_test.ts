import { assert, assertEquals } from "@std/assert";
import { summarize } from "../../lib/metrics/summary.ts";
import type { PhaseRecord, RunRecord } from "../../lib/metrics/run_record.ts";
import { jsonPieces } from "../../lib/results/json_pieces.ts";
import { summaryJson } from "../../lib/results/summary_json.ts";
import {
  CONTEXT,
  phaseOf,
  rankOf,
  runOf,
  sampleRun,
  savePhase,
} from "../metrics/sample_run.ts";
import { shapeOf } from "./json_shape.ts";

function jsonOf(record: RunRecord, context = CONTEXT) {
  return summaryJson(summarize(record, context), context);
}

const LATENCY_SHAPE = {
  p50: "number",
  p90: "number",
  p99: "number",
  p99_9: "number",
  max: "number",
};

/** Of a record without roles and without what may be used. */
const CPU_SHAPE = {
  seconds: "number",
  user_seconds: "number",
  system_seconds: "number",
  seconds_per_gb: "number",
  seconds_per_sample: "number",
  allowed_count: "null",
  allowed_source: "null",
  used_fraction: "null",
  host_busy_fraction: "number",
  pressure_fraction: "number",
  group_pressure_fraction: "null",
  roles: [],
};

/** DLIO's nine keys. */
function dlioShape(kind: "train" | "eval") {
  return {
    [`${kind}_au_percentage`]: ["number"],
    [`${kind}_au_mean_percentage`]: "number",
    [`${kind}_au_meet_expectation`]: "string",
    [`${kind}_au_stdev_percentage`]: "number",
    [`${kind}_throughput_samples_per_second`]: ["number"],
    [`${kind}_throughput_mean_samples_per_second`]: "number",
    [`${kind}_throughput_stdev_samples_per_second`]: "number",
    [`${kind}_io_mean_MB_per_second`]: "number",
    [`${kind}_io_stdev_MB_per_second`]: "number",
  };
}

/** Stoker's keys of one kind of phase. */
function ownShape(kind: string, latency: unknown = LATENCY_SHAPE) {
  return {
    [`${kind}_bytes_requested`]: "number",
    [`${kind}_bytes_from_device`]: "number",
    [`${kind}_bytes_from_device_source`]: "string",
    [`${kind}_cache_hit_fraction`]: "number",
    [`${kind}_read_latency_us`]: latency,
    [`${kind}_first_done_seconds`]: "number",
    [`${kind}_last_done_seconds`]: "number",
    [`${kind}_io_real_mean_MiB_per_second`]: "number",
    [`${kind}_io_real_stdev_MiB_per_second`]: "number",
    [`${kind}_slowest_rank`]: "number",
    [`${kind}_cpu`]: CPU_SHAPE,
  };
}

/** Further ones of a kind with steps. */
function stepsShape(kind: string) {
  const part = "number";
  return {
    [`${kind}_sustained_au_percentage`]: ["number"],
    [`${kind}_sustained_au_mean_percentage`]: "number",
    [`${kind}_sustained_throughput_mean_samples_per_second`]: "number",
    [`${kind}_settled`]: "boolean",
    [`${kind}_compute_overrun_percentage`]: "number",
    [`${kind}_time_split`]: {
      compute: part,
      load: part,
      barrier: part,
      overrun: part,
      other: part,
    },
    [`${kind}_nominal_bytes`]: "number",
  };
}

Deno.test("summaryJson() has the golden shape of summary.json", () => {
  assertEquals(shapeOf(jsonOf(sampleRun())), {
    start: "string",
    num_accelerators: "number",
    num_hosts: "number",
    hostname: "string",
    metric: {
      ...dlioShape("train"),
      ...dlioShape("eval"),
      save_checkpoint_io_mean_GB_per_second: "number",
      save_checkpoint_io_stdev_GB_per_second: "number",
      save_checkpoint_duration_mean_seconds: "number",
      save_checkpoint_duration_stdev_seconds: "number",
      checkpoint_size_GB: "number",
      ...ownShape("train"),
      ...stepsShape("train"),
      train_bytes_read: "number",
      ...ownShape("eval"),
      ...stepsShape("eval"),
      eval_bytes_read: "number",
      eval_bytes_from_device: "null",
      eval_cache_hit_fraction: "null",
      ...ownShape("save_checkpoint", "null"),
      save_checkpoint_bytes_written: "number",
      save_checkpoint_write_latency_us: LATENCY_SHAPE,
      save_checkpoint_slowest_rank_GiB_per_second: "number",
      save_checkpoint_fsync_seconds: "number",
      save_checkpoint_fsync_fraction: "number",
    },
    num_files_train: "number",
    num_files_eval: "number",
    num_samples_per_file: "number",
    host_cpu_count: ["number"],
    host_processor_name: "string",
    potential_caching: ["number"],
    read_engine: "null",
    write_engine: "null",
    host_cpuinfo: { "model name": "string", cpu_cores: "string" },
    host_meminfo: { MemTotal: "string" },
    host_memory_GB: ["number"],
    data_size_per_host_GB: "number",
    epochs: "number",
    end: "string",
    stoker_version: "string",
    complete: "boolean",
    warnings: ["string"],
    comparability_class: "string",
    verdict: {
      answer: "string",
      limit: "string",
      confidence: "number",
      trust: "string",
      trust_reasons: ["string"],
      evidence: [{
        signal: "string",
        value: "string",
        says_for: "null",
        note: "string",
      }],
      text: "string",
    },
  });
});

Deno.test("summaryJson() of a checkpoint-only run has only its keys", () => {
  const load = { ...savePhase(0), kind: "load_checkpoint" as const };
  const summary = jsonOf(runOf([savePhase(0), load]));
  assertEquals(summary.epochs, 0);
  const kinds = new Set(
    Object.keys(summary.metric).map((key) => key.split("_checkpoint")[0]),
  );
  assertEquals([...kinds].sort(), ["checkpoint_size_GB", "load", "save"]);
});

Deno.test("summaryJson() has no metric of what prepares or checks files", () => {
  const phases = (["generate", "verify"] as const).map((kind) =>
    phaseOf({ kind, bytesRequested: 100 })
  );
  assertEquals(jsonOf(runOf(phases)).metric, {});
});

Deno.test("summaryJson() counts trainings as epochs", () => {
  assertEquals(jsonOf(sampleRun()).epochs, 3);
  assertEquals(jsonOf(runOf([])).epochs, 0);
});

Deno.test("summaryJson() says in DLIO's words whether AU met its goal", () => {
  const phase = phaseOf({ ranks: [rankOf(0, [[0, 1, 0], [0, 1, 0]])] });
  const wordOf = (facts: Partial<PhaseRecord>) =>
    jsonOf(runOf([{ ...phase, ...facts }])).metric.train_au_meet_expectation;
  assertEquals(wordOf({}), "success");
  assertEquals(wordOf({ complete: false }), "fail");
});

Deno.test("summaryJson() and its text never hold NaN or Infinity", () => {
  const empty = phaseOf({ durationSeconds: 0, ranks: [rankOf(0, [])] });
  const zero = phaseOf({
    epoch: 2,
    ranks: [rankOf(0, [[0, 0, 0], [0, 0, 0]])],
  });
  const save = phaseOf({ kind: "save_checkpoint", durationSeconds: 0 });
  const noHost = runOf([empty, zero, save], { hosts: [], accelerators: 0 });
  for (const record of [noHost, runOf([empty, zero, save])]) {
    const summary = jsonOf(record);
    const numbers: unknown[] = Object.values(summary.metric).flat();
    numbers.push(summary.data_size_per_host_GB);
    for (const value of numbers) {
      assert(typeof value !== "number" || Number.isFinite(value));
    }
    JSON.parse([...jsonPieces(summary)].join(""));
  }
});

Deno.test("summaryJson() says which hosts can cache their share", () => {
  // 56 files of 1 GiB on one host with 8 GiB, then with 64.
  const context = { ...CONTEXT, recordBytes: 2 ** 30 };
  const record = runOf([]);
  const [host] = record.hosts;
  assert(host !== undefined);
  assertEquals(jsonOf(record, context).data_size_per_host_GB, 56);
  assertEquals(jsonOf(record, context).potential_caching, [0]);
  const large = { ...record, hosts: [{ ...host, memoryBytes: 2 ** 36 }] };
  assertEquals(jsonOf(large, context).potential_caching, [1]);
});
