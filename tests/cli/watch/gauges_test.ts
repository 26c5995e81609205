/** Tests of lib/cli/watch/gauges.ts. */
import { assertEquals } from "@std/assert";
import { bar, sparkline } from "../../../lib/cli/watch/gauges.ts";

for (
  const [fraction, isUnicode, text] of [
    [0, true, "░░░░"],
    [0.5, true, "██░░"],
    [0.54, true, "██▏░"],
    [0.99, true, "███▉"],
    [1, true, "████"],
    [7, true, "████"],
    [0, false, "[..]"],
    [0.5, false, "[#.]"],
    [1, false, "[##]"],
  ] as const
) {
  Deno.test(`bar() shows ${fraction} in four columns as ${text}`, () => {
    assertEquals(bar(fraction, 4, isUnicode), text);
  });
}

Deno.test("bar() is as wide as it is told, also where there is no room", () => {
  for (let width = 0; width < 80; width++) {
    for (const isUnicode of [true, false]) {
      assertEquals(bar(0.37, width, isUnicode).length, width);
    }
  }
});

Deno.test("sparkline() shows the last values, the greatest at full height", () => {
  assertEquals(sparkline([9, 1, 2, 4, 8], 4, true), "▁▂▄█");
  assertEquals(sparkline([9, 1, 2, 4, 8], 4, false), "_.-#");
  assertEquals(sparkline([8], 3, true), "  █");
});

Deno.test("sparkline() shows seconds in which nothing moved as nothing", () => {
  assertEquals(sparkline([0, 5, NaN, 5], 4, true), " █ █");
  assertEquals(sparkline([0, 0], 2, true), "  ");
  assertEquals(sparkline([], 2, true), "  ");
});
