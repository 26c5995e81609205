import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { allRanks } from "../../../lib/cluster/ranks.ts";
import { planRun } from "../../../lib/engine/plan/make_run_plan.ts";
import type { DealtSplit } from "../../../lib/engine/plan/run_plan.ts";
import type { BatchPart } from "../../../lib/engine/training/batch_parts.ts";
import { ShardParts } from "../../../lib/engine/training/shard_parts.ts";
import {
  batchesOfReader,
  batchOf,
  ordinalOf,
} from "../../../lib/sampling/batch_turns.ts";
import { sampleTable } from "../../../lib/sampling/sample_table.ts";
import { turnsOfDeal } from "../../../lib/sampling/shard_deal.ts";
import { describeWorkload, workloadOf } from "../workload_of.ts";

function splitOf(
  words: readonly string[],
  accelerators: number,
): DealtSplit {
  const workload = workloadOf(...words);
  const { train } = planRun(workload, describeWorkload(workload), {
    ranks: allRanks(accelerators),
    randomSeed: 1,
    reading: "shard",
  }).plan.training;
  assert(train !== null && train.deal !== null);
  return { ...train, deal: train.deal };
}

/** What each batch of a reader reads, in order. */
function readsOf(
  split: DealtSplit,
  place: { readonly rank: number; readonly reader: number },
  epoch = 1,
): BatchPart[][] {
  const turns = turnsOfDeal(split.deal);
  const parts = new ShardParts(split, place);
  parts.begin(epoch);
  const count = batchesOfReader(turns, split.stepCount, place.reader);
  return Array.from({ length: count }, (_, ordinal) => {
    const batch = batchOf(turns, place.reader, ordinal);
    parts.start(ordinalOf(turns, batch) * split.batchSize, split.batchSize);
    const found: BatchPart[] = [];
    while (parts.next()) {
      const { file, first, count, continues } = parts;
      found.push({ file, first, count, continues });
    }
    return found;
  });
}

Deno.test("each shard is read by one reader alone, from its first sample on, without gaps", () => {
  fc.assert(
    fc.property(
      fc.record({
        files: fc.integer({ min: 4, max: 20 }),
        samples: fc.integer({ min: 3, max: 12 }),
        batch: fc.integer({ min: 1, max: 3 }),
        readers: fc.integer({ min: 1, max: 4 }),
        accelerators: fc.integer({ min: 1, max: 3 }),
        buffer: fc.integer({ min: 1, max: 30 }),
      }),
      (shape) => {
        const split = splitOf([
          `dataset.num_files_train=${shape.files}`,
          `dataset.num_samples_per_file=${shape.samples}`,
          `reader.batch_size=${shape.batch}`,
          `reader.read_threads=${shape.readers}`,
          "reader.file_shuffle=seed",
          "reader.sample_shuffle=seed",
          `reader.shuffle_buffer_samples=${shape.buffer}`,
        ], shape.accelerators);
        const readerOfFile = new Map<number, string>();
        for (let rank = 0; rank < shape.accelerators; rank++) {
          for (let reader = 0; reader < shape.readers; reader++) {
            const ends = new Map<number, number>();
            let delivered = 0;
            let read = 0;
            for (const parts of readsOf(split, { rank, reader }, 2)) {
              for (const { file, first, count, continues } of parts) {
                assertEquals(first, ends.get(file) ?? 0);
                assertEquals(continues, first > 0);
                const owner = `${rank} ${reader}`;
                assertEquals(readerOfFile.get(file) ?? owner, owner);
                readerOfFile.set(file, owner);
                ends.set(file, first + count);
                read += count;
              }
              delivered += shape.batch;
              assert(read >= delivered, "a batch lacks samples");
            }
          }
        }
      },
    ),
    { seed: 1, numRuns: 100 },
  );
});

Deno.test("the shuffle buffer is filled before the first batch and then kept full", () => {
  const words = [
    "dataset.num_files_train=2",
    "dataset.num_samples_per_file=5000",
    "reader.batch_size=10",
    "reader.read_threads=1",
  ];
  const counts = (more: readonly string[]) =>
    readsOf(splitOf([...words, ...more], 1), { rank: 0, reader: 0 })
      .map((parts) => parts.reduce((sum, { count }) => sum + count, 0));
  assertEquals(counts(["reader.sample_shuffle=off"]).slice(0, 3), [10, 10, 10]);
  const shuffled = counts(["reader.sample_shuffle=seed"]);
  assertEquals(shuffled.slice(0, 3), [118, 20, 20]);
  assertEquals(shuffled[500], 10);
  assertEquals(shuffled.at(-1), 0);
  assertEquals(shuffled.reduce((sum, count) => sum + count), 10_000);
  const small = [
    "reader.sample_shuffle=seed",
    "reader.shuffle_buffer_samples=16",
  ];
  assertEquals(counts(small).slice(0, 2), [25, 10]);
});

Deno.test("of unequal shards a reader makes as many batches as the mean gives, and begins again where it has fewer", () => {
  const even = splitOf([
    "dataset.num_files_train=6",
    "dataset.num_samples_per_file=10",
    "reader.batch_size=4",
    "reader.read_threads=2",
    "reader.file_shuffle=off",
    "reader.sample_shuffle=off",
  ], 1);
  // Reader 0 gets shards 0, 2, 4, reader 1 shards 1, 3, 5.
  const table = sampleTable(Uint32Array.of(3, 20, 0, 20, 7, 10));
  const split = { ...even, table };
  const samples = (reader: number) =>
    readsOf(split, { rank: 0, reader }).map((parts) =>
      parts.map(({ file, first, count }) => [file, first, count])
    );
  assertEquals(samples(0), [
    [[0, 0, 3], [4, 0, 1]],
    [[4, 1, 4]],
    [[4, 5, 2], [0, 0, 2]],
    [[0, 2, 1], [4, 0, 3]],
    [[4, 3, 4]],
    [[0, 0, 3], [4, 0, 1]],
    [[4, 1, 4]],
  ]);
  assertEquals(samples(1).slice(0, 6).flat(), [
    [1, 0, 4],
    [1, 4, 4],
    [1, 8, 4],
    [1, 12, 4],
    [1, 16, 4],
    [3, 0, 4],
  ]);
});
