import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { batchesOfReader } from "../../lib/sampling/batch_turns.ts";
import {
  dealShards,
  describeDeal,
  placeOfShard,
  shardPlanOf,
  shardsOfReader,
  turnsOfDeal,
} from "../../lib/sampling/shard_deal.ts";

const shapes = fc.record({
  shardCount: fc.integer({ min: 1, max: 60 }),
  accelerators: fc.integer({ min: 1, max: 5 }),
  readers: fc.integer({ min: 1, max: 6 }),
  samplesPerShard: fc.integer({ min: 1, max: 20 }),
  batchSize: fc.integer({ min: 1, max: 30 }),
});

Deno.test("every shard is dealt to one reader alone, the last ones to none", () => {
  fc.assert(
    fc.property(shapes, ({ shardCount, ...to }) => {
      const deal = dealShards(shardCount, to);
      const places: number[] = [];
      for (let rank = 0; rank < to.accelerators; rank++) {
        for (let reader = 0; reader < to.readers; reader++) {
          const count = shardsOfReader(deal, reader);
          for (let shard = 0; shard < count; shard++) {
            places.push(placeOfShard(deal, rank, reader, shard));
          }
        }
      }
      const dealt = to.accelerators *
        Math.floor(shardCount / to.accelerators);
      assertEquals(
        places.toSorted((a, b) => a - b),
        Array.from({ length: dealt }, (_, place) => place),
      );
    }),
    { seed: 1 },
  );
});

Deno.test("the turns give every reader the whole batches of its own shards", () => {
  fc.assert(
    fc.property(shapes, ({ shardCount, ...to }) => {
      const deal = dealShards(shardCount, to);
      const { stepCount } = shardPlanOf(deal, shardCount);
      const turns = turnsOfDeal(deal);
      for (let reader = 0; reader < to.readers; reader++) {
        const samples = shardsOfReader(deal, reader) * to.samplesPerShard;
        assertEquals(
          batchesOfReader(turns, stepCount, reader),
          Math.floor(samples / to.batchSize),
        );
      }
    }),
    { seed: 1 },
  );
});

Deno.test("what a deal leaves out adds up to the dataset", () => {
  fc.assert(
    fc.property(shapes, ({ shardCount, ...to }) => {
      const plan = shardPlanOf(dealShards(shardCount, to), shardCount);
      const perAccelerator = plan.stepCount * to.batchSize +
        plan.partialBatchSamples;
      assert(plan.partialBatchSamples >= 0);
      assertEquals(
        perAccelerator * to.accelerators + plan.unownedSamples,
        shardCount * to.samplesPerShard,
      );
    }),
    { seed: 1 },
  );
});

Deno.test("describeDeal() names left-out shards, samples and idle readers", () => {
  const deal = dealShards(5, {
    accelerators: 2,
    readers: 4,
    samplesPerShard: 10,
    batchSize: 3,
  });
  assertEquals(describeDeal(deal, 5, "training"), [
    "Each training epoch leaves out 1 of 5 shards: they do not divide by 2 " +
    "accelerators",
    "Each training epoch leaves out 2 of each accelerator's 20 samples: what " +
    "is left of a reader's shards does not fill a batch of 3",
    "In training 2 of 4 readers have nothing to read: each accelerator gets " +
    "2 shards (dataset.num_files_train, reader.read_threads)",
  ]);
});
