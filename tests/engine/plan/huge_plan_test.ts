import { assert, assertEquals } from "@std/assert";
import { describeRun } from "../../../lib/engine/plan/describe_run.ts";
import { stepTimesOf } from "../../../lib/engine/plan/kept_step_times.ts";
import { BatchParts } from "../../../lib/engine/training/batch_parts.ts";
import { unsizedFileCount } from "../../../lib/engine/training/sample_files.ts";
import { SEEN_LENGTHS_MAX } from "../../../lib/engine/threads/seen_lengths.ts";
import { FORMATS } from "../../../lib/formats/registry.ts";
import { smallWorkload } from "../engine_fixture.ts";

const PROCESSES = 4096;
const FILES = 50_000_000;
const SAMPLES_PER_FILE = 34;
/** Bytes of a plan as JSON, which a thread is sent; no list of anything. */
const PLAN_BYTES_MAX = 10_000;

Deno.test("50,000,000 files for 4,096 ranks are planned in constant memory, and every rank finds its first batch", async () => {
  for (const format of Object.keys(FORMATS)) {
    const workload = smallWorkload("/data", [
      "workflow.generate_data=false",
      `dataset.format=${format}`,
      `dataset.num_files_train=${FILES}`,
      `dataset.num_samples_per_file=${SAMPLES_PER_FILE}`,
      "reader.batch_size=17",
    ]);
    const firsts = new Set<string>();
    for (const rank of [0, 1, PROCESSES - 1]) {
      const { plan, format: found } = await describeRun(workload, {
        accelerators: PROCESSES,
        cluster: { rank, size: PROCESSES },
        randomSeed: 1,
      });
      const { train } = plan.training;
      assert(train !== null);
      assert(JSON.stringify(plan).length < PLAN_BYTES_MAX, format);
      assert(unsizedFileCount(plan, found) <= SEEN_LENGTHS_MAX, format);
      assert(stepTimesOf(train) <= train.stepCount);
      if (found.reading === "nothing" || found.reading === "shard") continue;
      const parts = new BatchParts(train, found.reading, rank);
      parts.begin(1);
      parts.start(0, train.batchSize);
      assert(parts.next(), format);
      firsts.add(`${parts.file} ${parts.first}`);
    }
    assert(firsts.size === 0 || firsts.size === 3, format);
  }
});

Deno.test("ranks of a huge dataset visit different samples in each epoch, without a word to each other", async () => {
  const workload = smallWorkload("/data", [
    "workflow.generate_data=false",
    "dataset.format=indexed_binary",
    `dataset.num_files_train=${FILES}`,
    `dataset.num_samples_per_file=${SAMPLES_PER_FILE}`,
    "train.seed_change_epoch=true",
  ]);
  const seen = new Set<string>();
  for (const epoch of [1, 2]) {
    for (const rank of [0, 2048, PROCESSES - 1]) {
      const { plan, format } = await describeRun(workload, {
        accelerators: PROCESSES,
        cluster: { rank, size: PROCESSES },
        randomSeed: rank,
      });
      const { train } = plan.training;
      assert(train !== null);
      const parts = new BatchParts(train, format.reading, rank);
      parts.begin(epoch);
      parts.start(0, 100);
      while (parts.next()) seen.add(`${epoch} ${parts.file} ${parts.first}`);
    }
  }
  assertEquals(seen.size, 600);
});
