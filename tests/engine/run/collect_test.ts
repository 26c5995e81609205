import { assertAlmostEquals, assertEquals } from "@std/assert";
import { collectRank } from "../../../lib/engine/run/collect.ts";
import {
  checkpointRow,
  FIELD,
  Region,
} from "../../../lib/engine/threads/region.ts";

const SHAPE = {
  accelerators: 0,
  readersPerAccelerator: 0,
  generators: 0,
  maxSteps: 0,
  checkpointRanks: 2,
  checkpointReaders: 3,
};

/** Rank 1, whose three threads began and were done after so long. */
function doneSeconds(times: readonly (readonly [number, number])[]): number {
  const region = new Region(SHAPE);
  const rows = times.map(([beganMs, doneMs], reader) => {
    const row = checkpointRow(SHAPE, 1, reader);
    const fields = region.fields(row);
    fields[FIELD.beganMs] = 1_760_000_000_000 + beganMs;
    fields[FIELD.doneMs] = doneMs;
    return row;
  });
  return collectRank(region, {
    rank: 1,
    localRank: 1,
    rows: rows as [number, ...number[]],
    host: "host",
  }).doneSeconds;
}

Deno.test("collectRank() measures from the first thread's begin to the last one's end", () => {
  assertAlmostEquals(doneSeconds([[5, 10], [0, 8], [7, 9]]), 0.016, 1e-6);
});

Deno.test("collectRank() leaves out threads that had nothing to do", () => {
  assertAlmostEquals(doneSeconds([[5, 10], [0, 0], [1, 0]]), 0.01, 1e-6);
  assertEquals(doneSeconds([[5, 0], [0, 0], [1, 0]]), 0);
});

Deno.test("collectRank() takes a single thread's own time", () => {
  assertEquals(doneSeconds([[5, 10]]), 0.01);
});
