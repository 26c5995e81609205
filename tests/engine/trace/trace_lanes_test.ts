/** Tests of lib/engine/trace/trace_lanes.ts. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { TraceLanes } from "../../../lib/engine/trace/trace_lanes.ts";

type Span = readonly [start: number, end: number];

/** Whether two spans lie beside each other or one within the other. */
function areClear([a, b]: Span, [c, d]: Span): boolean {
  return b <= c || d <= a || (a <= c && d <= b) || (c <= a && b <= d);
}

function lanesOf(spans: readonly Span[]): number[] {
  const lanes = new TraceLanes();
  return spans.map(([start, end]) => lanes.place(start, end));
}

Deno.test("TraceLanes keeps spans in a row, or within each other, on one lane", () => {
  assertEquals(lanesOf([[0, 4], [4, 6], [7, 9], [0, 9], [9, 12]]), [
    0,
    0,
    0,
    0,
    0,
  ]);
});

Deno.test("TraceLanes gives requests that overlap lanes of their own, and takes them again", () => {
  assertEquals(lanesOf([[0, 4], [1, 5], [2, 6], [6, 8], [4, 9]]), [
    0,
    1,
    2,
    2,
    0,
  ]);
});

Deno.test("TraceLanes puts a request's read around the request", () => {
  // Two requests in flight: first byte, GET, read of the one, then the other.
  assertEquals(
    lanesOf(
      [[0, 2], [0, 5], [0, 5], [1, 3], [1, 6], [1, 6]].sort((a, b) =>
        a[1]! - b[1]!
      ) as unknown as Span[],
    ),
    [0, 1, 0, 0, 1, 1],
  );
});

Deno.test("TraceLanes never lets two spans of a lane cross", () => {
  const spans = fc.array(
    fc.tuple(fc.nat(200), fc.nat(60)).map(([start, length]): Span => [
      start,
      start + length,
    ]),
    { maxLength: 120 },
  );
  fc.assert(fc.property(spans, (given) => {
    const inOrder = given.toSorted((a, b) => a[1] - b[1]);
    const lanes = lanesOf(inOrder);
    for (const [i, first] of inOrder.entries()) {
      for (const [j, second] of inOrder.entries()) {
        if (i < j && lanes[i] === lanes[j]) {
          assert(areClear(first, second), `${first} and ${second}`);
        }
      }
    }
  }));
});
