import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  phaseUtilization,
  stepsUtilization,
} from "../../lib/metrics/utilization.ts";
import { phaseOf, rankOf } from "./sample_run.ts";

const ALL_STEPS = { excludeStartSteps: 0, excludeEndSteps: 0 };

Deno.test("phaseUtilization() agrees with a hand calculation", () => {
  // Steps of 1.0, 0.75, 0.625 and 0.5 s; the first is warm-up, the last out.
  const rank0 = rankOf(0, [
    [0.5, 0.5, 0],
    [0.25, 0.5, 0],
    [0, 0.5, 0.125],
    [0, 0.5, 0],
  ]);
  const rank1 = rankOf(1, [
    [0.5, 0.5, 0],
    [0, 0.5, 0.25],
    [0.125, 0.5, 0],
    [0, 0.5, 0],
  ]);
  const phase = phaseOf({ batchSize: 11, ranks: [rank0, rank1] });
  const result = phaseUtilization(phase, {
    excludeStartSteps: 1,
    excludeEndSteps: 1,
  });
  // 100 · (0.5 + 0.5) / (0.75 + 0.625), and 2 · 11 / 1.375 for each of both.
  assertAlmostEquals(result.au ?? 0, 100 / 1.375);
  assertAlmostEquals(result.samplesPerSecond ?? 0, 2 * (22 / 1.375));
  assertEquals(result.ranks.map((r) => r.windowSteps), [2, 2]);
});

Deno.test("phaseUtilization() means AU over ranks and sums throughput", () => {
  const phase = phaseOf({
    batchSize: 1,
    ranks: [rankOf(0, [[0, 1, 0]]), rankOf(1, [[0.5, 0.5, 1]])],
  });
  const { au, samplesPerSecond } = phaseUtilization(phase, ALL_STEPS);
  assertEquals(au, (100 + 25) / 2);
  assertEquals(samplesPerSecond, 1 + 0.5);
});

Deno.test("phaseUtilization() excludes steps once, not for every block", () => {
  const steps = [1, 2, 3, 4].map(() => [0.5, 0.5, 0] as const);
  const phase = phaseOf({ ranks: [rankOf(0, steps, [1, 1, 1, 1])] });
  const result = phaseUtilization(phase, {
    excludeStartSteps: 1,
    excludeEndSteps: 0,
  });
  assertEquals(result.ranks[0]?.windowSteps, 3);
});

Deno.test("phaseUtilization() names the rank that waited longest", () => {
  const phase = phaseOf({
    ranks: [
      rankOf(0, [[0.1, 1, 0.3]]),
      rankOf(1, [[0.4, 1, 0]]),
      rankOf(2, [[0.2, 1, 0.2]]),
    ],
  });
  assertEquals(phaseUtilization(phase, ALL_STEPS).slowest?.rank, 1);
});

Deno.test("phaseUtilization() is null when the window is empty", () => {
  const phase = phaseOf({ ranks: [rankOf(0, [[0.5, 0.5, 0]])] });
  const result = phaseUtilization(phase, {
    excludeStartSteps: 1,
    excludeEndSteps: 1,
  });
  assertEquals([result.au, result.samplesPerSecond], [null, null]);
  assertEquals(result.ranks[0]?.windowSteps, 0);
});

Deno.test("phaseUtilization() is null without ranks", () => {
  assertEquals(phaseUtilization(phaseOf(), ALL_STEPS), {
    au: null,
    samplesPerSecond: null,
    sustainedAu: null,
    sustainedSamplesPerSecond: null,
    windowSteps: 0,
    ranks: [],
    slowest: null,
  });
});

Deno.test("phaseUtilization() measures an epoch of one step", () => {
  const phase = phaseOf({
    batchSize: 4,
    ranks: [rankOf(0, [[0.25, 0.75, 0]])],
  });
  const { au, samplesPerSecond } = phaseUtilization(phase, ALL_STEPS);
  assertEquals([au, samplesPerSecond], [75, 4]);
});

Deno.test("stepsUtilization() is null when no time passed", () => {
  const rank = rankOf(0, [[0, 0, 0]]);
  assertEquals(stepsUtilization(rank, 1, { from: 0, to: 1 }), {
    au: null,
    samplesPerSecond: null,
  });
});

Deno.test("phaseUtilization() keeps AU within 0 and 100", () => {
  const seconds = fc.double({ min: 0, max: 10, noNaN: true });
  const step = fc.tuple(seconds, seconds, seconds);
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 20 }),
      fc.nat(5),
      fc.nat(5),
      (steps, excludeStartSteps, excludeEndSteps) => {
        const phase = phaseOf({ ranks: [rankOf(0, steps)] });
        const { au, ranks } = phaseUtilization(phase, {
          excludeStartSteps,
          excludeEndSteps,
        });
        const expected = steps.length - excludeStartSteps - excludeEndSteps;
        assertEquals(ranks[0]?.windowSteps, Math.max(0, expected));
        assert(au === null || (au >= 0 && au <= 100 * (1 + 1e-12)));
      },
    ),
  );
});

Deno.test("phaseUtilization() counts the compute that was asked for", () => {
  // A second of 1.25 s in compute was the host's, not the accelerator's.
  const rank = rankOf(0, [[0.25, 1.25, 0.5]]);
  const phase = phaseOf({
    ranks: [{ ...rank, computeRequestedSeconds: Float64Array.of(0.25) }],
  });
  const { au, sustainedAu } = phaseUtilization(phase, ALL_STEPS);
  assertEquals([au, sustainedAu], [100 * 0.25 / 2, 100 * 0.25 / 2]);
});

Deno.test("phaseUtilization() sustains over every step from the gate on", () => {
  // The queue feeds all steps but the first, which waits for everything.
  const rank = rankOf(0, [[9, 0.25, 0], [0, 0.25, 0], [0, 0.25, 0]]);
  const result = phaseUtilization(phaseOf({ batchSize: 3, ranks: [rank] }), {
    excludeStartSteps: 1,
    excludeEndSteps: 0,
  });
  assertEquals([result.au, result.samplesPerSecond], [100, 6 / 0.5]);
  assertAlmostEquals(result.sustainedAu ?? 0, 100 * 0.75 / 9.75);
  assertAlmostEquals(result.sustainedSamplesPerSecond ?? 0, 9 / 9.75);
  assertEquals(result.windowSteps, 2);
});
