import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { NUMBER_TYPES } from "../../../lib/formats/parquet/column_type.ts";
import type { Leaf } from "../../../lib/formats/parquet/leaf.ts";
import { pageLevels } from "../../../lib/formats/parquet/levels.ts";

function leaf(listSize: number | null): Leaf {
  const type = NUMBER_TYPES["float32"]!;
  return { name: "a", type, listSize, binaryBytes: 0 };
}

/** A decoder of the hybrid for levels of `bitWidth` 1 or 2. */
function decodeLevels(
  bytes: Uint8Array,
  bitWidth: number,
  count: number,
): number[] {
  const levels: number[] = [];
  let at = 0;
  while (levels.length < count) {
    let head = 0;
    let shift = 0;
    do {
      head |= (bytes[at]! & 0x7f) << shift;
      shift += 7;
    } while (bytes[at++]! > 0x7f);
    if (head % 2 === 0) {
      const value = bytes[at++]!;
      for (let i = 0; i < head >>> 1; i++) levels.push(value);
      continue;
    }
    const bits = (head >>> 1) * 8 * bitWidth;
    for (let bit = 0; bit < bits; bit += bitWidth) {
      const mask = (1 << bitWidth) - 1;
      levels.push(bytes[at + (bit >> 3)]! >> (bit & 7) & mask);
    }
    at += bits / 8;
  }
  assertEquals(at, bytes.length, "bytes behind the levels");
  return levels.slice(0, count);
}

Deno.test("pageLevels() of a scalar is one run of ones", () => {
  assertEquals([...pageLevels(leaf(null), 100)], [3, 0, 0, 0, 0xc8, 1, 1]);
});

Deno.test("pageLevels() of short lists is packed bits", () => {
  assertEquals(
    [...pageLevels(leaf(4), 3)],
    // 12 values: 2 groups; bits 0, 4 and 8 are 0.
    [3, 0, 0, 0, 5, 0b11101110, 0b11111110, 2, 0, 0, 0, 24, 3],
  );
});

Deno.test("pageLevels() of long lists is two runs per row", () => {
  assertEquals(
    [...pageLevels(leaf(101), 2)],
    // deno-fmt-ignore
    [
      10, 0, 0, 0, 2, 0, 0xc8, 1, 1, 2, 0, 0xc8, 1, 1,
      3, 0, 0, 0, 0x94, 3, 3,
    ],
  );
});

Deno.test("pageLevels() begins a row at every listSize-th value", () => {
  const sizes = fc.integer({ min: 1, max: 200 });
  const rows = fc.integer({ min: 1, max: 50 });
  fc.assert(
    fc.property(sizes, rows, (listSize, rowCount) => {
      const bytes = pageLevels(leaf(listSize), rowCount);
      const count = listSize * rowCount;
      const view = new DataView(bytes.buffer, bytes.byteOffset);
      const end = 4 + view.getUint32(0, true);
      const repetition = decodeLevels(bytes.subarray(4, end), 1, count);
      const definition = decodeLevels(bytes.subarray(end + 4), 2, count);
      assertEquals(view.getUint32(end, true), bytes.length - end - 4);
      assertEquals(definition, Array(count).fill(3));
      const expected = Array.from(
        { length: count },
        (_, i) => +(i % listSize > 0),
      );
      assertEquals(repetition, expected);
    }),
    { seed: 1 },
  );
});
