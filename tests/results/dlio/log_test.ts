import { assert, assertEquals } from "@std/assert";
import { dlioLog } from "../../../lib/results/dlio/log.ts";
import { dlioMetricLines } from "../../../lib/results/dlio/metric_lines.ts";
import { summarize } from "../../../lib/metrics/summary.ts";
import type { RunRecord } from "../../../lib/metrics/run_record.ts";
import {
  CONTEXT,
  momentAt,
  phaseOf,
  runOf,
  sampleRun,
} from "../../metrics/sample_run.ts";

function logOf(record: RunRecord): string[] {
  return dlioLog(record, CONTEXT, summarize(record, CONTEXT)).split("\n");
}

/** Lines after their local time, from the first that has `text` on. */
function linesAfter(lines: readonly string[], text: string): string[] {
  const first = lines.findIndex((line) => line.includes(text));
  return lines.slice(first)
    .map((line) => line.replace(/^(\[OUTPUT\]) \S+T\S+\.\d{6} /, "$1 "));
}

Deno.test("dlioLog() tells an epoch as DLIO does", () => {
  const lines = linesAfter(logOf(sampleRun()), "Starting epoch 2");
  assertEquals(lines.slice(0, 9), [
    "[OUTPUT] Starting epoch 2: 4 steps expected",
    "[OUTPUT] Starting block 1",
    "[OUTPUT] Ending block 1 - 2 steps completed in 1.25 s",
    "[OUTPUT] Epoch 2 - Block 1 [Training] Accelerator Utilization [AU] " +
    "(%): 80.0000",
    "[OUTPUT] Epoch 2 - Block 1 [Training] Throughput (samples/second): " +
    "22.4000",
    "[OUTPUT] Epoch 2 - Block 1 [Training] Computation time per step " +
    "(second): 0.5000+/-0.0000 (set value: 0.5)",
    "[OUTPUT] Starting saving checkpoint 1 for epoch 2",
    "[OUTPUT] Finished saving checkpoint 1 for epoch 2 in 1.0000 s; " +
    "Throughput: 1.0000 GiB/s",
    "[OUTPUT] Starting block 2",
  ]);
  const evaluation = linesAfter(logOf(sampleRun()), "Starting eval");
  assertEquals(evaluation.slice(0, 4), [
    "[OUTPUT] Starting eval - 2 steps expected",
    "[OUTPUT] Ending eval - 2 steps completed in 1.00 s",
    "[OUTPUT] Epoch 2 [Eval] Accelerator Utilization [AU] (%): 50.0000",
    "[OUTPUT] Epoch 2 [Eval] Throughput (samples/second): 28.0000",
  ]);
});

Deno.test("dlioLog() begins with the workflow and one rank's steps", () => {
  const lines = logOf(sampleRun());
  assertEquals(
    lines[0],
    "[OUTPUT] 2026-03-04T06:06:07.000000 Running DLIO [Generating data & " +
      "Training & Evaluation & Checkpointing] with 2 process(es)",
  );
  assertEquals(
    linesAfter(lines, "Max steps")[0],
    "[OUTPUT] Max steps per epoch per rank: 4 = 1 * 28 / 7 " +
      "(samples per file * local files / batch size)",
  );
});

Deno.test("dlioLog() tells of generation and is in order of time", () => {
  const generation = phaseOf({
    kind: "generate",
    epoch: 0,
    start: momentAt(1),
    end: momentAt(4),
  });
  const record = sampleRun();
  const lines = logOf({ ...record, phases: [...record.phases, generation] });
  assert(lines[1]?.endsWith("06:06:08.000000 Starting data generation"));
  assert(lines[2]?.endsWith("06:06:11.000000 Generation done"));
  const stamps = lines.map((line) => /^\[OUTPUT\] (\S+T\S+) /.exec(line)?.[1])
    .filter((stamp) => stamp !== undefined);
  assertEquals(stamps, [...stamps].sort());
});

Deno.test("dlioLog() ends with the metric block and the warnings", () => {
  const lines = logOf(sampleRun());
  const rules = lines.flatMap((line, i) =>
    line ===
        "[METRIC] =========================================================="
      ? [i]
      : []
  );
  assertEquals(rules.length, 2);
  const [begin = 0, end = 0] = rules;
  assertEquals(
    lines[begin - 1],
    "[OUTPUT] Averaged metric over all steps/epochs",
  );
  assertEquals(lines[end + 1], "");
  assert(lines[end + 2]?.endsWith("outputs saved in RANKID_output.json"));
  assert(lines[end + 3]?.startsWith("[WARNING] Training took 75.0 %"));
});

Deno.test("dlioLog() of a run without phases is still a log", () => {
  const text = logOf(runOf([])).join("\n");
  assert(text.includes("Number of Simulated Accelerators: 2 \n"));
  assert(!text.includes("NaN"));
});

Deno.test("dlioMetricLines() are DLIO's to the letter", () => {
  assertEquals(dlioMetricLines(summarize(sampleRun(), CONTEXT)), [
    "[METRIC] Number of Simulated Accelerators: 2 ",
    "[METRIC] Training Accelerator Utilization [AU] (%): 80.0000 (0.0000)",
    "[METRIC] Training Throughput (samples/second): 22.4000 (0.0000)",
    "[METRIC] Training I/O Throughput (MiB/second): 22.4000 (0.0000)",
    "[METRIC] train_au_meet_expectation: fail",
    "[METRIC] Checkpoint save duration (seconds): 1.0000 (0.0000)",
    "[METRIC] Checkpoint save I/O Throughput (GiB/second): 1.0000 (0.0000)",
    "[METRIC] Eval Accelerator Utilization [AU] (%): 50.0000 (0.0000)",
    "[METRIC] Eval Throughput (samples/second): 28.000000 (0.000000)",
    "[METRIC] Eval Throughput (MiB/second): 28.000000 (0.000000)",
    "[METRIC] eval_au_meet_expectation: fail",
  ]);
});
