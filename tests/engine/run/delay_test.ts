import { assert } from "@std/assert";
import { delay } from "../../../lib/engine/run/delay.ts";

Deno.test("delay() lasts as long as asked", async () => {
  const startMs = performance.now();
  await delay(0.02, new AbortController().signal);
  assert(performance.now() - startMs >= 19);
});

Deno.test("delay() ends with an abort, and does not begin after one", async () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 5);
  await delay(3600, controller.signal);
  await delay(3600, controller.signal);
});
