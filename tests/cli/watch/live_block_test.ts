/** Tests of lib/cli/watch/live_block.ts. */
import { assert, assertEquals } from "@std/assert";
import {
  type BlockLook,
  liveBlock,
} from "../../../lib/cli/watch/live_block.ts";
import type { LiveState } from "../../../lib/cli/watch/run_watch.ts";
import { lineWidth, type StatusLine } from "../../../lib/cli/status_line.ts";
import { snapshotOf } from "../../metrics/sample_snapshot.ts";

const GIB = 2 ** 30;

const STATE: LiveState = {
  title: "train, epoch 2 of 3",
  snapshot: snapshotOf({
    done: 250,
    total: 480,
    bytes: 5 * GIB,
    elapsedSeconds: 12.34,
    auPercent: 96.84,
  }),
  phaseLeftSeconds: 11.3,
  runLeft: { seconds: 61.2, isLeast: false },
  auNowPercent: 88.75,
  auGoalPercent: 90,
  bytesPerSecondNow: 1.2 * GIB,
  bytesPerSecond: 1.18 * GIB,
  unitsPerSecond: 20.3,
  bytesPerSecondHistory: [2, 3, 5, 6, 7, 7, 6, 5, 7, 8],
  p99Ms: 4.2,
  fromMemoryFraction: 0.0312,
  slowestRank: { rank: 3, waitingFraction: 0.041 },
};

const LOOK: BlockLook = {
  columns: 79,
  rows: 23,
  isUnicode: true,
  hasKeys: true,
};

function textOf(lines: readonly StatusLine[]): string[] {
  return lines.map((line) => line.map(({ text }) => text).join(""));
}

for (
  const [columns, lines] of [
    [20, [
      "train, epoch 2 of 3",
      "12s left",
      "AU 88.8% now",
      "read 1.20 GiB/s now",
      "p99 4.2ms",
    ]],
    [40, [
      "train, epoch 2 of 3  ██████▊░░░░░░   52%",
      "12s left  run 1m 02s left",
      "AU 88.8% now  96.8% so far  goal 90%",
      "read 1.20 GiB/s now  ▂▃▅▆▇▇▆▅▇█",
      "p99 4.2ms  from memory 3.1%",
    ]],
    [80, [
      "train, epoch 2 of 3  ██████████████████▏░░░░░░░░░░░░░░░░   52%  250 of 480 steps",
      "12s left  run 1m 02s left  12s gone  q ends and keeps",
      "AU 88.8% now  96.8% so far  goal 90%",
      "read 1.20 GiB/s now  1.18 GiB/s so far  ▂▃▅▆▇▇▆▅▇█  20 steps/s",
      "p99 4.2ms  from memory 3.1%  slowest rank 3 waits 4.1%",
    ]],
  ] as const
) {
  Deno.test(`liveBlock() in ${columns} columns shows what matters most`, () => {
    const lines_ = textOf(liveBlock(STATE, { ...LOOK, columns }));
    assertEquals(lines_, [...lines]);
  });
}

Deno.test("liveBlock() fits into every width of 20 to 200 columns, and loses nothing with more room", () => {
  for (const isUnicode of [true, false]) {
    let before = 0;
    for (let columns = 20; columns <= 200; columns++) {
      const lines = liveBlock(STATE, { ...LOOK, columns, isUnicode });
      assertEquals(lines.length, 5);
      for (const line of lines) {
        assert(lineWidth(line) <= columns, `${columns}: ${textOf([line])}`);
      }
      const words = textOf(lines).join(" ").match(/[\w.%/]+/g)?.length ?? 0;
      assert(
        words >= before,
        `${columns} columns say less than ${columns - 1}`,
      );
      before = words;
    }
  }
});

Deno.test("liveBlock() is ASCII alone where the terminal shows no more", () => {
  const text = textOf(liveBlock(STATE, { ...LOOK, isUnicode: false }));
  assertEquals(
    text[0],
    "train, epoch 2 of 3  [################................]   52%  250 of 480 steps",
  );
  assert(text.every((line) => /^[\x20-\x7e]*$/.test(line)), text.join("\n"));
});

Deno.test("liveBlock() leaves out its last lines where there are few rows", () => {
  for (const rows of [0, 1, 3]) {
    const lines = liveBlock(STATE, { ...LOOK, rows });
    assertEquals(lines.length, Math.max(1, rows));
    assertEquals(lines[0]?.[0]?.text, STATE.title);
  }
});

Deno.test("liveBlock() says only what is known", () => {
  const begun: LiveState = {
    ...STATE,
    title: "generate",
    snapshot: snapshotOf({ kind: "generate", total: 84, unit: "files" }),
    phaseLeftSeconds: null,
    runLeft: null,
    auNowPercent: null,
    bytesPerSecondNow: null,
    bytesPerSecond: null,
    unitsPerSecond: null,
    bytesPerSecondHistory: [],
    p99Ms: null,
    fromMemoryFraction: null,
    slowestRank: null,
  };
  assertEquals(
    textOf(liveBlock(begun, { ...LOOK, columns: 48, hasKeys: false })),
    [
      "generate  ░░░░░░░░░░░░░░░░░    0%  0 of 84 files",
      "0s gone",
    ],
  );
});

Deno.test("liveBlock() says where a run takes longer than is known", () => {
  const runLeft = { seconds: 61.2, isLeast: true };
  assertEquals(
    textOf(liveBlock({ ...STATE, runLeft }, LOOK))[1],
    "12s left  run at least 1m 02s left  12s gone  q ends and keeps",
  );
});

Deno.test("liveBlock() marks AU below the goal and bytes from memory", () => {
  const styleOf = (state: Partial<LiveState>, text: string) =>
    liveBlock({ ...STATE, ...state }, LOOK).flat()
      .find((piece) => piece.text === text)?.style;
  assertEquals(styleOf({}, "88.8%"), "bad");
  assertEquals(styleOf({}, "96.8%"), "good");
  assertEquals(styleOf({ auGoalPercent: null }, "88.8%"), "strong");
  assertEquals(styleOf({}, "3.1%"), "plain");
  assertEquals(styleOf({ fromMemoryFraction: 0.5 }, "50.0%"), "bad");
});
