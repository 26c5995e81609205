import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { RangeList } from "../../lib/bytes/range_list.ts";

function entries(list: RangeList): [number, number][] {
  return Array.from(
    { length: list.count },
    (_, i) => [list.offsetOf(i), list.byteCountOf(i)],
  );
}

Deno.test("push() keeps ranges that do not touch apart", () => {
  const list = new RangeList();
  list.push(100, 10);
  list.push(111, 5);
  list.push(0, 3);
  assertEquals(entries(list), [[100, 10], [111, 5], [0, 3]]);
  assertEquals(list.totalBytes, 18);
});

Deno.test("push() joins a range that begins where the last one ends", () => {
  const list = new RangeList();
  list.push(100, 10);
  list.push(110, 5);
  assertEquals(entries(list), [[100, 15]]);
});

Deno.test("push() reads over a gap up to its limit, no further", () => {
  const list = new RangeList();
  list.push(0, 10);
  list.push(14, 6, 4);
  assertEquals(entries(list), [[0, 20]]);
  list.push(25, 5, 4);
  assertEquals(entries(list), [[0, 20], [25, 5]]);
});

Deno.test("push() never joins backwards or into an overlap", () => {
  const list = new RangeList();
  list.push(100, 10);
  list.push(105, 10, 1000);
  list.push(50, 10, 1000);
  assertEquals(entries(list), [[100, 10], [105, 10], [50, 10]]);
});

Deno.test("push() of nothing adds nothing", () => {
  const list = new RangeList();
  list.push(5, 0);
  assertEquals(list.count, 0);
  assertEquals(list.totalBytes, 0);
});

Deno.test("ranges lie beyond 2^32 exactly", () => {
  const list = new RangeList();
  list.push(2 ** 52, 2 ** 33);
  assertEquals(entries(list), [[2 ** 52, 2 ** 33]]);
});

Deno.test("a list grows past its first size and keeps what it has", () => {
  const list = new RangeList();
  const wanted: [number, number][] = [];
  for (let i = 0; i < 1000; i++) {
    list.push(i * 10, 1 + (i % 9));
    wanted.push([i * 10, 1 + (i % 9)]);
  }
  assertEquals(entries(list), wanted);
  list.clear();
  assertEquals(list.count, 0);
  list.push(1, 2);
  assertEquals(entries(list), [[1, 2]]);
});

Deno.test("without gaps the bytes covered are those pushed, in order", () => {
  const ranges = fc.array(
    fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 9 })),
    { maxLength: 200 },
  );
  const bytesOf = (pairs: readonly (readonly [number, number])[]) =>
    pairs.flatMap(([offset, count]) =>
      Array.from({ length: count }, (_, i) => offset + i)
    );
  fc.assert(
    fc.property(ranges, (pushed) => {
      const list = new RangeList();
      for (const [offset, count] of pushed) list.push(offset, count);
      assertEquals(bytesOf(entries(list)), bytesOf(pushed));
    }),
    { seed: 2, numRuns: 100 },
  );
});
