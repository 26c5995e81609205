import { inflateRawSync } from "node:zlib";
import { assertEquals, assertLess } from "@std/assert";
import {
  deflatedZerosBytes,
  deflateZeros,
} from "../../lib/formats/deflate_zeros.ts";

Deno.test("deflateZeros() inflates to as many zeros, for every rest", () => {
  for (let byteCount = 1; byteCount <= 2 * 258 + 3; byteCount++) {
    const block = deflateZeros(byteCount);
    assertEquals(block.length, deflatedZerosBytes(byteCount));
    const zeros = new Uint8Array(inflateRawSync(block));
    assertEquals(zeros, new Uint8Array(byteCount));
  }
});

Deno.test("deflateZeros() of a megabyte is 150 times as short", () => {
  const block = deflateZeros(1_000_000);
  assertLess(block.length, 1_000_000 / 150);
  assertEquals(inflateRawSync(block).length, 1_000_000);
});
