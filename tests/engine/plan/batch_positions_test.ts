import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  byReader,
  type FirstSampleOf,
  inOrder,
} from "../../../lib/engine/plan/batch_positions.ts";
import { EpochOrder } from "../../../lib/sampling/epoch_order.ts";
import { planShards, type ShardPlan } from "../../../lib/sampling/shard.ts";

function firstSamples(rule: FirstSampleOf, stepCount: number): number[] {
  return Array.from({ length: stepCount }, (_, batch) => rule(batch));
}

Deno.test("inOrder() gives consecutive batches", () => {
  assertEquals(firstSamples(inOrder(4), 5), [0, 4, 8, 12, 16]);
});

Deno.test("byReader() gives each reader one contiguous part", () => {
  // Seven batches, three readers: 3 + 2 + 2. Batch b is reader b mod 3's.
  const first = firstSamples(byReader(10, 7, 3), 7);
  assertEquals(first, [0, 30, 50, 10, 40, 60, 20]);
  const ofReader = (reader: number) =>
    first.filter((_, batch) => batch % 3 === reader);
  assertEquals([ofReader(0), ofReader(1), ofReader(2)], [
    [0, 10, 20],
    [30, 40],
    [50, 60],
  ]);
});

Deno.test("byReader() with one reader is in order", () => {
  assertEquals(
    firstSamples(byReader(8, 20, 1), 20),
    firstSamples(inOrder(8), 20),
  );
});

Deno.test("byReader() serves fewer batches than readers", () => {
  assertEquals(firstSamples(byReader(2, 3, 8), 3), [0, 2, 4]);
});

const epochs = fc.record({
  fileCount: fc.integer({ min: 1, max: 30 }),
  samplesPerFile: fc.integer({ min: 1, max: 30 }),
  accelerators: fc.integer({ min: 1, max: 9 }),
  batchSize: fc.integer({ min: 1, max: 12 }),
  readers: fc.integer({ min: 1, max: 6 }),
  fileSeed: fc.option(fc.nat()),
  sampleSeed: fc.option(fc.nat()),
  epoch: fc.integer({ min: 1, max: 5 }),
  isByReader: fc.boolean(),
});

type Epoch = typeof epochs extends fc.Arbitrary<infer T> ? T : never;

/** All that the accelerators visit in an epoch, as "file,sample". */
function visitsOf(epoch: Epoch): { visits: string[]; shard: ShardPlan } {
  const order = new EpochOrder({ ...epoch, changesWithEpoch: true });
  order.begin(epoch.epoch);
  const { accelerators, batchSize, readers } = epoch;
  const shard = planShards(order.sampleCount, accelerators, batchSize);
  const rule = epoch.isByReader
    ? byReader(batchSize, shard.stepCount, readers)
    : inOrder(batchSize);
  const visits: string[] = [];
  for (let rank = 0; rank < accelerators; rank++) {
    const firstPosition = rank * shard.samplesPerAccelerator;
    for (let batch = 0; batch < shard.stepCount; batch++) {
      const first = rule(batch);
      for (let i = first; i < first + batchSize; i++) {
        assert(i < shard.samplesPerAccelerator, "it leaves its share");
        const file = order.fileAt(firstPosition + i);
        visits.push(`${file},${order.sampleAt(firstPosition + i, file)}`);
      }
    }
  }
  return { visits, shard };
}

Deno.test("all ranks together visit no sample twice, and drop what is said", () => {
  fc.assert(
    fc.property(epochs, (epoch) => {
      const { visits, shard } = visitsOf(epoch);
      const distinct = new Set(visits);
      assertEquals(distinct.size, visits.length);
      const dropped = shard.unownedSamples +
        shard.partialBatchSamples * shard.accelerators;
      assertEquals(distinct.size, shard.sampleCount - dropped);
      for (const visit of distinct) {
        const [file = -1, sample = -1] = visit.split(",").map(Number);
        assert(file >= 0 && file < epoch.fileCount);
        assert(sample >= 0 && sample < epoch.samplesPerFile);
      }
    }),
    { seed: 8, numRuns: 300 },
  );
});

Deno.test("where everything divides, every sample is visited exactly once", () => {
  fc.assert(
    fc.property(epochs, fc.integer({ min: 1, max: 4 }), (epoch, steps) => {
      const whole = {
        ...epoch,
        samplesPerFile: 1,
        fileCount: epoch.accelerators * epoch.batchSize * steps,
      };
      const { visits } = visitsOf(whole);
      assertEquals(new Set(visits).size, whole.fileCount);
      assertEquals(visits.length, whole.fileCount);
    }),
    { seed: 9, numRuns: 200 },
  );
});

Deno.test("the same samples are visited by any number of ranks and readers", () => {
  const base: Epoch = {
    fileCount: 12,
    samplesPerFile: 20,
    batchSize: 2,
    accelerators: 1,
    readers: 1,
    fileSeed: 1,
    sampleSeed: 2,
    epoch: 3,
    isByReader: false,
  };
  const wanted = visitsOf(base).visits;
  assertEquals(wanted.length, 240);
  // Ranks take contiguous shares in order: the sequence itself is the same.
  for (const accelerators of [2, 3, 4, 5, 6, 8]) {
    assertEquals(visitsOf({ ...base, accelerators }).visits, wanted);
  }
  for (const readers of [2, 3, 7]) {
    const { visits } = visitsOf({ ...base, readers, isByReader: true });
    assertEquals(visits.toSorted(), wanted.toSorted());
  }
});
