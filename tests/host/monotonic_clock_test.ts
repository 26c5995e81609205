import { assert } from "@std/assert";
import { commonAheadMs, commonMs } from "../../lib/host/monotonic_clock.ts";

Deno.test("commonAheadMs() takes the look in which nothing came between", () => {
  // A clock that stands still but for what comes between its readings: 40 ms
  // in the first look, nothing in the second, 90 ms in the third.
  const pausesMs = [0, 40, 0, 0, 0, 90];
  let call = 0;
  let clockMs = 0;
  const beginMs = commonMs();
  const aheadMs = commonAheadMs(() => clockMs += pausesMs[call++] ?? 0);
  const endMs = commonMs();
  // In the second look it was at 40.
  assert(aheadMs + 40 >= beginMs, `${aheadMs} at ${beginMs}`);
  assert(aheadMs + 40 <= endMs, `${aheadMs} at ${endMs}`);
});
