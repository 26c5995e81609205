import { assertEquals } from "@std/assert";
import { retryAfterMs } from "../../../lib/storage/objects/retry_after.ts";

const NOON = "Sun, 22 Nov 2026 12:00:00 GMT";

Deno.test("retryAfterMs() reads seconds", () => {
  assertEquals(retryAfterMs("0", null), 0);
  assertEquals(retryAfterMs(" 120 ", NOON), 120_000);
});

Deno.test("retryAfterMs() reads a date by the clock of the answer", () => {
  assertEquals(retryAfterMs("Sun, 22 Nov 2026 12:00:07 GMT", NOON), 7000);
  assertEquals(retryAfterMs("Sun, 22 Nov 2026 11:00:00 GMT", NOON), 0);
  // Without one this host's clock counts, and that date has passed.
  assertEquals(retryAfterMs("Sun, 06 Nov 1994 08:49:37 GMT", null), 0);
});

Deno.test("retryAfterMs() is null where nothing usable is said", () => {
  for (const value of [null, undefined, "", "soon", "-1"]) {
    assertEquals(retryAfterMs(value, NOON), null);
  }
});
