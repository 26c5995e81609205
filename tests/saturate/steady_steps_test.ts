/** Tests of lib/saturate/steady_steps.ts. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  leastSteps,
  type SteadyParts,
  steadySteps,
} from "../../lib/saturate/steady_steps.ts";

const PARTS: SteadyParts = {
  batchesAhead: 4,
  computeSeconds: 0.1,
  probeSeconds: 3,
  excludeStartSteps: 1,
  excludeEndSteps: 0,
};

Deno.test("what readers hold ahead is left out at both sides, and what counts is a multiple of it", () => {
  assertEquals(steadySteps(PARTS, 1000), {
    steps: 5 + 32 + 4,
    excludeStartSteps: 5,
    excludeEndSteps: 4,
    windowSteps: 32,
    leastSteps: 25,
    computeSeconds: 41 * 0.1,
  });
  // As many as there are.
  assertEquals(steadySteps(PARTS, 30)?.windowSteps, 20);
  assertEquals(steadySteps(PARTS, 24), null);
  // The settings may leave out more; without readers eight count.
  assertEquals(
    leastSteps({ ...PARTS, batchesAhead: 0, excludeEndSteps: 3 }),
    1 + 8 + 3,
  );
});

Deno.test("a short run never has more steps than there are, nor fewer that count than four times what is held", () => {
  fc.assert(
    fc.property(
      fc.record({
        batchesAhead: fc.integer({ min: 0, max: 100 }),
        computeSeconds: fc.double({ min: 1e-4, max: 10, noNaN: true }),
        probeSeconds: fc.double({ min: 0.1, max: 60, noNaN: true }),
        excludeStartSteps: fc.integer({ min: 0, max: 50 }),
        excludeEndSteps: fc.integer({ min: 0, max: 50 }),
      }),
      fc.integer({ min: 0, max: 10_000 }),
      (parts, available) => {
        const steady = steadySteps(parts, available);
        assertEquals(steady === null, available < leastSteps(parts));
        if (steady === null) return;
        const { steps, windowSteps, excludeStartSteps, excludeEndSteps } =
          steady;
        assert(steps <= available);
        assertEquals(steps, excludeStartSteps + windowSteps + excludeEndSteps);
        assert(windowSteps >= 4 * parts.batchesAhead);
        assertEquals(windowSteps % Math.max(1, parts.batchesAhead), 0);
      },
    ),
  );
});
