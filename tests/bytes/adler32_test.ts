import { assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { adler32, adler32Zeros } from "../../lib/bytes/adler32.ts";
import { adler32Simd } from "../../lib/bytes/adler32_simd.ts";

const WIKIPEDIA = new TextEncoder().encode("Wikipedia");

Deno.test("adler32() gives the published example", () => {
  assertEquals(adler32(WIKIPEDIA), 0x11e60398);
  assertEquals(adler32(new Uint8Array(0)), 1);
});

Deno.test("adler32() chains", () => {
  const first = adler32(WIKIPEDIA.subarray(0, 4));
  assertEquals(adler32(WIKIPEDIA.subarray(4), first), 0x11e60398);
});

Deno.test("adler32Zeros() is the sum of zero bytes", () => {
  for (const byteCount of [0, 1, 258, 65_521, 200_000]) {
    const zeros = new Uint8Array(byteCount);
    assertEquals(
      adler32Zeros(byteCount, 0x11e60398),
      adler32(zeros, 0x11e60398),
    );
  }
});

Deno.test("adler32Simd() agrees with the reference on any bytes", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 3000 }),
      fc.nat(40),
      fc.nat(65_520),
      fc.nat(65_520),
      (bytes, skip, a, b) => {
        const view = bytes.subarray(skip);
        const adler = b * 65536 + a;
        assertEquals(adler32Simd(view, adler), adler32(view, adler));
      },
    ),
    { seed: 1, numRuns: 200 },
  );
});

Deno.test("adler32Simd() does not overflow on the largest bytes", () => {
  for (const byteCount of [31, 32, 4095, 4096, 4128, 16_384, 100_001]) {
    const bytes = new Uint8Array(byteCount).fill(255);
    const adler = 65_520 * 65_536 + 65_520;
    assertEquals(adler32Simd(bytes, adler), adler32(bytes, adler));
  }
});
