import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { jsonPieces } from "../../lib/results/json_pieces.ts";
import type { RunRecord } from "../../lib/metrics/run_record.ts";
import { runFromPlain, stokerJson } from "../../lib/results/stoker_json.ts";
import type { PlainRun } from "../../lib/results/stoker_json.ts";
import { summarize } from "../../lib/metrics/summary.ts";
import { shapeOf } from "./json_shape.ts";
import {
  CONTEXT,
  phaseOf,
  runOf,
  sampleRun,
  trainPhase,
  workerOf,
} from "../metrics/sample_run.ts";

function savedAs(record: RunRecord) {
  const content = stokerJson(record, CONTEXT, summarize(record, CONTEXT));
  return JSON.parse([...jsonPieces(content)].join("")) as
    & PlainRun
    & Record<string, unknown>;
}

const MOMENT = { wall_ms: "number", at_seconds: "number" };

const LATENCY = {
  p50: "number",
  p90: "number",
  p99: "number",
  p99_9: "number",
  max: "number",
};

const HISTOGRAM = {
  count: "number",
  sum_ms: "number",
  min_ms: "number",
  max_ms: "number",
  groups: [["number"]],
};

Deno.test("stokerJson() has the golden keys at its top", () => {
  assertEquals(Object.keys(savedAs(sampleRun())), [
    "stoker_version",
    "command_line",
    "label",
    "versions",
    "complete",
    "failure",
    "errors",
    "warnings",
    "run_warnings",
    "format_version",
    "start",
    "accelerators",
    "hosts",
    "context",
    "end",
    "settings",
    "metric",
    "phases",
  ]);
});

Deno.test("stokerJson() has the golden shape of a training phase", () => {
  const [train] = savedAs(sampleRun()).phases;
  assertEquals(shapeOf(train), {
    kind: "string",
    epoch: "number",
    checkpoint: "number",
    complete: "boolean",
    start: MOMENT,
    end: MOMENT,
    duration_seconds: "number",
    batch_size: "number",
    planned_steps: "number",
    bytes_requested: "number",
    device: { bytes: "number", source: "string" },
    hosts: [{
      host: "string",
      process: "number",
      device: { bytes: "number", source: "string" },
      cpu: {
        user_seconds: "number",
        system_seconds: "number",
        source: "string",
      },
      host_cpu: { busy_fraction: "number", pressure_fraction: "number" },
    }],
    ranks: [{
      rank: "number",
      host: "string",
      step_count: "number",
      load_seconds: ["number"],
      compute_seconds: ["number"],
      step_seconds: ["number"],
      compute_requested_seconds: ["number"],
      done_seconds: "number",
      blocks: [{
        first_step: "number",
        step_count: "number",
        start_seconds: "number",
        duration_seconds: "number",
      }],
    }],
    workers: [{
      host: "string",
      role: "string",
      rank: "number",
      thread: "number",
      bytes: "number",
      operations: "number",
      files: "number",
      samples: "number",
      errors: "number",
      retries: "number",
      first_done_seconds: "number",
      last_done_seconds: "number",
    }],
    histograms: { open: HISTOGRAM, read: HISTOGRAM },
    metrics: {
      au_percentage: "number",
      throughput_samples_per_second: "number",
      slowest_rank: "number",
      slowest_host: "string",
      ranks: [{
        rank: "number",
        host: "string",
        window_steps: "number",
        au: "number",
        samples_per_second: "number",
        load_seconds: "number",
        sustained_au: "number",
        sustained_samples_per_second: "number",
      }],
      first_done_seconds: "number",
      last_done_seconds: "number",
      bytes_moved: "number",
      mib_per_second: "number",
      cache: {
        bytes_requested: "number",
        bytes_from_device: "number",
        hit_fraction: "number",
        source: "string",
      },
      latency_us: { open: LATENCY, read: LATENCY },
    },
  });
});

Deno.test("stokerJson() lets AU and throughput be computed by hand", () => {
  const saved = savedAs(sampleRun());
  const aus: number[] = [];
  let samplesPerSecond = 0;
  for (const rank of [...saved.phases][0]?.ranks ?? []) {
    const sum = (values: Iterable<number>) =>
      [...values].slice(CONTEXT.excludeStartSteps).reduce((a, b) => a + b, 0);
    const seconds = sum(rank.step_seconds);
    aus.push(100 * sum(rank.compute_seconds) / seconds);
    samplesPerSecond += 3 * 7 / seconds;
  }
  const metric = saved.metric as Record<string, number[]>;
  const [au = 0] = metric.train_au_percentage ?? [];
  const [rate = 0] = metric.train_throughput_samples_per_second ?? [];
  assertAlmostEquals(au, (aus[0] ?? 0) / 2 + (aus[1] ?? 0) / 2);
  assertAlmostEquals(rate, samplesPerSecond);
});

Deno.test("stokerJson() states a checkpoint's ranks", () => {
  const metrics = ([...savedAs(sampleRun()).phases][1] as unknown as {
    metrics: Record<string, unknown>;
  }).metrics;
  assertEquals(metrics.duration_seconds, 1);
  assertEquals(metrics.ranks, [
    { rank: 0, seconds: 1, bytes: 3 * 2 ** 28, gib_per_second: 0.75 },
    { rank: 1, seconds: 0.5, bytes: 2 ** 28, gib_per_second: 0.5 },
  ]);
});

Deno.test("stokerJson() keeps the settings with their origins", () => {
  assertEquals(savedAs(sampleRun()).settings, CONTEXT.settings);
});

Deno.test("stokerJson() lists failures and failed operations", () => {
  const phase = phaseOf({
    workers: [workerOf(3, { errors: 2, thread: 1 }), workerOf(4)],
  });
  const record = runOf([phase], { complete: false, failure: "disk full" });
  assertEquals(savedAs(record).errors, [
    "disk full",
    "2 failed operations: train, epoch 1, rank 3, reader 1",
  ]);
});

Deno.test("runFromPlain() gives back record and context", () => {
  const record = sampleRun({ warnings: ["once"], complete: false });
  const run = runFromPlain(savedAs(record));
  assertEquals(run.record, record);
  assertEquals(run.context, CONTEXT);
});

Deno.test("runFromPlain() lets the same summary be derived again", () => {
  const record = sampleRun();
  const run = runFromPlain(savedAs(record));
  assertEquals(
    summarize(run.record, run.context),
    summarize(record, CONTEXT),
  );
});

Deno.test("stokerJson() shares step arrays instead of copying them", () => {
  const phase = trainPhase(1);
  const record = runOf([phase]);
  const content = stokerJson(record, CONTEXT, summarize(record, CONTEXT));
  const [saved] = content.phases;
  const [rank] = saved?.ranks ?? [];
  assert(rank?.load_seconds === phase.ranks[0]?.loadSeconds);
});
