import { assertEquals } from "@std/assert";
import { auSoFar, type RankProgress } from "../../lib/metrics/snapshot.ts";

/** Ranks whose steps asked for so much compute and lasted so long, in ms. */
function ranksOf(
  ...ranks: (readonly (readonly [requested: number, step: number])[])[]
): RankProgress {
  const sums = (index: 0 | 1) =>
    Float64Array.from(
      ranks,
      (steps) => steps.reduce((sum, step) => sum + step[index], 0),
    );
  return {
    firstRank: 0,
    stepCounts: Float64Array.from(ranks, (steps) => steps.length),
    loadMs: new Float64Array(ranks.length),
    // Late by a second: that is waiting, not compute.
    computeMs: sums(0).map((ms) => ms + 1000),
    stepMs: sums(1),
    requestedMs: sums(0),
    steps: ranks.map((steps) => ({
      loadMs: new Float64Array(steps.length),
      computeMs: Float64Array.from(steps, ([requested]) => requested + 1000),
      stepMs: Float64Array.from(steps, ([, step]) => step),
      requestedMs: Float64Array.from(steps, ([requested]) => requested),
    })),
  };
}

Deno.test("auSoFar() leaves out each accelerator's first step", () => {
  assertEquals(
    auSoFar(ranksOf([[1, 1000], [3, 4], [3, 4]], [[1, 1000], [2, 8]])),
    100 * 8 / 16,
  );
});

Deno.test("auSoFar() is null while there is no second step", () => {
  assertEquals(auSoFar(ranksOf()), null);
  assertEquals(auSoFar(ranksOf([], [[1, 2]])), null);
});
