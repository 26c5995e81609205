/** Tests of lib/report/html/now_data.ts. */
import { assertEquals } from "@std/assert";
import {
  MAX_NOW_RANKS,
  nowChart,
  nowRanks,
} from "../../../lib/report/html/now_data.ts";
import type { RankProgress } from "../../../lib/metrics/snapshot.ts";

Deno.test("nowChart() has the latest second at 0 and nothing where there was none", () => {
  const { x, lines } = nowChart([2 ** 20, 2 ** 21]);
  const values = lines[0]?.values ?? [];
  assertEquals([x.length, values.length], [120, 120]);
  assertEquals([x[0], x.at(-1)], [-119, 0]);
  assertEquals(values.slice(-3), [null, 1, 2]);
  assertEquals(nowChart(Array(500).fill(0)).x.length, 120);
});

/** Ranks of two steps each; the first one loads for so long. */
function ranksOf(loadMs: readonly number[]): RankProgress {
  const all = (ms: number) => Float64Array.from(loadMs, () => ms);
  return {
    firstRank: 4,
    stepCounts: all(2),
    loadMs: Float64Array.from(loadMs),
    computeMs: all(20),
    stepMs: all(100),
    requestedMs: all(20),
    steps: loadMs.map(() => ({
      loadMs: new Float64Array(2),
      computeMs: new Float64Array(2),
      stepMs: Float64Array.of(80, 20),
      requestedMs: Float64Array.of(10, 10),
    })),
  };
}

Deno.test("nowRanks() has who waited most first, and AU without the first step", () => {
  assertEquals(nowRanks(ranksOf([5, 60, 5])), [
    ["5", "2", "50.0", "60.0"],
    ["4", "2", "50.0", "5.0"],
    ["6", "2", "50.0", "5.0"],
  ]);
});

Deno.test("nowRanks() shows no more rows than a page can hold", () => {
  const ranks = ranksOf(Array.from({ length: 100 }, (_, index) => index));
  assertEquals(nowRanks(ranks).length, MAX_NOW_RANKS);
  assertEquals(nowRanks(ranks)[0]?.[0], "103");
});

Deno.test("nowRanks() of ranks without a step says that it is not known", () => {
  const { steps: _, ...ranks } = ranksOf([0]);
  const none = new Float64Array(1);
  assertEquals(
    nowRanks({ ...ranks, steps: [], stepCounts: none, stepMs: none }),
    [["4", "0", "n/a", "n/a"]],
  );
});
