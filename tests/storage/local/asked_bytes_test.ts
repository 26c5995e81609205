import { assertEquals } from "@std/assert";
import { bytesToAsk } from "../../../lib/storage/local/asked_bytes.ts";

Deno.test("past the page cache a read asks to the end of the block behind the last wanted byte, and for no more than it may", () => {
  const cases: [missing: number, asked: number][] = [
    [0, 4096],
    [1, 4096],
    [4095, 4096],
    [4096, 8192],
    [40_000, 40_960],
    [65_535, 65_536],
    [65_536, 65_536],
    [1e12, 65_536],
    [-1, 65_536],
  ];
  for (const [missing, asked] of cases) {
    assertEquals(bytesToAsk(missing, 4096, 65_536), asked);
  }
});

Deno.test("through the page cache a read asks for all that it may: nothing is filled", () => {
  for (const missing of [-1, 0, 1, 4096, 1e12]) {
    assertEquals(bytesToAsk(missing, 1, 65_536), 65_536);
  }
});
