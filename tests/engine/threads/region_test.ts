import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  acceleratorRow,
  checkpointRow,
  CONTROL,
  FIELD,
  generatorRow,
  readerRow,
  Region,
  type RegionShape,
  STATE_NAMES,
  STATE_READ,
  STEP_TIMES,
  workerCount,
} from "../../../lib/engine/threads/region.ts";
import {
  acceleratorThreadCount,
  readerThreadCount,
} from "../../../lib/engine/threads/thread_share.ts";
import { OPERATIONS } from "../../../lib/metrics/operations.ts";

const CACHE_LINE_BYTES = 64;

const shapes = fc.record({
  accelerators: fc.integer({ min: 0, max: 6 }),
  readersPerAccelerator: fc.integer({ min: 0, max: 5 }),
  acceleratorsPerThread: fc.integer({ min: 1, max: 4 }),
  readersPerThread: fc.integer({ min: 1, max: 4 }),
  transferThreads: fc.integer({ min: 1, max: 3 }),
  generators: fc.integer({ min: 0, max: 5 }),
  maxSteps: fc.integer({ min: 0, max: 50 }),
  checkpointRanks: fc.integer({ min: 0, max: 3 }),
  checkpointReaders: fc.integer({ min: 1, max: 3 }),
  unsizedFiles: fc.integer({ min: 0, max: 40 }),
});

/** Every row once, in order. */
function rowsOf(shape: RegionShape): number[] {
  const rows: number[] = [];
  const { accelerators, readersPerAccelerator, generators } = shape;
  for (let rank = 0; rank < accelerators; rank++) {
    rows.push(acceleratorRow(shape, rank));
  }
  for (let rank = 0; rank < accelerators; rank++) {
    for (let reader = 0; reader < readersPerAccelerator; reader++) {
      rows.push(readerRow(shape, rank, reader));
    }
  }
  for (const { rank, reader, share } of transfersOf(shape)) {
    rows.push(readerRow(shape, rank, reader, share));
  }
  for (let generator = 0; generator < generators; generator++) {
    rows.push(generatorRow(shape, generator));
  }
  for (let reader = 0; reader < (shape.checkpointReaders ?? 1); reader++) {
    for (let rank = 0; rank < (shape.checkpointRanks ?? 0); rank++) {
      rows.push(checkpointRow(shape, rank, reader));
    }
  }
  return rows;
}

/** Threads that fetch for readers beside their own. */
function transfersOf(shape: RegionShape) {
  const { accelerators, readersPerAccelerator, transferThreads = 1 } = shape;
  const transfers: { rank: number; reader: number; share: number }[] = [];
  for (let rank = 0; rank < accelerators; rank++) {
    for (let reader = 0; reader < readersPerAccelerator; reader++) {
      for (let share = 1; share < transferThreads; share++) {
        transfers.push({ rank, reader, share });
      }
    }
  }
  return transfers;
}

/** Every word that a thread may wait on. */
function wordsOf(region: Region): number[] {
  const words = (Object.keys(CONTROL) as (keyof typeof CONTROL)[])
    .map((name) => region.control(name));
  const { accelerators, readersPerAccelerator, checkpointRanks = 0 } =
    region.shape;
  for (let rank = 0; rank < accelerators; rank++) {
    for (let reader = 0; reader < readersPerAccelerator; reader++) {
      words.push(region.producedWord(rank, reader));
      words.push(region.consumedWord(rank, reader));
    }
  }
  for (let rank = 0; rank < checkpointRanks; rank++) {
    words.push(region.savedWord(rank));
  }
  for (let i = 0; i < acceleratorThreadCount(region.shape); i++) {
    words.push(region.acceleratorBell(i));
  }
  for (let i = 0; i < readerThreadCount(region.shape); i++) {
    words.push(region.readerBell(i));
  }
  for (const { rank, reader, share } of transfersOf(region.shape)) {
    words.push(region.fetchedWord(rank, reader, share));
  }
  return words;
}

/** Every view of float64 that has one writer. */
function viewsOf(region: Region): Float64Array[] {
  const { shape } = region;
  const views = rowsOf(shape).flatMap((row) => [
    region.fields(row),
    ...OPERATIONS.map((_name, operation) => region.histogram(row, operation)),
  ]);
  for (let rank = 0; rank < shape.accelerators; rank++) {
    for (const time of STEP_TIMES.keys()) {
      views.push(region.stepTimes(rank, time));
    }
  }
  return views;
}

Deno.test("every worker has a row of its own, numbered without gaps", () => {
  fc.assert(
    fc.property(shapes, (shape) => {
      const rows = rowsOf(shape);
      assertEquals(rows, rows.map((_, i) => i));
      assertEquals(rows.length, workerCount(shape));
    }),
    { seed: 10 },
  );
});

Deno.test("words lie in cache lines of their own, inside the words", () => {
  fc.assert(
    fc.property(shapes, (shape) => {
      const region = new Region(shape);
      const words = wordsOf(region);
      const lines = words.map((word) =>
        Math.floor(word * 4 / CACHE_LINE_BYTES)
      );
      assertEquals(new Set(lines).size, words.length);
      assert(words.every((word) => word < region.words.length));
    }),
    { seed: 11 },
  );
});

Deno.test("no two views overlap, and together they fill the region", () => {
  fc.assert(
    fc.property(shapes, (shape) => {
      const region = new Region(shape);
      const views = [...viewsOf(region), region.pace, region.fileLengths]
        .filter((view) => view.length > 0)
        .toSorted((a, b) => a.byteOffset - b.byteOffset);
      let endOffset = region.words.byteLength;
      for (const view of views) {
        // Counters begin on a cache line of their own.
        const gapBytes = view.byteOffset - endOffset;
        assert(gapBytes >= 0 && gapBytes < CACHE_LINE_BYTES);
        endOffset = view.byteOffset + view.byteLength;
      }
      assertEquals(endOffset, region.buffer.byteLength);
    }),
    { seed: 12, numRuns: 50 },
  );
});

Deno.test("counters of two workers share no cache line, and no page of latencies", () => {
  const shape = {
    accelerators: 0,
    readersPerAccelerator: 0,
    generators: 0,
    maxSteps: 0,
    checkpointRanks: 1024,
  };
  const region = new Region(shape);
  const rows = Array.from(
    { length: workerCount(shape) },
    (_, row) => region.fields(row),
  );
  const lines = rows.map(({ byteOffset }) => byteOffset / CACHE_LINE_BYTES);
  assert(lines.every(Number.isInteger));
  assertEquals(new Set(lines).size, 1024);
  const lastByte = Math.max(...rows.map((row) => row.byteOffset)) +
    (rows[0]?.byteLength ?? 0);
  assert(lastByte <= region.histogram(0, 0).byteOffset);
});

Deno.test("two regions over one buffer see each other's numbers", () => {
  const shape = {
    accelerators: 2,
    readersPerAccelerator: 3,
    generators: 1,
    maxSteps: 10,
  };
  const here = new Region(shape);
  const there = new Region(shape, here.buffer);
  here.fields(readerRow(shape, 1, 2))[FIELD.bytes] = 2 ** 52;
  here.stepTimes(1, 2)[9] = 0.5;
  here.histogram(3, 1)[7] = 3;
  Atomics.store(here.words, here.producedWord(1, 2), 77);
  assertEquals(there.fields(readerRow(shape, 1, 2))[FIELD.bytes], 2 ** 52);
  assertEquals(there.stepTimes(1, 2)[9], 0.5);
  assertEquals(there.histogram(3, 1)[7], 3);
  assertEquals(Atomics.load(there.words, there.producedWord(1, 2)), 77);
});

Deno.test("clearRow() empties one row and leaves its neighbors", () => {
  const shape = {
    accelerators: 3,
    readersPerAccelerator: 0,
    generators: 0,
    maxSteps: 2,
  };
  const region = new Region(shape);
  for (const view of viewsOf(region)) view.fill(1);
  region.clearRow(1);
  const sumOf = (row: number) =>
    [region.fields(row), ...OPERATIONS.map((_, i) => region.histogram(row, i))]
      .flatMap((view) => [...view]).reduce((sum, value) => sum + value, 0);
  assertEquals(sumOf(1), 0);
  assert(sumOf(0) > 0);
  assertEquals(sumOf(2), sumOf(0));
  assertEquals([...region.stepTimes(1, 0)], [1, 1]);
});

Deno.test("fields have their own slots, states their names", () => {
  const indices = Object.values(FIELD).toSorted((a, b) => a - b);
  assertEquals(indices, indices.map((_, i) => i));
  const controls = Object.values(CONTROL).toSorted((a, b) => a - b);
  assertEquals(controls, controls.map((_, i) => i));
  assertEquals(STATE_NAMES[STATE_READ], "read");
});

Deno.test("a region's size follows workers and steps, not the dataset", () => {
  // 64 accelerators with 8 readers each.
  const { buffer } = new Region({
    accelerators: 64,
    readersPerAccelerator: 8,
    generators: 0,
    maxSteps: 1000,
  });
  assert(buffer.byteLength < 45e6, `${buffer.byteLength}`);
});
