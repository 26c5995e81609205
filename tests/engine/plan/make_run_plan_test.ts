import { allRanks } from "../../../lib/cluster/ranks.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  type PlannedRun,
  planRun,
} from "../../../lib/engine/plan/make_run_plan.ts";
import type { SplitPlan } from "../../../lib/engine/plan/run_plan.ts";
import { ConfigError } from "../../../lib/errors.ts";
import { describeWorkload, workloadOf } from "../workload_of.ts";

function planOf(
  words: readonly string[],
  accelerators = 1,
  randomSeed = 4711,
): PlannedRun {
  const workload = workloadOf(...words);
  const described = describeWorkload(workload);
  return planRun(workload, described, {
    ranks: allRanks(accelerators),
    randomSeed,
    reading: "samples",
  });
}

function trainOf(...args: Parameters<typeof planOf>): SplitPlan {
  const { train } = planOf(...args).plan.training;
  if (train === null) throw new Error("nothing is trained");
  return train;
}

Deno.test("planRun() gives every accelerator the same number of steps", () => {
  const words = ["dataset.num_files_train=168", "reader.batch_size=7"];
  assertEquals(trainOf(words, 1).stepCount, 24);
  assertEquals(trainOf(words, 2).stepCount, 12);
  assertEquals(trainOf(words, 5).stepCount, 4);
  assertEquals(
    trainOf([...words, "dataset.num_samples_per_file=10"], 3).stepCount,
    80,
  );
});

Deno.test("planRun() plans evaluation with its own files and batch", () => {
  const { plan } = planOf([
    "dataset.num_files_train=8",
    "dataset.num_files_eval=12",
    "workflow.evaluation=true",
    "reader.batch_size_eval=3",
    "evaluation.eval_after_epoch=2",
    "evaluation.epochs_between_evals=4",
    "train.total_training_steps=2",
  ], 2);
  const { train, eval: evaluation } = plan.training;
  assertEquals([train?.stepCount, evaluation?.stepCount], [2, 2]);
  assertEquals(evaluation?.batchSize, 3);
  assertEquals(evaluation?.firstFileIndex, 8);
  assertEquals(evaluation?.naming.split, "valid");
  assertEquals(plan.training.evalAfterEpoch, 2);
  assertEquals(plan.training.epochsBetweenEvals, 4);
});

Deno.test("planRun() plans nothing that the workflow leaves out", () => {
  const { plan } = planOf(["dataset.num_files_eval=4"]);
  assertEquals(plan.training.eval, null);
  const evalOnly = planOf([
    "workflow.train=false",
    "workflow.evaluation=true",
    "dataset.num_files_eval=4",
  ]).plan.training;
  assertEquals([evalOnly.train, evalOnly.eval?.stepCount], [null, 4]);
});

Deno.test("each reader may be ceil(prefetch / readers) batches ahead", () => {
  const aheadOf = (prefetch: number, readers: number) => {
    const { loader } = planOf([
      `reader.prefetch_size=${prefetch}`,
      `reader.read_threads=${readers}`,
    ]).plan;
    assertEquals(loader.readThreads, readers);
    return loader.aheadBatches;
  };
  assertEquals(aheadOf(2, 1), 2);
  assertEquals(aheadOf(2, 4), 1);
  assertEquals(aheadOf(4, 4), 1);
  assertEquals(aheadOf(5, 4), 2);
  assertEquals(aheadOf(1, 3), 1);
  // PyTorch's own default of two per reader.
  assertEquals([aheadOf(0, 1), aheadOf(0, 3)], [2, 2]);
});

Deno.test("a loader that reads nothing says so", () => {
  const readsOf = (loader: string) =>
    planOf([`reader.data_loader=${loader}`]).plan.loader.reads;
  assertEquals(
    ["pytorch", "synthetic", "dali"].map(readsOf),
    [true, false, true],
  );
});

Deno.test("total_training_steps caps an epoch, of training alone", () => {
  const words = ["dataset.num_files_train=100", "reader.batch_size=3"];
  assertEquals(trainOf(words).stepCount, 33);
  const capped = trainOf([...words, "train.total_training_steps=5"]);
  assertEquals([capped.stepCount, capped.shard.stepCount], [5, 33]);
  assertEquals(
    trainOf([...words, "train.total_training_steps=-1"]).stepCount,
    33,
  );
});

Deno.test("a cap of no steps is an error that names it", () => {
  const error = assertThrows(
    () => planOf(["train.total_training_steps=0"]),
    ConfigError,
  );
  assertEquals(error.problems, [
    "Cannot run training as an epoch must have at least one step: " +
    "train.total_training_steps = 0",
  ]);
});

Deno.test("too small a dataset is an error with keys and numbers", () => {
  const error = assertThrows(
    () =>
      planOf([
        "dataset.num_files_train=8",
        "dataset.num_samples_per_file=2",
        "dataset.num_files_eval=3",
        "workflow.evaluation=true",
        "reader.batch_size=5",
        "reader.batch_size_eval=2",
      ], 4),
    ConfigError,
  );
  assertEquals(error.problems, [
    "Cannot run training as every accelerator must get at least one batch: " +
    "dataset.num_files_train = 8 with 2 samples each are 16 samples, 4 " +
    "accelerators with reader.batch_size = 5 need 20",
    "Cannot run evaluation as every accelerator must get at least one " +
    "batch: dataset.num_files_eval = 3 with 2 samples each are 6 samples, " +
    "4 accelerators with reader.batch_size_eval = 2 need 8",
  ]);
});

Deno.test("samples that are left out are a warning, once per phase", () => {
  const words = [
    "dataset.num_files_train=23",
    "dataset.num_files_eval=10",
    "workflow.evaluation=true",
    "reader.batch_size=3",
  ];
  assertEquals(remainderWarnings(words), [
    "Each training epoch leaves out 5 of 23 samples: 2 because 23 samples " +
    "do not divide by 3 accelerators, and 1 of each accelerator's 7 " +
    "because they do not fill a batch of 3",
    "Each evaluation epoch leaves out 1 of 10 samples: 1 because 10 " +
    "samples do not divide by 3 accelerators",
  ]);
  assertEquals(remainderWarnings(["dataset.num_files_train=24"]), []);
});

/** What is said of samples that are left out. */
function remainderWarnings(words: readonly string[]): string[] {
  return planOf([...words], 3).warnings
    .filter((text) => text.includes("leaves out"));
}

Deno.test("too few steps for what readers hold are a warning beforehand", () => {
  const about = (...words: string[]) =>
    planOf(["reader.batch_size=2", "reader.prefetch_size=4", ...words], 3)
      .warnings.filter((text) => text.includes("not be settled"));
  // 2 readers, each 2 batches ahead: 4 x 4 steps, and 1 that is left out.
  const threads = "reader.read_threads=2";
  assertEquals(about(threads, "dataset.num_files_train=102"), []);
  assertEquals(about(threads, "dataset.num_files_train=96"), [
    "AU of training will not be settled: an epoch has 16 steps, and readers " +
    "may hold 4 batches ahead. From 17 steps on " +
    "(dataset.num_files_train=102) it can be",
  ]);
  // Whoever reads nothing ahead is settled at once.
  assertEquals(
    about("reader.read_threads=0", "dataset.num_files_train=24"),
    [],
  );
});

Deno.test("below a cap nothing is said of remainders that are not reached", () => {
  const words = ["dataset.num_files_train=23", "reader.batch_size=3"];
  assertEquals(remainderWarnings(words).length, 1);
  assertEquals(
    remainderWarnings([...words, "train.total_training_steps=1"]),
    [],
  );
});

Deno.test("shuffles take their seeds from where they say", () => {
  const seedsOf = (files: string, samples: string) => {
    const split = trainOf([
      `reader.file_shuffle=${files}`,
      `reader.sample_shuffle=${samples}`,
      "train.seed=9",
    ]);
    return [split.fileSeed, split.sampleSeed];
  };
  assertEquals(seedsOf("off", "off"), [null, null]);
  assertEquals(seedsOf("seed", "off"), [9, null]);
  assertEquals(seedsOf("random", "seed"), [4711, 9]);
  assertEquals(
    trainOf(["train.seed_change_epoch=false"]).orderChangesWithEpoch,
    false,
  );
});

Deno.test("reads are whole pages, transfer_size rounded up", () => {
  const readBytesOf = (...words: string[]) => planOf(words).plan.readBytes;
  assertEquals(readBytesOf(), 524288);
  assertEquals(readBytesOf("reader.transfer_size=1"), 4096);
  assertEquals(readBytesOf("reader.transfer_size=1048577"), 1_052_672);
});

Deno.test("a plan is plain data that a worker can be sent", () => {
  const { plan } = planOf(["train.computation_time=0.3"]);
  assertEquals(structuredClone(plan), plan);
});

Deno.test("a plan is as small for 1.7 billion samples as for a thousand", () => {
  const sizeOf = (...words: string[]) =>
    JSON.stringify(planOf(words, 8).plan).length;
  const shuffled = ["reader.file_shuffle=seed", "reader.sample_shuffle=seed"];
  const small = sizeOf("dataset.num_files_train=1000", ...shuffled);
  for (
    const words of [
      ["dataset.num_files_train=1000000"],
      ["dataset.num_files_train=1700000000"],
      ["dataset.num_files_train=1", "dataset.num_samples_per_file=1700000000"],
    ]
  ) {
    const bytes = sizeOf(...words, ...shuffled);
    assert(bytes < small + 200, `${bytes} against ${small} bytes`);
  }
});

Deno.test("planRun() refuses weights for a file that holds no sample", () => {
  const workload = workloadOf(
    "dataset.format=megatron",
    "dataset.num_files_train=3",
    "dataset.megatron.blend=[1,2,1]",
  );
  const described = describeWorkload(workload);
  const withCounts = (...counts: number[]) => ({
    ...described,
    splits: described.splits.map((split) =>
      split.naming.split === "train"
        ? { ...split, heldSamples: Uint32Array.from(counts) }
        : split
    ),
  });
  const options = {
    ranks: allRanks(1),
    randomSeed: 1,
    reading: "samples",
  } as const;
  const error = assertThrows(
    () => planRun(workload, withCounts(4, 0, 9), options),
    ConfigError,
  );
  assert(error.message.includes("file 2 of 3"), error.message);
  const { train } =
    planRun(workload, withCounts(4, 1, 9), options).plan.training;
  assertEquals(train?.shard.sampleCount, 14);
});
