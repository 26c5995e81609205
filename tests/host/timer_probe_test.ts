/** Tests of lib/host/timer_probe.ts. */
import { assertGreaterOrEqual } from "@std/assert";
import { probeTimer } from "../../lib/host/timer_probe.ts";

Deno.test("probeTimer() orders its figures", () => {
  const { medianOversleepUs, maxOversleepUs } = probeTimer();
  assertGreaterOrEqual(maxOversleepUs, medianOversleepUs);
});
