/** Tests of lib/cli/session/progress.ts. */
import { snapshotOf } from "../../metrics/sample_snapshot.ts";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { Console } from "../../../lib/cli/console.ts";
import {
  finishedLine,
  ProgressDisplay,
  progressLine,
} from "../../../lib/cli/session/progress.ts";
import { RunWatch } from "../../../lib/cli/watch/run_watch.ts";
import type { Snapshot } from "../../../lib/metrics/snapshot.ts";
import { TextCollector } from "../text_collector.ts";

const TITLE = "train, epoch 2 of 3";
const SNAPSHOT = snapshotOf({
  kind: "train",
  epoch: 2,
  done: 120,
  total: 480,
  unit: "steps",
  bytes: 2.4 * 2 ** 30,
  elapsedSeconds: 2,
  auPercent: 97.34,
});

Deno.test("progressLine() gives share, rates, time left and AU", () => {
  assertEquals(
    progressLine(TITLE, SNAPSHOT),
    "train, epoch 2 of 3: 120 of 480 steps (25%), 60 steps/s, 1.20 GiB/s, 6s left, AU 97.3%",
  );
});

Deno.test("progressLine() gives no rate before there is one", () => {
  assertEquals(
    progressLine(TITLE, {
      ...SNAPSHOT,
      done: 0,
      bytes: 0,
      elapsedSeconds: 0.1,
      auPercent: null,
    }),
    "train, epoch 2 of 3: 0 of 480 steps (0%)",
  );
});

Deno.test("progressLine() shows slow rates and long waits", () => {
  assertEquals(
    progressLine(TITLE, {
      ...SNAPSHOT,
      done: 1,
      elapsedSeconds: 100,
      auPercent: null,
    }),
    "train, epoch 2 of 3: 1 of 480 steps (0%), 0.01 steps/s, 24.58 MiB/s, 13h 18m left",
  );
  assertEquals(
    progressLine(TITLE, { ...SNAPSHOT, done: 9, bytes: 0, auPercent: null }),
    "train, epoch 2 of 3: 9 of 480 steps (1%), 4.5 steps/s, 1m 45s left",
  );
});

Deno.test("progressLine() of a finished or empty phase is 100% with nothing left", () => {
  assertEquals(
    progressLine(TITLE, { ...SNAPSHOT, done: 480, bytes: 0, auPercent: null }),
    "train, epoch 2 of 3: 480 of 480 steps (100%), 240 steps/s",
  );
  assertEquals(
    progressLine(TITLE, {
      ...SNAPSHOT,
      done: 0,
      total: 0,
      elapsedSeconds: 0,
      auPercent: null,
    }),
    "train, epoch 2 of 3: 0 of 0 steps (100%)",
  );
});

function makeDisplay(isTerminal: boolean, isShown = true) {
  const stderr = new TextCollector();
  const console = new Console({
    stdout: new TextCollector(),
    stderr,
    isTerminal,
    size: () => ({ columns: 24, rows: 24 }),
  });
  const watch = new RunWatch({ auGoalPercent: 90 });
  const display = new ProgressDisplay(console, watch, { isShown });
  return {
    stderr,
    begin(title: string) {
      watch.begin({ kind: "train" }, title);
      display.begin(title);
    },
    show(snapshot: Snapshot) {
      watch.look(snapshot);
      display.show(snapshot);
    },
    end: (suffix: string) => display.end(watch.end(), suffix),
  };
}

Deno.test("ProgressDisplay redraws a block on a terminal, four times a second", () => {
  const { begin, show, end, stderr } = makeDisplay(true);
  const drawn = (elapsedSeconds: number, done: number) => {
    stderr.text = "";
    show({ ...SNAPSHOT, done, elapsedSeconds });
    return stderr.text;
  };
  begin("train");
  assertStringIncludes(drawn(2, 1), "train  [........]    0%");
  assertEquals(drawn(2.2, 2), "");
  assertStringIncludes(drawn(2.25, 240), "train  [####....]   50%");
  stderr.text = "";
  end(", AU 90.0%");
  assertEquals(
    stderr.text,
    "\r\x1b[J\x1b[?25h" +
      "train: 240 steps in 2.2s, 2.40 GiB, 107 steps/s, 1.07 GiB/s, AU 90.0%\n",
  );
});

Deno.test("ProgressDisplay says a line every ten seconds elsewhere", () => {
  const { begin, show, stderr } = makeDisplay(false);
  const saidAt = (elapsedSeconds: number) => {
    stderr.text = "";
    show({ ...SNAPSHOT, elapsedSeconds });
    return stderr.text !== "";
  };
  begin("train");
  assertEquals([9, 10, 19, 20].map(saidAt), [false, true, false, true]);
  begin("eval");
  assertEquals([9, 11].map(saidAt), [false, true]);
});

Deno.test("ProgressDisplay without progress tells only what became of it", () => {
  const { begin, show, end, stderr } = makeDisplay(true, false);
  begin("generate");
  show({ ...SNAPSHOT, unit: "files", bytes: 0 });
  assertEquals(stderr.text, "");
  end("");
  assertEquals(stderr.text, "generate: 120 files in 2s, 60 files/s\n");
});

Deno.test("finishedLine() gives what was done and how fast", () => {
  assertEquals(
    finishedLine("x", { ...SNAPSHOT, elapsedSeconds: 0.1 }),
    "x: 120 steps in 100ms, 2.40 GiB",
  );
});

Deno.test("finishedLine() says that nothing had to be written", () => {
  const there = snapshotOf({
    kind: "generate",
    done: 68,
    total: 68,
    unit: "files",
    bytes: 0,
    elapsedSeconds: 0.011,
  });
  assertEquals(
    finishedLine("generate", there),
    "generate: nothing to write, all 68 files are there in full length " +
      "(looked up in 11ms)",
  );
  assertEquals(
    finishedLine("generate", { ...there, bytes: 2048 }),
    "generate: 68 files in 11ms, 2.00 KiB",
  );
  assertEquals(
    finishedLine("verify", { ...there, kind: "verify" }),
    "verify: 68 files in 11ms",
  );
});
