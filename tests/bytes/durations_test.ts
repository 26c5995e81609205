import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { formatDuration, parseDuration } from "../../lib/bytes/durations.ts";

Deno.test("parseDuration() reads one or more numbers with units", () => {
  assertEquals(parseDuration("90s"), 90);
  assertEquals(parseDuration("5m"), 300);
  assertEquals(parseDuration("1h30m"), 5400);
  assertEquals(parseDuration("1.5h"), 5400);
  assertEquals(parseDuration("2d"), 172800);
  assertAlmostEquals(parseDuration("250ms"), 0.25);
  assertAlmostEquals(parseDuration("10us"), 1e-5);
});

Deno.test("parseDuration() refuses a number without a unit and other text", () => {
  for (const text of ["", "90", "s", "5 m", "-5s", "5min", "1h30", "x5s"]) {
    assertThrows(() => parseDuration(text), SyntaxError, `"${text}"`);
  }
});

Deno.test("parseDuration() is the sum of its parts", () => {
  fc.assert(
    fc.property(
      fc.nat(99),
      fc.nat(59),
      fc.nat(59),
      (hours, minutes, seconds) => {
        const text = `${hours}h${minutes}m${seconds}s`;
        assertEquals(
          parseDuration(text),
          hours * 3600 + minutes * 60 + seconds,
        );
      },
    ),
    { seed: 3 },
  );
});

Deno.test("formatDuration() shows two units at most", () => {
  assertEquals(formatDuration(0.25), "250ms");
  assertEquals(formatDuration(12.56), "12.5s");
  assertEquals(formatDuration(59.99), "59.9s");
  assertEquals(formatDuration(303), "5m 03s");
  assertEquals(formatDuration(3900), "1h 05m");
});
