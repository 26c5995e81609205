import { assert } from "@std/assert";
import { pause } from "../../../lib/engine/run/pause.ts";

Deno.test("pause() lasts as long as asked", async () => {
  const startMs = performance.now();
  await pause(0.02, new AbortController().signal);
  assert(performance.now() - startMs >= 19);
});

Deno.test("pause() ends with an abort, and does not begin after one", async () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 5);
  await pause(3600, controller.signal);
  await pause(3600, controller.signal);
});
