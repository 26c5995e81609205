/** Tests of lib/cli/watch/run_watch.ts. */
import { assertAlmostEquals, assertEquals } from "@std/assert";
import { type LiveState, RunWatch } from "../../../lib/cli/watch/run_watch.ts";
import { HISTOGRAM_SLOTS, recordMs } from "../../../lib/metrics/histogram.ts";
import type { RankProgress, Snapshot } from "../../../lib/metrics/snapshot.ts";
import { snapshotOf } from "../../metrics/sample_snapshot.ts";

const MIB = 2 ** 20;

/** Sums of every accelerator so far, in milliseconds. */
function ranksOf(
  ...ranks: { load: number; step: number; requested: number }[]
): RankProgress {
  return {
    ...snapshotOf().ranks,
    firstRank: 4,
    stepCounts: Float64Array.from(ranks, () => 2),
    loadMs: Float64Array.from(ranks, ({ load }) => load),
    stepMs: Float64Array.from(ranks, ({ step }) => step),
    requestedMs: Float64Array.from(ranks, ({ requested }) => requested),
  };
}

function watchOf(): {
  watch: RunWatch;
  look: (at: Partial<Snapshot>) => LiveState;
} {
  const watch = new RunWatch({ auGoalPercent: 90 });
  watch.begin({ kind: "train" }, "train, epoch 1 of 2");
  return {
    watch,
    look(at) {
      watch.look(snapshotOf({ total: 100, ...at }));
      return watch.state()!;
    },
  };
}

Deno.test("RunWatch tells the rate of the last five seconds from that since the begin", () => {
  const { look } = watchOf();
  assertEquals(look({ elapsedSeconds: 0.1 }).bytesPerSecondNow, null);
  let state: LiveState | null = null;
  for (let second = 1; second <= 10; second++) {
    // 100 MiB/s, and from the fifth second on ten times as many.
    const mib = 100 * Math.min(second, 5) + 1000 * Math.max(0, second - 5);
    state = look({ elapsedSeconds: second, bytes: mib * MIB });
  }
  assertAlmostEquals(state!.bytesPerSecondNow!, 1000 * MIB);
  assertAlmostEquals(state!.bytesPerSecond!, 550 * MIB);
  assertEquals(state!.bytesPerSecondHistory.map((rate) => rate / MIB), [
    ...Array(5).fill(100),
    ...Array(5).fill(1000),
  ]);
});

Deno.test("RunWatch keeps one look a second and two minutes of them", () => {
  const { look } = watchOf();
  let state: LiveState | null = null;
  for (let tick = 1; tick <= 20 * 300; tick++) {
    state = look({ elapsedSeconds: tick / 20, bytes: tick * MIB });
  }
  assertEquals(state!.bytesPerSecondHistory.length, 120);
  assertAlmostEquals(state!.bytesPerSecondNow!, 20 * MIB);
});

Deno.test("RunWatch tells AU of the last seconds from that so far", () => {
  const { look } = watchOf();
  const at = (second: number, requested: number) =>
    look({
      elapsedSeconds: second,
      auPercent: 77,
      ranks: ranksOf({ load: 1, step: 1000 * second, requested }),
    });
  for (let second = 1; second <= 5; second++) at(second, 900 * second);
  let state: LiveState | null = null;
  for (let second = 6; second <= 10; second++) {
    state = at(second, 4500 + 500 * (second - 5));
  }
  assertAlmostEquals(state!.auNowPercent!, 50);
  // A step that goes on for a minute: the last one is what is known.
  for (let second = 11; second <= 40; second++) {
    state = look({
      elapsedSeconds: second,
      auPercent: 77,
      ranks: ranksOf({ load: 1, step: 10_000, requested: 7000 }),
    });
  }
  assertAlmostEquals(state!.auNowPercent!, 50);
});

Deno.test("RunWatch has no AU before a second step", () => {
  const { look } = watchOf();
  const state = look({ elapsedSeconds: 3, auPercent: null });
  assertEquals(state.auNowPercent, null);
  assertEquals(look({ elapsedSeconds: 4, auPercent: 81 }).auNowPercent, 81);
});

Deno.test("RunWatch names the accelerator that waited longest, by its global rank", () => {
  const { look } = watchOf();
  const fast = { load: 10, step: 100, requested: 80 };
  const slow = { load: 25, step: 100, requested: 80 };
  assertEquals(look({ ranks: ranksOf(fast, slow, fast) }).slowestRank, {
    rank: 5,
    waitingFraction: 0.25,
  });
  assertEquals(look({ ranks: ranksOf(slow) }).slowestRank, null);
  const none = { load: 0, step: 0, requested: 0 };
  assertEquals(look({ ranks: ranksOf(none, none) }).slowestRank, null);
});

Deno.test("RunWatch gives the share from memory of what is read, where it is known", () => {
  const { look } = watchOf();
  const of = (device: Snapshot["device"], kind: Snapshot["kind"] = "train") =>
    look({ kind, device }).fromMemoryFraction;
  const source = "";
  assertEquals(of({ bytes: 25, ofBytes: 100, source }), 0.75);
  assertEquals(of({ bytes: 130, ofBytes: 100, source }), 0);
  assertEquals(of({ bytes: null, ofBytes: 100, source }), null);
  assertEquals(of({ bytes: 0, ofBytes: 0, source }), null);
  assertEquals(of({ bytes: 25, ofBytes: 100, source }, "generate"), null);
});

Deno.test("RunWatch gives p99 of the phase's latencies", () => {
  const { look } = watchOf();
  assertEquals(look({}).p99Ms, null);
  const latency = new Float64Array(HISTOGRAM_SLOTS);
  for (let i = 0; i < 1000; i++) recordMs(latency, i < 980 ? 1 : 8);
  assertAlmostEquals(look({ latency }).p99Ms!, 8, 8 / 64);
});

Deno.test("RunWatch begins anew with each phase and shows nothing between them", () => {
  const { watch, look } = watchOf();
  for (let second = 1; second <= 5; second++) {
    look({ elapsedSeconds: second, bytes: second * MIB });
  }
  assertEquals(watch.end()?.bytes, 5 * MIB);
  assertEquals([watch.state(), watch.end()], [null, null]);
  watch.begin({ kind: "eval" }, "eval");
  const state = look({ kind: "eval", elapsedSeconds: 1, bytes: 7 * MIB });
  assertEquals([state.title, state.bytesPerSecondNow], ["eval", 7 * MIB]);
  assertEquals(state.bytesPerSecondHistory, [7 * MIB]);
});
