import { assertAlmostEquals, assertEquals } from "@std/assert";
import {
  compareRuns,
  type MetricComparison,
} from "../../lib/compare/comparison.ts";
import { evalPhase } from "../metrics/sample_run.ts";
import { comparedRun, epochOf, type RunFacts } from "./compared_runs.ts";

/** The judged figures of the second group. */
function judgedOf(runs: readonly RunFacts[]): readonly MetricComparison[] {
  const [compared] = compareRuns(runs.map(comparedRun)).comparisons;
  return compared!.metrics.filter(({ metric }) => metric.isJudged);
}

Deno.test("compareRuns() compares epochs where each side is one run", () => {
  const [judged, ...others] = judgedOf([
    { stepSeconds: [1, 1.01, 0.99] },
    { context: { label: "b" }, stepSeconds: [0.5, 0.505, 0.495] },
  ]);
  assertEquals(others, []);
  assertEquals(judged?.unit, "epochs");
  assertEquals(judged?.first.length, 3);
  assertAlmostEquals(judged?.result.difference ?? 0, 2, 1e-9);
  assertEquals(judged?.isSignificant, true);
  assertEquals(judged?.level, 0.95);
});

Deno.test("compareRuns() compares runs where one side has several", () => {
  const slow = { context: { label: "b" } };
  const [judged] = judgedOf([
    { stepSeconds: [1, 1.2] },
    { stepSeconds: [0.9, 1.1] },
    { ...slow, stepSeconds: [2, 2.2] },
    { ...slow, stepSeconds: [1.9, 2.1] },
    { ...slow, stepSeconds: [1.95, 2.15] },
  ]);
  assertEquals(judged?.unit, "runs");
  assertEquals([judged?.first.length, judged?.second.length], [2, 3]);
  // A run is the mean of its epochs: 7 samples by 1 s and by 1.2 s.
  assertAlmostEquals(judged?.first[0] ?? 0, (7 + 7 / 1.2) / 2, 1e-9);
});

Deno.test("compareRuns() finds no difference between a run and itself", () => {
  const judged = judgedOf([{ folder: "a" }, { folder: "a" }]);
  assertEquals(judged.map(({ isSignificant }) => isSignificant), [false]);
  assertEquals(judged[0]?.result.difference, 1);
});

Deno.test("compareRuns() divides the chance of a false alarm among what is judged", () => {
  const both = [epochOf(1), epochOf(1.01, 2), evalPhase(1), evalPhase(2)];
  const judged = judgedOf([{ phases: both }, { phases: both }]);
  assertEquals(judged.map(({ kind }) => kind), ["train", "eval"]);
  assertEquals(judged.map(({ level }) => level), [0.975, 0.975]);
});

Deno.test("compareRuns() has no interval where each side has one epoch", () => {
  const [judged] = judgedOf([{ stepSeconds: [1] }, { stepSeconds: [2] }]);
  assertEquals(judged?.isSignificant, null);
  assertEquals(judged?.result.low, null);
});

Deno.test("compareRuns() compares every group with the first one", () => {
  const { groups, comparisons } = compareRuns(
    ["a", "b", "c"].map((label) => comparedRun({ context: { label } })),
  );
  assertEquals(groups.map(({ name }) => name), ["A", "B", "C"]);
  assertEquals(comparisons.map(({ group }) => group.name), ["B", "C"]);
});
