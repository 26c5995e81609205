/** Tests of lib/cli/progress.ts. */
import { assertEquals } from "@std/assert";
import { Console } from "../../lib/cli/console.ts";
import {
  ProgressDisplay,
  progressLine,
  type ProgressSnapshot,
  secondsLeft,
} from "../../lib/cli/progress.ts";
import { TextCollector } from "./text_collector.ts";

const SNAPSHOT: ProgressSnapshot = {
  phase: "train, epoch 2 of 3",
  done: 120,
  total: 480,
  unit: "steps",
  bytes: 2.4 * 2 ** 30,
  elapsedSeconds: 2,
  au: 0.9734,
};

Deno.test("progressLine() gives share, rates, time left and AU", () => {
  assertEquals(
    progressLine(SNAPSHOT),
    "train, epoch 2 of 3: 120 of 480 steps (25%), 60 steps/s, 1.20 GiB/s, 6s left, AU 97.3%",
  );
});

Deno.test("progressLine() gives no rate before there is one", () => {
  assertEquals(
    progressLine({
      ...SNAPSHOT,
      done: 0,
      bytes: 0,
      elapsedSeconds: 0.1,
      au: null,
    }),
    "train, epoch 2 of 3: 0 of 480 steps (0%)",
  );
});

Deno.test("progressLine() shows slow rates and long waits", () => {
  assertEquals(
    progressLine({ ...SNAPSHOT, done: 1, elapsedSeconds: 100, au: null }),
    "train, epoch 2 of 3: 1 of 480 steps (0%), 0.01 steps/s, 24.58 MiB/s, 13h 18m left",
  );
  assertEquals(
    progressLine({ ...SNAPSHOT, done: 9, bytes: 0, au: null }),
    "train, epoch 2 of 3: 9 of 480 steps (1%), 4.5 steps/s, 1m 45s left",
  );
});

Deno.test("progressLine() of a finished or empty phase is 100% with nothing left", () => {
  assertEquals(
    progressLine({ ...SNAPSHOT, done: 480, bytes: 0, au: null }),
    "train, epoch 2 of 3: 480 of 480 steps (100%), 240 steps/s",
  );
  assertEquals(
    progressLine({
      ...SNAPSHOT,
      done: 0,
      total: 0,
      elapsedSeconds: 0,
      au: null,
    }),
    "train, epoch 2 of 3: 0 of 0 steps (100%)",
  );
});

Deno.test("secondsLeft() extrapolates the mean rate", () => {
  assertEquals(secondsLeft(SNAPSHOT), 6);
  assertEquals(secondsLeft({ ...SNAPSHOT, done: 0 }), null);
  assertEquals(secondsLeft({ ...SNAPSHOT, done: 480 }), null);
  assertEquals(secondsLeft({ ...SNAPSHOT, elapsedSeconds: 0.2 }), null);
});

function makeDisplay(isTerminal: boolean, isShown = true) {
  const stderr = new TextCollector();
  const console = new Console({
    stdout: new TextCollector(),
    stderr,
    isTerminal,
    columns: () => 24,
  });
  return { display: new ProgressDisplay(console, { isShown }), stderr };
}

Deno.test("ProgressDisplay redraws one line on a terminal", () => {
  const { display, stderr } = makeDisplay(true);
  display.show({ ...SNAPSHOT, phase: "train", done: 1 });
  display.show({ ...SNAPSHOT, phase: "train", done: 2 });
  display.end();
  assertEquals(
    stderr.text,
    "\r\x1b[Ktrain: 1 of 480 steps (\r\x1b[Ktrain: 2 of 480 steps (\r\x1b[K",
  );
});

Deno.test("ProgressDisplay says a line every ten seconds elsewhere", () => {
  const { display, stderr } = makeDisplay(false);
  const saidAt = (phase: string, elapsedSeconds: number) => {
    stderr.text = "";
    display.show({ ...SNAPSHOT, phase, elapsedSeconds });
    return stderr.text !== "";
  };
  assertEquals(saidAt("train", 9), false);
  assertEquals(saidAt("train", 10), true);
  assertEquals(saidAt("train", 19), false);
  assertEquals(saidAt("train", 20), true);
  assertEquals(saidAt("eval", 9), false);
  assertEquals(saidAt("eval", 11), true);
});

Deno.test("ProgressDisplay keeps silent when it is not to be shown", () => {
  const { display, stderr } = makeDisplay(true, false);
  display.show(SNAPSHOT);
  display.end();
  assertEquals(stderr.text, "");
});
