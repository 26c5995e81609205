import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  batchesOfReader,
  batchOf,
  equalTurns,
  ordinalOf,
  readerOf,
  type ReaderTurns,
} from "../../lib/sampling/batch_turns.ts";

const anyTurns = fc.integer({ min: 1, max: 16 }).chain((readers) =>
  fc.record({
    readers: fc.constant(readers),
    rounds: fc.oneof(fc.nat(20), fc.constant(Infinity)),
    longReaders: fc.integer({ min: 1, max: readers }),
  })
);

Deno.test("every batch has one reader, which finds it under its ordinal", () => {
  fc.assert(
    fc.property(anyTurns, fc.nat(200), (turns: ReaderTurns, batches) => {
      const counts = new Array<number>(turns.readers).fill(0);
      for (let batch = 0; batch < batches; batch++) {
        const reader = readerOf(turns, batch);
        assertEquals(ordinalOf(turns, batch), counts[reader]);
        assertEquals(batchOf(turns, reader, counts[reader]!), batch);
        counts[reader] = counts[reader]! + 1;
      }
      counts.forEach((count, reader) =>
        assertEquals(batchesOfReader(turns, batches, reader), count)
      );
    }),
    { seed: 1 },
  );
});

Deno.test("readers that have none left are passed over", () => {
  const turns = { readers: 3, rounds: 2, longReaders: 2 };
  const readers = Array.from(
    { length: 10 },
    (_, batch) => readerOf(turns, batch),
  );
  assertEquals(readers, [0, 1, 2, 0, 1, 2, 0, 1, 0, 1]);
});

Deno.test("equalTurns() goes round and round", () => {
  const readers = Array.from(
    { length: 7 },
    (_, batch) => readerOf(equalTurns(3), batch),
  );
  assertEquals(readers, [0, 1, 2, 0, 1, 2, 0]);
});
