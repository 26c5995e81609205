/** Tests of lib/metrics/time_split.ts. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  overrunPercent,
  stepTotals,
  timeSplit,
} from "../../lib/metrics/time_split.ts";
import { phaseOf, rankOf } from "./sample_run.ts";

Deno.test("timeSplit() agrees with a hand calculation", () => {
  // 0.5 s asked of 0.75 s spent, then a checkpoint of 2 s behind the steps.
  const rank = {
    ...rankOf(3, [[0.25, 0.75, 0.5], [0.25, 0.5, 0]]),
    computeRequestedSeconds: Float64Array.of(0.5, 0.5),
    doneSeconds: 4.25,
  };
  const totals = stepTotals([phaseOf({ epoch: 2, ranks: [rank] })]);
  assertEquals(timeSplit(totals), {
    compute: 1 / 4.25,
    load: 0.5 / 4.25,
    barrier: 0.5 / 4.25,
    overrun: 0.25 / 4.25,
    other: 2 / 4.25,
  });
  assertEquals(overrunPercent(totals), 25);
  assertEquals(totals.worst, {
    rank: 3,
    step: 1,
    epoch: 2,
    excessSeconds: 0.25,
  });
});

Deno.test("timeSplit() is null where no time passed", () => {
  const totals = stepTotals([phaseOf()]);
  assertEquals(timeSplit(totals), null);
  assertEquals(overrunPercent(totals), null);
  assertEquals(totals.worst, null);
});

Deno.test("timeSplit() has parts of 0 to 1 whose sum is 1", () => {
  const seconds = fc.double({ min: 0.001, max: 10, noNaN: true });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(seconds, seconds, seconds, seconds), { minLength: 1 }),
      (steps) => {
        const rank = rankOf(0, steps.map(([l, c, w]) => [l, c, w] as const));
        const asked = Float64Array.from(steps, ([, c, , a]) => Math.min(a, c));
        const split = timeSplit(stepTotals([
          phaseOf({ ranks: [{ ...rank, computeRequestedSeconds: asked }] }),
        ]));
        assert(split !== null);
        const parts = Object.values(split);
        assert(parts.every((part) => part >= 0 && part <= 1 + 1e-9));
        assertAlmostEquals(parts.reduce((sum, part) => sum + part), 1);
      },
    ),
  );
});
