import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  EpochOrder,
  type EpochOrderSettings,
} from "../../lib/sampling/epoch_order.ts";
import { planShards } from "../../lib/sampling/shard.ts";
import {
  equalCount,
  sampleSum,
  sampleTable,
} from "../../lib/sampling/sample_table.ts";

const epochs = fc.record({
  // More than 64 files have more than one mark; files may be empty.
  counts: fc.array(fc.integer({ min: 0, max: 9 }), {
    minLength: 1,
    maxLength: 200,
  }).filter((counts) => counts.some((count) => count > 0)),
  fileSeed: fc.option(fc.nat()),
  sampleSeed: fc.option(fc.nat()),
  epoch: fc.integer({ min: 1, max: 4 }),
});

type Epoch = typeof epochs extends fc.Arbitrary<infer T> ? T : never;

function settingsOf({ counts, fileSeed, sampleSeed }: Epoch) {
  return {
    fileCount: counts.length,
    samplesPerFile: 0,
    table: sampleTable(Uint32Array.from(counts)),
    fileSeed,
    sampleSeed,
    changesWithEpoch: true,
  } satisfies EpochOrderSettings;
}

/** The main thread's order marks the table, the reader's looks up in it. */
function readerOrder(settings: EpochOrderSettings, epoch: number): EpochOrder {
  const main = new EpochOrder(settings);
  main.begin(epoch);
  main.markTable();
  const reader = new EpochOrder(settings);
  reader.begin(epoch);
  return reader;
}

function sampleOf(order: EpochOrder, position: number): string {
  const file = order.fileAt(position);
  return `${file},${order.sampleAt(position, file)}`;
}

Deno.test("an epoch over uneven files visits every sample of every file exactly once", () => {
  fc.assert(
    fc.property(epochs, (epoch) => {
      const order = readerOrder(settingsOf(epoch), epoch.epoch);
      assertEquals(
        order.sampleCount,
        sampleSum(Uint32Array.from(epoch.counts)),
      );
      const visits = Array.from(
        { length: order.sampleCount },
        (_, position) => sampleOf(order, position),
      );
      const all = epoch.counts.flatMap((count, file) =>
        Array.from({ length: count }, (_, sample) => `${file},${sample}`)
      );
      assertEquals(visits.toSorted(), all.toSorted());
    }),
    { seed: 3, numRuns: 300 },
  );
});

Deno.test("positions of uneven files may be looked up in any order", () => {
  fc.assert(
    fc.property(
      epochs,
      fc.array(fc.nat(), { maxLength: 30 }),
      (epoch, jumps) => {
        const settings = settingsOf(epoch);
        const order = readerOrder(settings, epoch.epoch);
        const straight = readerOrder(settings, epoch.epoch);
        const inOrder = Array.from(
          { length: order.sampleCount },
          (_, position) => sampleOf(straight, position),
        );
        for (const jump of jumps) {
          const position = jump % order.sampleCount;
          assertEquals(sampleOf(order, position), inOrder[position]);
        }
      },
    ),
    { seed: 4, numRuns: 200 },
  );
});

Deno.test("a table of equal numbers orders an epoch as no table does", () => {
  const even = {
    fileCount: 130,
    samplesPerFile: 7,
    fileSeed: 5,
    sampleSeed: 6,
    changesWithEpoch: true,
  };
  const counts = new Uint32Array(even.fileCount).fill(even.samplesPerFile);
  const table = readerOrder({ ...even, table: sampleTable(counts) }, 3);
  const plain = readerOrder(even, 3);
  for (let position = 0; position < plain.sampleCount; position++) {
    assertEquals(sampleOf(table, position), sampleOf(plain, position));
    assertEquals(table.offsetAt(position), plain.offsetAt(position));
    assertEquals(table.samplesAt(position), plain.samplesAt(position));
  }
});

Deno.test("accelerators take uneven numbers of files and the same number of steps", () => {
  const counts = Uint32Array.of(100, 1, 1, 1, 1, 96);
  const shard = planShards(sampleSum(counts), 4, 10);
  const order = readerOrder({
    fileCount: counts.length,
    samplesPerFile: 0,
    table: sampleTable(counts),
    fileSeed: null,
    sampleSeed: null,
    changesWithEpoch: false,
  }, 1);
  const filesOf = (rank: number) => {
    const first = rank * shard.samplesPerAccelerator;
    return new Set(
      Array.from(
        { length: shard.samplesPerAccelerator },
        (_, i) => order.fileAt(first + i),
      ),
    ).size;
  };
  assertEquals(shard.stepCount, 5);
  assertEquals([0, 1, 2, 3].map(filesOf), [1, 1, 5, 1]);
});

Deno.test("a table takes at most 8 bytes per file", () => {
  const counts = Uint32Array.from({ length: 10_000 }, (_, file) => file % 7);
  const table = sampleTable(counts);
  const bytes = table.counts.byteLength + table.marks.byteLength;
  assert(bytes / counts.length <= 8, `${bytes / counts.length}`);
});

Deno.test("equalCount() is the number that all files hold", () => {
  assertEquals(equalCount(Uint32Array.of(4, 4, 4)), 4);
  assertEquals(equalCount(Uint32Array.of(4, 4, 5)), null);
  assertEquals(equalCount(Uint32Array.of()), null);
});
