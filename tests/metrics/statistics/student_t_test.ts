import { assert, assertAlmostEquals } from "@std/assert";
import {
  twoSidedProbability,
  twoSidedQuantile,
} from "../../../lib/metrics/statistics/student_t.ts";

/** Relative: SciPy 1's digits are good to about 1e-14. */
function assertClose(actual: number, expected: number): void {
  assertAlmostEquals(actual / expected, 1, 1e-9);
}

Deno.test("twoSidedProbability() gives the values of SciPy", () => {
  // 2 * scipy.stats.t.sf(t, df)
  assertClose(twoSidedProbability(0.5, 1), 0.7048327646991335);
  assertClose(twoSidedProbability(2.776, 4), 0.05002277831997642);
  assertClose(twoSidedProbability(10, 2), 0.00985245702332569);
  assertClose(twoSidedProbability(-40, 7.3), 8.037135167913725e-10);
  assertClose(twoSidedProbability(1.96, 1e6), 0.04999606758526985);
  assertClose(twoSidedProbability(0, 3), 1);
});

Deno.test("twoSidedQuantile() gives the values of SciPy", () => {
  // scipy.stats.t.ppf(1 - p / 2, df)
  assertClose(twoSidedQuantile(0.05, 1), 12.706204736174694);
  assertClose(twoSidedQuantile(0.05, 4), 2.7764451051977934);
  assertClose(twoSidedQuantile(0.01, 2.5), 7.163728138948783);
  assertClose(twoSidedQuantile(0.025, 30), 2.359562458700931);
  assertClose(twoSidedQuantile(1e-6, 3), 130.15458956192757);
});

Deno.test("twoSidedQuantile() of many degrees of freedom is the normal one", () => {
  const normal = 1.959963984540054;
  assert(Math.abs(twoSidedQuantile(0.05, Infinity) - normal) < 1e-5);
});
