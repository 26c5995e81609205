/** Tests of lib/cli/watch/time_left.ts. */
import { assertEquals } from "@std/assert";
import { RunTimes, secondsLeft } from "../../../lib/cli/watch/time_left.ts";
import { snapshotOf } from "../../metrics/sample_snapshot.ts";

const TRAIN = snapshotOf({
  kind: "train",
  done: 120,
  total: 480,
  elapsedSeconds: 2,
});

Deno.test("secondsLeft() extrapolates the mean rate", () => {
  assertEquals(secondsLeft(TRAIN), 6);
  assertEquals(secondsLeft({ ...TRAIN, done: 0 }), null);
  assertEquals(secondsLeft({ ...TRAIN, done: 480 }), null);
  assertEquals(secondsLeft({ ...TRAIN, elapsedSeconds: 0.2 }), null);
});

function timesOf() {
  const times = new RunTimes();
  times.plan([
    { kind: "train", phaseCount: 2, total: 480 },
    { kind: "eval", phaseCount: 2, total: 60 },
  ]);
  return times;
}

Deno.test("RunTimes says of a run at least what the kinds seen so far take", () => {
  const times = timesOf();
  times.begin("train");
  assertEquals(times.runLeft({ ...TRAIN, done: 0 }), null);
  // 6 s of this epoch and 8 s of the next; of evaluations nothing is known.
  assertEquals(times.runLeft(TRAIN), { seconds: 14, isLeast: true });
});

Deno.test("RunTimes counts phases ahead with what those of their kind took", () => {
  const times = timesOf();
  times.begin("train");
  times.end({ ...TRAIN, done: 480, elapsedSeconds: 8 });
  times.begin("eval");
  const evaluation = snapshotOf({ kind: "eval", total: 60 });
  const half = { ...evaluation, done: 30, elapsedSeconds: 1 };
  assertEquals(times.runLeft(half), { seconds: 1 + 8 + 2, isLeast: false });
  times.end({ ...evaluation, done: 60, elapsedSeconds: 2 });
  times.begin("train");
  const begun = { ...TRAIN, done: 0, elapsedSeconds: 0 };
  // Before it has a rate of its own, that of the first epoch holds.
  assertEquals(times.phaseLeft(begun), 8);
  assertEquals(times.runLeft(begun), { seconds: 10, isLeast: false });
});

Deno.test("RunTimes knows nothing of a run without a plan", () => {
  const times = new RunTimes();
  times.begin("generate");
  assertEquals(times.phaseLeft(TRAIN), 6);
  assertEquals(times.runLeft(TRAIN), null);
});
