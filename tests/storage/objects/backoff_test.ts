import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { Backoff } from "../../../lib/storage/objects/backoff.ts";

function waits(seed: number, count: number): number[] {
  const backoff = new Backoff(seed);
  return Array.from({ length: count }, (_, i) => backoff.waitMs(i + 1));
}

Deno.test("Backoff doubles to a limit, between half and all of it", () => {
  for (let seed = 0; seed < 100; seed++) {
    for (const [i, waitMs] of waits(seed, 12).entries()) {
      const longestMs = Math.min(20_000, 100 * 2 ** i);
      assert(waitMs >= longestMs / 2 && waitMs <= longestMs, `${i} ${waitMs}`);
    }
  }
});

Deno.test("Backoff is the same for a seed and another for another", () => {
  assertEquals(waits(7, 5), waits(7, 5));
  assertNotEquals(waits(7, 5), waits(8, 5));
});
