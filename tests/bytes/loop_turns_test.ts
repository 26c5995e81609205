/** Tests of lib/bytes/loop_turns.ts. */
import { assertEquals } from "@std/assert";
import { LoopTurns } from "../../lib/bytes/loop_turns.ts";

Deno.test("LoopTurns lets a timer fire in a loop that never sleeps", async () => {
  let nowMs = 0;
  const turns = new LoopTurns(() => nowMs);
  let fired = false;
  setTimeout(() => fired = true, 0);
  let rounds = 0;
  while (!fired && rounds < 10_000) {
    rounds++;
    nowMs += 10;
    const turn = turns.next();
    if (turn !== null) await turn;
  }
  assertEquals(fired, true);
});

Deno.test("LoopTurns gives a turn every 50 ms and none before", () => {
  let nowMs = 0;
  const turns = new LoopTurns(() => nowMs);
  const given: number[] = [];
  for (; nowMs < 200; nowMs += 10) {
    if (turns.next() !== null) given.push(nowMs);
  }
  assertEquals(given, [50, 100, 150]);
});
