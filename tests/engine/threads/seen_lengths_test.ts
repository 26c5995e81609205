import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { Region } from "../../../lib/engine/threads/region.ts";
import {
  SeenLengths,
  WORDS_PER_LENGTH,
} from "../../../lib/engine/threads/seen_lengths.ts";

Deno.test("SeenLengths answers with the first length of each file, whatever its size", () => {
  fc.assert(
    fc.property(
      fc.array(fc.maxSafeNat(), { minLength: 1, maxLength: 20 }),
      fc.maxSafeNat(),
      (lengths, later) => {
        const words = new Int32Array(
          new SharedArrayBuffer(4 * WORDS_PER_LENGTH * lengths.length),
        );
        const here = new SeenLengths(words);
        const there = new SeenLengths(words);
        for (const [file, length] of lengths.entries()) {
          assertEquals(there.lengthOf(file), -1);
          assertEquals(here.firstLength(file, length), length);
        }
        for (const [file, length] of lengths.entries()) {
          assertEquals(there.lengthOf(file), length);
          assertEquals(there.firstLength(file, later), length);
          assertEquals(there.firstLength(file, 0), length);
        }
      },
    ),
    {
      seed: 1,
      examples: [[[0, 1, 2 ** 30 - 1, 2 ** 30, 2 ** 53 - 1], 7]],
    },
  );
});

Deno.test("SeenLengths takes every length of files whose settings give it", () => {
  const lengths = new SeenLengths(new Int32Array(0));
  assertEquals(lengths.firstLength(5, 100), 100);
  assertEquals(lengths.firstLength(5, 200), 200);
  assertEquals(lengths.lengthOf(5), -1);
});

Deno.test("threads of a region share the lengths of as many files as it is for", () => {
  const shape = {
    accelerators: 1,
    readersPerAccelerator: 2,
    generators: 0,
    maxSteps: 3,
    endpoints: 1,
    unsizedFiles: 3,
  };
  const here = new Region(shape);
  const there = new Region(shape, here.buffer);
  assertEquals(here.fileLengths.length, 3 * WORDS_PER_LENGTH);
  new SeenLengths(here.fileLengths).firstLength(2, 2 ** 33 + 5);
  const seen = new SeenLengths(there.fileLengths).firstLength(2, 1);
  assertEquals(seen, 2 ** 33 + 5);
  const { fileLengths, buffer } = here;
  assertEquals(
    fileLengths.byteOffset + fileLengths.byteLength,
    buffer.byteLength,
  );
});
