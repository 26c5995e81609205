import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { samplesReadFor } from "../../lib/sampling/shuffle_buffer.ts";

/** `_shuffle` of webdataset, step by step: samples read at each draw. */
function readAtDraws(total: number, bufferSamples: number): number[] {
  const initial = Math.min(100, bufferSamples);
  const draws: number[] = [];
  let read = 0;
  let waiting = 0;
  while (read < total) {
    read++;
    waiting++;
    if (waiting < bufferSamples && read < total) {
      read++;
      waiting++;
    }
    if (waiting >= initial) {
      draws.push(read);
      waiting--;
    }
  }
  while (waiting-- > 0) draws.push(read);
  return draws;
}

Deno.test("samplesReadFor() reads ahead as webdataset's own buffer does", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 3000 }),
      fc.integer({ min: 1, max: 1500 }),
      (total, bufferSamples) => {
        const draws = readAtDraws(total, bufferSamples);
        assertEquals(draws.length, total);
        draws.forEach((read, drawn) =>
          assertEquals(samplesReadFor(drawn + 1, total, bufferSamples), read)
        );
      },
    ),
    { seed: 1, numRuns: 60 },
  );
});

Deno.test("without a buffer nothing is read ahead", () => {
  assertEquals([0, 1, 7].map((drawn) => samplesReadFor(drawn, 9, 0)), [
    0,
    1,
    7,
  ]);
});
