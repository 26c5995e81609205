import { assertAlmostEquals, assertEquals } from "@std/assert";
import { scaleSpread, spreadOf } from "../../lib/metrics/spread.ts";

Deno.test("spreadOf() gives numpy's mean and population deviation", () => {
  // numpy.std([1, 2, 3, 4]) = 1.118033988749895
  const { mean, stdev } = spreadOf([1, 2, 3, 4]);
  assertEquals(mean, 2.5);
  assertAlmostEquals(stdev ?? 0, 1.118033988749895, 1e-15);
});

Deno.test("spreadOf() leaves out what could not be computed", () => {
  assertEquals(spreadOf([null, 2, null, 4]), { mean: 3, stdev: 1 });
});

Deno.test("spreadOf() is null without a value", () => {
  assertEquals(spreadOf([]), { mean: null, stdev: null });
  assertEquals(spreadOf([null]), { mean: null, stdev: null });
});

Deno.test("scaleSpread() scales both and keeps null", () => {
  assertEquals(scaleSpread({ mean: 3, stdev: 1 }, 2), { mean: 6, stdev: 2 });
  assertEquals(
    scaleSpread({ mean: null, stdev: null }, 2),
    { mean: null, stdev: null },
  );
});
