/** Tests of lib/report/html/time_grid.ts. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { MAX_POINTS } from "../../../lib/report/html/chart_data.ts";
import {
  bucketOf,
  GridLine,
  gridTimes,
  timeGrid,
} from "../../../lib/report/html/time_grid.ts";

Deno.test("timeGrid() has at most 2,000 buckets that cover its span, each a whole number of intervals", () => {
  fc.assert(fc.property(
    fc.double({ min: 0, max: 1e5, noNaN: true }),
    fc.double({ min: 0, max: 1e7, noNaN: true }),
    fc.constantFrom(1, 2, 8, 64, null),
    (from, seconds, interval) => {
      const grid = timeGrid({ from, to: from + seconds }, interval);
      assert(grid.count >= 1 && grid.count <= MAX_POINTS);
      assert(grid.count * grid.bucketSeconds >= seconds * (1 - 1e-9));
      if (interval !== null) {
        assertEquals(grid.bucketSeconds % interval, 0);
      }
      assertEquals(bucketOf(grid, from), 0);
      assert(bucketOf(grid, from + seconds) <= grid.count - 1);
      assertEquals(gridTimes(grid).length, grid.count);
    },
  ));
});

Deno.test("GridLine keeps mean, least and greatest of a bucket, and null where nothing is known", () => {
  const grid = timeGrid({ from: 0, to: 3 }, 1);
  const line = new GridLine(grid);
  line.add(0.5, 10, 3);
  line.add(0.7, 50, 1);
  line.add(2.5, 7, 1);
  line.add(1.5, NaN, 1);
  assertEquals(line.line("x"), {
    name: "x",
    values: [20, null, 7, null],
    low: [10, null, 7, null],
    high: [50, null, 7, null],
  });
});

Deno.test("GridLine has no band where no bucket has several values, and no line where there is none", () => {
  const grid = timeGrid({ from: 0, to: 1 }, 1);
  const line = new GridLine(grid);
  assertEquals(line.line("x"), null);
  line.add(0.5, 1, 1);
  assertEquals(line.line("x"), { name: "x", values: [1, null] });
});
