import { assertEquals } from "@std/assert";
import { checkpointMetrics } from "../../lib/metrics/checkpoint_metrics.ts";
import { phaseOf, rankOf, savePhase, workerOf } from "./sample_run.ts";

Deno.test("checkpointMetrics() divides all bytes by the slowest rank", () => {
  const metrics = checkpointMetrics(savePhase(1));
  assertEquals(metrics.durationSeconds, 1);
  assertEquals(metrics.bytes, 2 ** 30);
  assertEquals(metrics.gibPerSecond, 1);
  assertEquals(metrics.slowestRank, 0);
  assertEquals(metrics.shares.get(0)?.gibPerSecond, 0.75);
  // Rank 1 wrote 1/4 GiB in half a second.
  assertEquals(metrics.shares.get(1)?.gibPerSecond, 0.5);
});

Deno.test("checkpointMetrics() takes the longest thread of a rank", () => {
  const metrics = checkpointMetrics(phaseOf({
    kind: "save_checkpoint",
    workers: [
      workerOf(0, { bytes: 2 ** 30, lastDoneSeconds: 1 }),
      workerOf(0, { thread: 1, bytes: 2 ** 30, lastDoneSeconds: 2 }),
    ],
  }));
  assertEquals(metrics.durationSeconds, 2);
  assertEquals(metrics.gibPerSecond, 1);
});

Deno.test("checkpointMetrics() counts what a rank does after workers", () => {
  const metrics = checkpointMetrics(phaseOf({
    kind: "save_checkpoint",
    ranks: [{ ...rankOf(3, []), doneSeconds: 4 }],
    workers: [workerOf(3, { bytes: 2 ** 30, lastDoneSeconds: 2 })],
  }));
  assertEquals(metrics.durationSeconds, 4);
  assertEquals(metrics.slowestRank, 3);
});

Deno.test("checkpointMetrics() has no throughput when no time passed", () => {
  const metrics = checkpointMetrics(phaseOf({
    kind: "load_checkpoint",
    durationSeconds: 0,
  }));
  assertEquals(metrics.gibPerSecond, null);
  assertEquals(metrics.shares.size, 0);
});

Deno.test("checkpointMetrics() take the rank that is slowest in fsync", () => {
  const metrics = checkpointMetrics(phaseOf({
    kind: "save_checkpoint",
    workers: [
      workerOf(0, { lastDoneSeconds: 2, fsyncSeconds: 0.5 }),
      workerOf(1, { lastDoneSeconds: 2, fsyncSeconds: 0.75 }),
      workerOf(2, { lastDoneSeconds: 2 }),
    ],
  }));
  assertEquals(metrics.fsyncSeconds, 0.75);
  assertEquals(checkpointMetrics(savePhase(1)).fsyncSeconds, 0);
});
