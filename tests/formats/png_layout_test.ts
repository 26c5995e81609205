import { assertEquals, assertGreaterOrEqual } from "@std/assert";
import * as fc from "fast-check";
import { deflatedZerosBytes } from "../../lib/formats/deflate_zeros.ts";
import { layOutPng, leastPngBytes } from "../../lib/formats/png_layout.ts";

/** Bytes of all parts, added up from the specification. */
function partsBytes(layout: ReturnType<typeof layOutPng>): number {
  const { storedBytes, zeroBytes, fillerBytes } = layout;
  const blocks = Math.ceil(storedBytes / 49_152);
  return 8 + 25 + 2 + blocks * (12 + 5) + storedBytes +
    12 + deflatedZerosBytes(zeroBytes) + 4 +
    (fillerBytes === null ? 0 : 12 + fillerBytes) + 12;
}

Deno.test("layOutPng() fills any length from the least one on, exactly", () => {
  const side = fc.integer({ min: 1, max: 2000 });
  fc.assert(
    fc.property(side, side, fc.nat(1000), (width, height, more) => {
      const size = { width, height };
      const fileBytes = leastPngBytes(size) + more;
      const layout = layOutPng(size, fileBytes);
      assertEquals(partsBytes(layout), fileBytes);
      assertEquals(
        layout.storedBytes + layout.zeroBytes,
        height * (width + 1),
      );
      assertGreaterOrEqual(layout.zeroBytes, width + 1);
    }),
    { seed: 12, numRuns: 300 },
  );
});

Deno.test("layOutPng() of one byte per pixel has few zero rows", () => {
  const rows = (side: number) =>
    layOutPng({ width: side, height: side }, side * side).zeroBytes /
    (side + 1);
  assertEquals([64, 338, 568, 1024, 12_107].map(rows), [3, 2, 2, 2, 6]);
});
