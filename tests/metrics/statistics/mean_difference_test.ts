import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  meanDifference,
  meanRatio,
  MIN_RUN_SPREAD,
  type ValueUnit,
} from "../../../lib/metrics/statistics/mean_difference.ts";
import { seededNormal } from "./seeded_normal.ts";

const RUNS = { unit: "runs", level: 0.95, minRunSpread: 0 } as const;
const EPOCHS = {
  unit: "epochs",
  level: 0.95,
  minRunSpread: MIN_RUN_SPREAD,
} as const;

Deno.test("meanDifference() of runs gives SciPy's Welch interval and probability", () => {
  const first = [27.5, 21.0, 19.0, 23.6, 17.0, 17.9];
  const second = [27.1, 22.0, 20.8, 23.4, 23.4, 23.5, 25.8];
  // scipy.stats.ttest_ind(second, first, equal_var=False)
  const { difference, low, high, probability } = meanDifference(
    first,
    second,
    RUNS,
  );
  assertAlmostEquals(difference, 2.7142857142857153, 1e-12);
  assertAlmostEquals(low ?? 0, -1.5160790886967224, 1e-8);
  assertAlmostEquals(high ?? 0, 6.94465051726816, 1e-8);
  assertAlmostEquals(probability ?? 0, 0.17493355071052127, 1e-9);
});

Deno.test("meanRatio() is that of the means, turned round when sides are", () => {
  const [a, b] = [[90, 100, 110], [195, 200, 205]];
  const there = meanRatio(a, b, RUNS);
  const back = meanRatio(b, a, RUNS);
  assertEquals(there.difference, 2);
  assertAlmostEquals(back.difference, 0.5, 1e-12);
  assertAlmostEquals((there.low ?? 0) * (back.high ?? 0), 1, 1e-9);
  assert((there.low ?? 0) > 1.5 && (there.high ?? 9) < 2.7);
});

Deno.test("one value on each side has no interval", () => {
  assertEquals(meanDifference([1], [2], RUNS), {
    difference: 1,
    low: null,
    high: null,
    probability: null,
  });
});

Deno.test("a single run takes the other side's spread", () => {
  // s = 1, n = 3: the standard error is √(1 + 1/3), t(0.05, 2) = 4.30265273.
  const { low, high } = meanDifference([9, 10, 11], [12], RUNS);
  const half = 4.302652729911275 * Math.sqrt(4 / 3);
  assertAlmostEquals(low ?? 0, 2 - half, 1e-8);
  assertAlmostEquals(high ?? 0, 2 + half, 1e-8);
});

Deno.test("epochs alone never find a difference below the least spread of runs", () => {
  // Epochs of a compute-bound run vary by a hundredth of a percent.
  const { low, high } = meanRatio(
    [100, 100.01, 99.99],
    [101, 101.01, 100.99],
    EPOCHS,
  );
  assert(low !== null && high !== null && low < 1 && high > 1);
  const far = meanRatio([100, 100.01, 99.99], [110, 110.01, 109.99], EPOCHS);
  assert(far.low !== null && far.low > 1.06);
});

Deno.test("values that do not vary give an interval without width", () => {
  const equal = meanDifference([5, 5], [5, 5], RUNS);
  assertEquals([equal.low, equal.high, equal.probability], [0, 0, 1]);
  const apart = meanDifference([5, 5], [6, 6], RUNS);
  assertEquals([apart.low, apart.high, apart.probability], [1, 1, 0]);
});

/** Part of seeded pairs of equal sides in which a difference was found. */
function falseAlarms(options: {
  readonly unit: ValueUnit;
  readonly count: number;
  readonly epochSpread: number;
  readonly runSpread: number;
  readonly effect?: number;
}): number {
  const { unit, count, epochSpread, runSpread, effect = 1 } = options;
  const normal = seededNormal(20260729);
  const side = (mean: number) => {
    if (unit === "runs") {
      return Array.from(
        { length: count },
        () => mean * (1 + runSpread * normal()),
      );
    }
    const run = mean * (1 + runSpread * normal());
    return Array.from(
      { length: count },
      () => run * (1 + epochSpread * normal()),
    );
  };
  const pairs = 4000;
  let found = 0;
  for (let i = 0; i < pairs; i++) {
    const { low, high } = meanRatio(side(100), side(100 * effect), {
      unit,
      level: 0.95,
      minRunSpread: MIN_RUN_SPREAD,
    });
    if ((low ?? 0) > 1 || (high ?? 2) < 1) found++;
  }
  return found / pairs;
}

Deno.test("equal sides give a false alarm in at most 5 % of 4,000 seeded pairs", () => {
  const rows = [
    { unit: "runs", count: 3, epochSpread: 0, runSpread: 0.05 },
    { unit: "runs", count: 10, epochSpread: 0, runSpread: 0.05 },
    // Runs that differ as much as their epochs, and by less.
    { unit: "epochs", count: 3, epochSpread: 0.05, runSpread: 0.05 },
    { unit: "epochs", count: 10, epochSpread: 0.05, runSpread: 0.05 },
    { unit: "epochs", count: 5, epochSpread: 0.0001, runSpread: 0.01 },
  ] as const;
  for (const row of rows) {
    const rate = falseAlarms(row);
    // Of 4,000 pairs a true 5 % is below 5.7 % in 97.5 of 100 cases.
    assert(rate <= 0.057, `${JSON.stringify(row)}: ${rate}`);
  }
});

Deno.test("a difference of three spreads is found in nine of ten pairs of ten runs", () => {
  const rate = falseAlarms({
    unit: "runs",
    count: 10,
    epochSpread: 0,
    runSpread: 0.05,
    effect: 1.15,
  });
  assert(rate > 0.9, `${rate}`);
});
