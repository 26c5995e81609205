import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  dealerOf,
  inFlightOf,
} from "../../../lib/engine/training/fetch_share.ts";

const counts = fc.integer({ min: 1, max: 8 });
const files = fc.array(fc.nat(50), { maxLength: 60 });
const readings = fc.constantFrom("whole_file", "samples", "stream", "shard");

const sharesOf = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ index, count }));

Deno.test("every part is read by one of a reader's threads, in every epoch", () => {
  fc.assert(fc.property(readings, counts, files, (reading, count, files) => {
    const dealers = sharesOf(count).map((share) =>
      dealerOf(reading as "samples", share)
    );
    for (let epoch = 1; epoch <= 2; epoch++) {
      for (const dealer of dealers) dealer.begin();
      for (const file of files) {
        const takers = dealers.map((dealer) => dealer.takes(file));
        assertEquals(takers.filter(Boolean).length, 1);
      }
    }
  }));
});

Deno.test("whole files are dealt in turns, so no thread has two more than another", () => {
  const dealer = dealerOf("whole_file", { index: 1, count: 3 });
  dealer.begin();
  // Whatever the files are.
  assertEquals([3, 3, 0, 6, 9, 12].map((file) => dealer.takes(file)), [
    false,
    true,
    false,
    false,
    true,
    false,
  ]);
});

Deno.test("a file of ranges is always the same thread's, also where a reader has every fourth", () => {
  for (const reading of ["samples", "stream", "shard"] as const) {
    const dealers = sharesOf(4).map((share) => dealerOf(reading, share));
    const takerOf = (file: number) =>
      dealers.findIndex((dealer) => dealer.takes(file));
    const everyFourth = Array.from({ length: 400 }, (_, i) => 4 * i);
    const takers = everyFourth.map(takerOf);
    assertEquals(everyFourth.map(takerOf), takers);
    for (let thread = 0; thread < 4; thread++) {
      const share = takers.filter((taker) => taker === thread).length;
      assert(share > 60 && share < 140, `${share} of 400`);
    }
  }
});

Deno.test("threads keep as many reads in flight together as the reader would alone", () => {
  fc.assert(fc.property(counts, fc.nat(200), (count, more) => {
    const inFlight = count + more;
    const each = sharesOf(count).map((share) => inFlightOf(inFlight, share));
    assertEquals(each.reduce((sum, own) => sum + own), inFlight);
    assert(Math.max(...each) - Math.min(...each) <= 1);
    assert(Math.min(...each) >= 1);
  }));
});
