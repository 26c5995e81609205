import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { jsonPieces } from "../../lib/results/json_pieces.ts";
import type { PhaseRecord, RunRecord } from "../../lib/metrics/run_record.ts";
import { summarize } from "../../lib/metrics/summary.ts";
import { shapeOf } from "../results/json_shape.ts";
import {
  CONTEXT,
  evalPhase,
  hostsOf,
  phaseOf,
  rankOf,
  runOf,
  sampleRun,
  savePhase,
  trainPhase,
  workerOf,
} from "./sample_run.ts";

const LATENCY_SHAPE = {
  p50: "number",
  p90: "number",
  p99: "number",
  p99_9: "number",
  max: "number",
};

/** DLIO's nine keys (dlio.md 6.1). */
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

/** Stoker's keys of one kind of phase (interface.md, and beyond). */
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
  };
}

function metricOf(record: RunRecord) {
  return summarize(record, CONTEXT).metric;
}

Deno.test("summarize() has the golden shape of summary.json", () => {
  const summary = summarize(sampleRun(), CONTEXT);
  assertEquals(shapeOf(summary), {
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
      train_bytes_read: "number",
      ...ownShape("eval"),
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
    host_cpuinfo: { "model name": "string", cpu_cores: "string" },
    host_meminfo: { MemTotal: "string" },
    host_memory_GB: ["number"],
    data_size_per_host_GB: "number",
    epochs: "number",
    end: "string",
    stoker_version: "string",
    complete: "boolean",
    warnings: ["string"],
  });
});

Deno.test("summarize() agrees with a hand calculation over epochs", () => {
  const fast = phaseOf({
    batchSize: 4,
    ranks: [
      rankOf(0, [[1, 1, 0], [0, 1, 0]]),
      rankOf(1, [[1, 1, 0], [0, 1, 0]]),
    ],
  });
  const slow = phaseOf({
    epoch: 2,
    batchSize: 4,
    ranks: [
      rankOf(0, [[1, 1, 0], [1, 1, 0]]),
      rankOf(1, [[1, 1, 0], [0, 1, 1]]),
    ],
  });
  const metric = metricOf(runOf([fast, slow]));
  assertEquals(metric.train_au_percentage, [100, 50]);
  assertEquals(metric.train_au_mean_percentage, 75);
  assertEquals(metric.train_au_stdev_percentage, 25);
  assertEquals(metric.train_throughput_samples_per_second, [8, 4]);
  assertEquals(metric.train_throughput_mean_samples_per_second, 6);
  assertEquals(metric.train_throughput_stdev_samples_per_second, 2);
  // Records of 1 MiB.
  assertEquals(metric.train_io_mean_MB_per_second, 6);
  assertEquals(metric.train_io_stdev_MB_per_second, 2);
  assertEquals(metric.train_slowest_rank, 0);
});

Deno.test("summarize() states bytes, cache truth and completion", () => {
  const metric = metricOf(sampleRun());
  assertEquals(metric.train_bytes_requested, 3 * 56 * 2 ** 20);
  assertEquals(metric.train_bytes_from_device, 3 * 14 * 2 ** 20);
  assertEquals(metric.train_cache_hit_fraction, 0.75);
  assertEquals(metric.train_first_done_seconds, 2);
  assertEquals(metric.train_last_done_seconds, 2.5);
  // 56 MiB in 4 steps of 0.625 s.
  assertEquals(
    Number(metric.train_io_real_mean_MiB_per_second).toFixed(9),
    "22.400000000",
  );
  assertEquals(metric.eval_bytes_from_device, null);
  assertEquals(metric.eval_cache_hit_fraction, null);
  assertEquals(metric.save_checkpoint_duration_mean_seconds, 1);
  assertEquals(metric.save_checkpoint_io_mean_GB_per_second, 1);
  assertEquals(metric.checkpoint_size_GB, 1);
});

Deno.test("summarize() sums eval throughput, means eval AU over ranks", () => {
  const metric = metricOf(runOf([evalPhase(1)]));
  // Of both ranks the last step of 0.5 s counts: 7 samples each.
  assertEquals(metric.eval_au_percentage, [50]);
  assertEquals(metric.eval_throughput_samples_per_second, [28]);
});

Deno.test("summarize() meets the expectation at the goal, if complete", () => {
  const train = phaseOf({ ranks: [rankOf(0, [[0, 1, 0], [0.125, 0.875, 0]])] });
  const at = { ...CONTEXT, auGoal: 0.875 };
  const above = { ...CONTEXT, auGoal: 0.876 };
  const expectation = (record: RunRecord, context = at) =>
    summarize(record, context).metric.train_au_meet_expectation;
  assertEquals(expectation(runOf([train])), "success");
  assertEquals(expectation(runOf([train]), above), "fail");
  assertEquals(expectation(runOf([train], { complete: false })), "fail");
});

Deno.test("summarize() warns of AU from memory and of empty windows", () => {
  const short = phaseOf({ epoch: 2, ranks: [rankOf(0, [[1, 1, 0]])] });
  const { warnings, metric } = summarize(
    runOf([trainPhase(1), short], { warnings: ["first"] }),
    CONTEXT,
  );
  assertEquals(warnings.length, 3);
  assertEquals(warnings[0], "first");
  assertStringIncludes(warnings[1] ?? "", "75.0 %");
  assertStringIncludes(warnings[2] ?? "", "Epoch 2 (train) without AU");
  assertEquals(metric.train_au_percentage, [80, null]);
  assertEquals(metric.train_au_mean_percentage, 80);
});

Deno.test("summarize() of an interrupted run keeps what was measured", () => {
  const cut = { ...trainPhase(2), complete: false };
  const summary = summarize(
    runOf([trainPhase(1), cut], { complete: false, failure: "Ctrl-C" }),
    CONTEXT,
  );
  assertEquals(summary.complete, false);
  assertEquals(summary.epochs, 2);
  assertEquals(summary.metric.train_au_percentage, [80, 80]);
});

Deno.test("summarize() of a checkpoint-only run has only its keys", () => {
  const load = { ...savePhase(0), kind: "load_checkpoint" as const };
  const summary = summarize(runOf([savePhase(0), load]), CONTEXT);
  assertEquals(summary.epochs, 0);
  const kinds = new Set(
    Object.keys(summary.metric).map((key) => key.split("_checkpoint")[0]),
  );
  assertEquals([...kinds].sort(), ["checkpoint_size_GB", "load", "save"]);
});

Deno.test("summarize() states the share of fsync in all saves", () => {
  const saves = ([[4, 1], [2, 0.5], [2, 1.5]] as const).map((
    [lastDoneSeconds, fsyncSeconds],
  ) =>
    phaseOf({
      kind: "save_checkpoint",
      workers: [workerOf(0, { lastDoneSeconds, fsyncSeconds })],
    })
  );
  const metric = metricOf(runOf(saves));
  assertEquals(metric.save_checkpoint_fsync_seconds, 1);
  assertEquals(metric.save_checkpoint_fsync_fraction, 3 / 8);
});

Deno.test("summarize() warns of every kind of phase that read memory", () => {
  const kinds = ["train", "eval", "load_checkpoint", "save_checkpoint"];
  const phases = kinds.map((kind) =>
    phaseOf({
      kind: kind as PhaseRecord["kind"],
      ranks: [rankOf(0, [[1, 1, 0], [1, 1, 0]])],
      bytesRequested: 100,
      hosts: hostsOf({ bytes: 0, source: "x" }),
    })
  );
  assertEquals(
    summarize(runOf(phases), CONTEXT).warnings.map((text) =>
      text.split(" took ")[0]
    ),
    ["Training", "Evaluation", "Loading checkpoints"],
  );
});

Deno.test("summarize() of a run without phases has no metric", () => {
  const summary = summarize(runOf([]), CONTEXT);
  assertEquals(summary.metric, {});
  assertEquals(summary.warnings, []);
});

Deno.test("summarize() and its text never hold NaN or Infinity", () => {
  const empty = phaseOf({ durationSeconds: 0, ranks: [rankOf(0, [])] });
  const zero = phaseOf({
    epoch: 2,
    ranks: [rankOf(0, [[0, 0, 0], [0, 0, 0]])],
  });
  const save = phaseOf({ kind: "save_checkpoint", durationSeconds: 0 });
  const noHost = runOf([empty, zero, save], { hosts: [], accelerators: 0 });
  for (const record of [noHost, runOf([empty, zero, save])]) {
    const summary = summarize(record, CONTEXT);
    const numbers: unknown[] = Object.values(summary.metric).flat();
    numbers.push(summary.data_size_per_host_GB);
    for (const value of numbers) {
      assert(typeof value !== "number" || Number.isFinite(value));
    }
    JSON.parse([...jsonPieces(summary)].join(""));
  }
});

Deno.test("summarize() says which hosts can cache their share", () => {
  // 56 files of 1 GiB on one host with 8 GiB, then with 64.
  const context = { ...CONTEXT, recordBytes: 2 ** 30 };
  const record = runOf([]);
  const host = record.hosts[0];
  assert(host !== undefined);
  assertEquals(summarize(record, context).data_size_per_host_GB, 56);
  assertEquals(summarize(record, context).potential_caching, [0]);
  const large = { ...record, hosts: [{ ...host, memoryBytes: 2 ** 36 }] };
  assertEquals(summarize(large, context).potential_caching, [1]);
  const two = { ...record, hosts: [host, host] };
  assertEquals(summarize(two, context).data_size_per_host_GB, 28);
});
