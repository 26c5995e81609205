import { assertEquals } from "@std/assert";
import { localTimestamp } from "../../../lib/results/dlio/timestamp.ts";

const MOMENT_MS = Date.UTC(2026, 11, 31, 23, 30, 5);

Deno.test("localTimestamp() has six decimals", () => {
  assertEquals(
    localTimestamp(MOMENT_MS + 7.25, 0),
    "2026-12-31T23:30:05.007250",
  );
});

Deno.test("localTimestamp() is local: the offset may change the year", () => {
  assertEquals(localTimestamp(MOMENT_MS, 60), "2027-01-01T00:30:05.000000");
  assertEquals(localTimestamp(MOMENT_MS, -330), "2026-12-31T18:00:05.000000");
});

Deno.test("localTimestamp() carries when microseconds round up", () => {
  assertEquals(
    localTimestamp(MOMENT_MS + 999.99999, 0),
    "2026-12-31T23:30:06.000000",
  );
});
