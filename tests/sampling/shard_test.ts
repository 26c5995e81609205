import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  describeDropped,
  droppedSamples,
  planShards,
} from "../../lib/sampling/shard.ts";

Deno.test("planShards() accounts for every sample", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 2 ** 52 }),
      fc.integer({ min: 1, max: 10_000 }),
      fc.integer({ min: 1, max: 100_000 }),
      (sampleCount, accelerators, batchSize) => {
        const plan = planShards(sampleCount, accelerators, batchSize);
        const used = plan.stepCount * batchSize * accelerators;
        assertEquals(used + droppedSamples(plan), sampleCount);
        assertEquals(
          plan.samplesPerAccelerator * accelerators + plan.unownedSamples,
          sampleCount,
        );
        // No more is left out than must be.
        assert(plan.unownedSamples >= 0);
        assert(plan.unownedSamples < accelerators);
        assert(plan.partialBatchSamples >= 0);
        assert(plan.partialBatchSamples < batchSize);
      },
    ),
    { seed: 4, numRuns: 1000 },
  );
});

Deno.test("planShards() gives an epoch too small for a batch no step", () => {
  assertEquals(planShards(7, 2, 4).stepCount, 0);
  assertEquals(planShards(8, 2, 4).stepCount, 1);
  assertEquals(planShards(0, 1, 1).stepCount, 0);
  assertEquals(planShards(3, 8, 1).samplesPerAccelerator, 0);
});

Deno.test("describeDropped() is silent when nothing is left out", () => {
  assertEquals(describeDropped(planShards(1024, 4, 16), "training"), null);
});

Deno.test("describeDropped() names samples that do not divide", () => {
  assertEquals(
    describeDropped(planShards(10, 3, 1), "training"),
    "Each training epoch leaves out 1 of 10 samples: 1 because 10 samples " +
      "do not divide by 3 accelerators",
  );
});

Deno.test("describeDropped() names samples that fill no batch", () => {
  assertEquals(
    describeDropped(planShards(168, 2, 7), "training"),
    null,
  );
  assertEquals(
    describeDropped(planShards(20, 2, 4), "evaluation"),
    "Each evaluation epoch leaves out 4 of 20 samples: 2 of each " +
      "accelerator's 10 because they do not fill a batch of 4",
  );
});

Deno.test("describeDropped() names both reasons, and their sum is right", () => {
  // 23 = 3 × 7 + 2; 7 = 2 × 3 + 1.
  assertEquals(
    describeDropped(planShards(23, 3, 3), "training"),
    "Each training epoch leaves out 5 of 23 samples: 2 because 23 samples " +
      "do not divide by 3 accelerators, and 1 of each accelerator's 7 " +
      "because they do not fill a batch of 3",
  );
});
