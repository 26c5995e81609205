import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { SplitPlan } from "../../../lib/engine/plan/run_plan.ts";
import { allRanks } from "../../../lib/cluster/ranks.ts";
import {
  type BatchPart,
  BatchParts,
} from "../../../lib/engine/training/batch_parts.ts";
import type { Reading } from "../../../lib/formats/format.ts";
import { EpochOrder } from "../../../lib/sampling/epoch_order.ts";
import { sampleSum, sampleTable } from "../../../lib/sampling/sample_table.ts";
import { planShards } from "../../../lib/sampling/shard.ts";
import { planRun } from "../../../lib/engine/plan/make_run_plan.ts";
import { describeWorkload, workloadOf } from "../workload_of.ts";

/** A split of any shape. */
function splitOf(shape: {
  readonly fileCount: number;
  readonly samplesPerFile: number;
  readonly accelerators: number;
  readonly batchSize: number;
  readonly seed: number | null;
}): SplitPlan {
  const workload = workloadOf();
  const options = {
    ranks: allRanks(1),
    randomSeed: 1,
    reading: "samples",
  } as const;
  const { train } =
    planRun(workload, describeWorkload(workload), options).plan.training;
  assert(train !== null);
  const { fileCount, samplesPerFile, accelerators, batchSize, seed } = shape;
  const shard = planShards(
    fileCount * samplesPerFile,
    accelerators,
    batchSize,
  );
  return {
    ...train,
    fileCount,
    samplesPerFile,
    batchSize,
    shard,
    stepCount: shard.stepCount,
    fileSeed: seed,
    sampleSeed: seed,
  };
}

const shapes = fc.record({
  fileCount: fc.integer({ min: 1, max: 12 }),
  samplesPerFile: fc.integer({ min: 1, max: 9 }),
  accelerators: fc.integer({ min: 1, max: 4 }),
  batchSize: fc.integer({ min: 1, max: 11 }),
  seed: fc.option(fc.nat(1000)),
});

/** The parts of batches as plain objects, batch by batch. */
function partsOf(
  split: SplitPlan,
  reading: Reading,
  { rank, epoch }: { readonly rank: number; readonly epoch: number },
): BatchPart[][] {
  const parts = new BatchParts(split, reading, rank);
  parts.begin(epoch);
  return Array.from({ length: split.stepCount }, (_, batch) => {
    const found: BatchPart[] = [];
    parts.start(batch * split.batchSize, split.batchSize);
    while (parts.next()) {
      const { file, first, count, continues } = parts;
      found.push({ file, first, count, continues });
    }
    return found;
  });
}

/** Files and samples at the positions of a batch, straight from the order. */
function samplesOf(
  split: SplitPlan,
  sampleSeed: number | null,
  where: {
    readonly rank: number;
    readonly epoch: number;
    readonly batch: number;
  },
): [file: number, sample: number, position: number][] {
  const order = new EpochOrder({
    ...split,
    sampleSeed,
    changesWithEpoch: true,
  });
  order.begin(where.epoch);
  const begin = where.rank * split.shard.samplesPerAccelerator +
    where.batch * split.batchSize;
  return Array.from({ length: split.batchSize }, (_, index) => {
    const file = order.fileAt(begin + index);
    return [file, order.sampleAt(begin + index, file), begin + index];
  });
}

for (const reading of ["stream", "samples"] as const) {
  Deno.test(`parts of reading "${reading}" are the samples of the batch, each once, in its order`, () => {
    fc.assert(
      fc.property(shapes, fc.nat(3), (shape, turn) => {
        const split = { ...splitOf(shape), orderChangesWithEpoch: true };
        const where = { rank: turn % shape.accelerators, epoch: 1 + turn };
        const batches = partsOf(split, reading, where);
        for (const [batch, parts] of batches.entries()) {
          const seed = reading === "samples" ? split.sampleSeed : null;
          assertEquals(
            parts.flatMap(({ file, first, count }) =>
              Array.from({ length: count }, (_, i) => [file, first + i])
            ),
            samplesOf(split, seed, { ...where, batch })
              .map(([file, sample]) => [file, sample]),
          );
        }
      }),
      { seed: 1, numRuns: 200 },
    );
  });
}

Deno.test(`parts of reading "stream" have neighbors of one file together, and continue where the last batch ended`, () => {
  const split = splitOf({
    fileCount: 3,
    samplesPerFile: 5,
    accelerators: 1,
    batchSize: 7,
    seed: null,
  });
  assertEquals(partsOf(split, "stream", { rank: 0, epoch: 1 }), [
    [
      { file: 0, first: 0, count: 5, continues: false },
      { file: 1, first: 0, count: 2, continues: false },
    ],
    [
      { file: 1, first: 2, count: 3, continues: true },
      { file: 2, first: 0, count: 4, continues: false },
    ],
  ]);
});

Deno.test("a stream does not continue over batches that another reader reads, nor over epochs", () => {
  const split = splitOf({
    fileCount: 1,
    samplesPerFile: 12,
    accelerators: 1,
    batchSize: 2,
    seed: null,
  });
  const parts = new BatchParts(split, "stream", 0);
  const continuesAt = (first: number) => {
    parts.start(first, 2);
    assert(parts.next());
    return parts.continues;
  };
  parts.begin(1);
  assertEquals([0, 2, 6, 8].map(continuesAt), [false, true, false, true]);
  parts.begin(2);
  assertEquals(continuesAt(10), false);
});

Deno.test(`parts of reading "whole_file" have each file of an accelerator once, with its first sample there`, () => {
  fc.assert(
    fc.property(shapes, (shape) => {
      const split = splitOf(shape);
      for (let rank = 0; rank < shape.accelerators; rank++) {
        const where = { rank, epoch: 1 };
        const seen = new Set<number>();
        const batches = partsOf(split, "whole_file", where);
        for (const [batch, parts] of batches.entries()) {
          // New files of the batch, in the order of its samples.
          const fresh: number[] = [];
          for (const [file] of samplesOf(split, null, { ...where, batch })) {
            if (seen.has(file)) continue;
            seen.add(file);
            fresh.push(file);
          }
          assertEquals(parts.map(({ file }) => file), fresh);
        }
      }
    }),
    { seed: 2, numRuns: 200 },
  );
});

Deno.test(`parts of reading "nothing" are none`, () => {
  const split = splitOf({
    fileCount: 4,
    samplesPerFile: 2,
    accelerators: 1,
    batchSize: 2,
    seed: null,
  });
  const batches = partsOf(split, "nothing", { rank: 0, epoch: 1 });
  assertEquals(batches, [[], [], [], []]);
});

Deno.test("an epoch that begins inside of a batch leaves the rest of it out", () => {
  const split = splitOf({
    fileCount: 4,
    samplesPerFile: 1,
    accelerators: 1,
    batchSize: 4,
    seed: null,
  });
  const parts = new BatchParts(split, "whole_file", 0);
  parts.begin(1);
  parts.start(0, 4);
  assert(parts.next());
  parts.begin(2);
  assertEquals(parts.next(), false);
});

Deno.test("samples of mixed files come from the file that is furthest behind", () => {
  const split = {
    ...splitOf({
      fileCount: 2,
      samplesPerFile: 6,
      accelerators: 2,
      batchSize: 2,
      seed: null,
    }),
    blend: [2, 1],
  };
  const read = [0, 1].map((rank) =>
    partsOf(split, "samples", { rank, epoch: 1 }).flat()
      .map(({ file, first }) => `${file}:${first}`).join(" ")
  );
  assertEquals(read, [
    "0:0 1:0 0:1 0:2 1:1 0:3",
    "0:4 1:2 0:5 0:0 1:3 0:1",
  ]);
});

for (const reading of ["stream", "samples"] as const) {
  Deno.test(`parts of reading "${reading}" have every sample of uneven files exactly once per epoch, over all ranks`, () => {
    const counts = fc.array(fc.integer({ min: 0, max: 12 }), {
      minLength: 1,
      maxLength: 90,
    });
    fc.assert(
      fc.property(counts, fc.option(fc.nat(1000)), (counts, seed) => {
        const accelerators = 2;
        const table = sampleTable(Uint32Array.from(counts));
        const sum = sampleSum(table.counts);
        // Each rank takes its half in one batch: one is left out if it is odd.
        fc.pre(sum >= accelerators);
        const batchSize = Math.floor(sum / accelerators);
        const shard = planShards(sum, accelerators, batchSize);
        const split: SplitPlan = {
          ...splitOf({
            fileCount: counts.length,
            samplesPerFile: 1,
            accelerators: 1,
            batchSize: 1,
            seed,
          }),
          table,
          batchSize,
          shard,
          stepCount: shard.stepCount,
        };
        const order = new EpochOrder({
          ...split,
          changesWithEpoch: split.orderChangesWithEpoch,
        });
        order.begin(2);
        order.markTable();
        const visits = [0, 1].flatMap((rank) =>
          partsOf(split, reading, { rank, epoch: 2 }).flat()
        ).flatMap(({ file, first, count }) =>
          Array.from({ length: count }, (_, i) => `${file},${first + i}`)
        );
        assertEquals(new Set(visits).size, visits.length);
        assertEquals(visits.length, sum - sum % accelerators);
        for (const visit of visits) {
          const [file = -1, sample = -1] = visit.split(",").map(Number);
          assert(sample >= 0 && sample < (counts[file] ?? 0), visit);
        }
      }),
      { seed: 2, numRuns: 200 },
    );
  });
}

/** A split of files that hold different numbers of samples. */
function unevenSplit(
  counts: readonly number[],
  { accelerators, ...rest }:
    & { readonly accelerators: number }
    & Partial<SplitPlan>,
): SplitPlan {
  const table = sampleTable(Uint32Array.from(counts));
  const shard = planShards(sampleSum(table.counts), accelerators, 1);
  const split: SplitPlan = {
    ...splitOf({
      fileCount: counts.length,
      samplesPerFile: 1,
      accelerators: 1,
      batchSize: 1,
      seed: 7,
    }),
    table,
    shard,
    stepCount: shard.stepCount,
    ...rest,
  };
  const { orderChangesWithEpoch } = split;
  const order = new EpochOrder({
    ...split,
    changesWithEpoch: orderChangesWithEpoch,
  });
  order.begin(1);
  order.markTable();
  return split;
}

/** How often each sample of each file is visited by some ranks in epoch 1. */
function visitsOf(
  split: SplitPlan,
  counts: readonly number[],
  { reading, ranks }: {
    readonly reading: Reading;
    readonly ranks: readonly number[];
  },
): number[][] {
  const visits = counts.map((count) => new Array<number>(count).fill(0));
  for (const rank of ranks) {
    const parts = partsOf(split, reading, { rank, epoch: 1 }).flat();
    for (const { file, first, count } of parts) {
      for (let i = first; i < first + count; i++) visits[file]![i]!++;
    }
  }
  return visits;
}

const UNEVEN = [3, 0, 7, 1, 4];

for (const reading of ["stream", "samples"] as const) {
  Deno.test(`broadcast gives every accelerator every sample of uneven files once, reading "${reading}"`, () => {
    const split = unevenSplit(UNEVEN, { accelerators: 1, isBroadcast: true });
    for (const rank of [0, 1, 2]) {
      assertEquals(
        visitsOf(split, UNEVEN, { reading, ranks: [rank] }),
        UNEVEN.map((count) => new Array<number>(count).fill(1)),
      );
    }
  });
}

Deno.test("a blend without weights visits every sample of uneven files once, over all ranks", () => {
  const split = unevenSplit(UNEVEN, { accelerators: 3, blend: [] });
  assertEquals(
    visitsOf(split, UNEVEN, { reading: "samples", ranks: [0, 1, 2] }),
    UNEVEN.map((count) => new Array<number>(count).fill(1)),
  );
});

Deno.test("a blend with weights visits uneven files as often as their weights say, and their samples equally often", () => {
  const counts = [3, 9, 1, 11];
  const weights = [1, 2, 2, 3];
  const split = unevenSplit(counts, { accelerators: 2, blend: weights });
  const visits = visitsOf(split, counts, { reading: "samples", ranks: [0, 1] });
  const total = 24;
  for (const [file, ofSamples] of visits.entries()) {
    const given = ofSamples.reduce((sum, count) => sum + count, 0);
    const share = total * weights[file]! / 8;
    assert(Math.abs(given - share) <= 1, `file ${file}: ${given}, ${share}`);
    // A pass over the file ends before the next one begins.
    const most = Math.max(...ofSamples);
    assert(most - Math.min(...ofSamples) <= 1, `file ${file}: ${ofSamples}`);
  }
});

Deno.test(`parts of reading "whole_file" read each of uneven files once, and no empty one`, () => {
  const table = sampleTable(Uint32Array.of(5, 0, 1, 7, 0, 3));
  const sum = sampleSum(table.counts);
  const split: SplitPlan = {
    ...splitOf({
      fileCount: 6,
      samplesPerFile: 1,
      accelerators: 1,
      batchSize: 1,
      seed: 4,
    }),
    table,
    batchSize: 4,
    shard: planShards(sum, 1, 4),
    stepCount: sum / 4,
  };
  new EpochOrder({ ...split, changesWithEpoch: false }).markTable();
  const files = partsOf(split, "whole_file", { rank: 0, epoch: 1 })
    .flat().map(({ file }) => file);
  assertEquals(files.toSorted(), [0, 2, 3, 5]);
});
