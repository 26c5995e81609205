/** Tests of lib/metrics/settling.ts. */
import { assertEquals } from "@std/assert";
import {
  neededSteps,
  settlingOf,
  unsettledCause,
} from "../../lib/metrics/settling.ts";
import { phaseUtilization } from "../../lib/metrics/utilization.ts";
import { phaseOf, rankOf } from "./sample_run.ts";

/** A rank whose first step waits for all, as in a run that is too short. */
function utilizationOf(stepCount: number, firstLoadSeconds: number) {
  const steps = Array.from(
    { length: stepCount },
    (_, step) => [step === 0 ? firstLoadSeconds : 0.001, 0.1, 0] as const,
  );
  return phaseUtilization(phaseOf({ ranks: [rankOf(0, steps)] }), {
    excludeStartSteps: 1,
    excludeEndSteps: 0,
  });
}

Deno.test("settlingOf() needs four times the steps that readers may hold", () => {
  assertEquals(neededSteps(4), 16);
  const settled = utilizationOf(17, 0.001);
  assertEquals(settlingOf(settled, 4), {
    isSettled: true,
    windowSteps: 16,
    neededSteps: 16,
  });
  assertEquals(settlingOf(utilizationOf(16, 0.001), 4).isSettled, false);
});

Deno.test("settlingOf() sees that the counted steps are not like the whole", () => {
  // 1.6 s of compute behind a wait of 2 s: 99 % and 44 %.
  assertEquals(settlingOf(utilizationOf(17, 2), 4).isSettled, false);
  // A wait of 20 ms in 1.7 s is no matter: less than 2 points.
  assertEquals(settlingOf(utilizationOf(17, 0.02), 4).isSettled, true);
});

Deno.test("settlingOf() judges results that do not tell what readers hold", () => {
  assertEquals(settlingOf(utilizationOf(3, 0.001), null).isSettled, true);
  assertEquals(settlingOf(utilizationOf(3, 2), null).isSettled, false);
});

Deno.test("settlingOf() calls a phase without AU not settled", () => {
  const none = phaseUtilization(phaseOf(), {
    excludeStartSteps: 1,
    excludeEndSteps: 0,
  });
  assertEquals(settlingOf(none, 0).isSettled, false);
});

Deno.test("unsettledCause() asks for more steps only where too few count", () => {
  const cause = (windowSteps: number, neededSteps: number) =>
    unsettledCause({ isSettled: false, windowSteps, neededSteps });
  assertEquals(cause(3, 8), "3 steps of an epoch count, 8 are needed");
  const differs = "the steps that count are not like the whole epoch";
  assertEquals(cause(15, 8), differs);
  assertEquals(cause(0, 0), differs);
});
