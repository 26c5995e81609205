import { assertEquals } from "@std/assert";
import { planCheckpoints } from "../../../lib/checkpoint/checkpoint_plan.ts";
import { processFileCount } from "../../../lib/checkpoint/checkpoint_size.ts";
import { evenShares, ranksAt } from "../../../lib/cluster/ranks.ts";
import { checkpointFilesOf } from "../../../lib/engine/cache/cache_control.ts";
import { checkpointCrew } from "../../../lib/engine/checkpoints/checkpoint_crew.ts";
import type { PhaseOrder } from "../../../lib/engine/run/phase_runner.ts";
import { PHASE_LOAD, Region } from "../../../lib/engine/threads/region.ts";
import type { Storage } from "../../../lib/storage/storage.ts";
import { smallWorkload } from "../engine_fixture.ts";

const CLUSTER = { rank: 1, size: 2 };

/** The second of two processes, which loads what the first one saved. */
function shiftedPlan() {
  const workload = smallWorkload("/data", [
    "checkpoint.checkpoint_folder=/ck",
    "model.model_size_bytes=64KiB",
    "checkpoint.type=all_ranks",
    "checkpoint.recovery_rank_shift=true",
  ]);
  return planCheckpoints(workload, {
    ranks: ranksAt(evenShares(CLUSTER.size, 4), CLUSTER.rank),
    hostOfRank: [0, 0, 1, 1],
    storage: { kind: "null", root: "", options: {} },
  }).plan;
}

Deno.test("checkpointCrew() gives a process the rows of its own ranks", () => {
  const plan = shiftedPlan();
  const region = new Region({
    accelerators: 0,
    readersPerAccelerator: 0,
    generators: 0,
    maxSteps: 0,
    checkpointRanks: plan.ranks.count,
  });
  const { rows, members } = checkpointCrew(plan, region, CLUSTER);
  assertEquals(
    rows.map(({ rank, localRank, title }) => [rank, localRank, title]),
    [[2, 0, "checkpointer of rank 2"], [3, 1, "checkpointer of rank 3"]],
  );
  assertEquals(members.length, 2);
  const [row] = rows;
  assertEquals(
    row?.pathOf?.(0, "save_checkpoint"),
    "/ck/…/model_states-2.pt",
  );
  assertEquals(
    row?.pathOf?.(0, "load_checkpoint"),
    "/ck/…/model_states-0.pt",
  );
});

Deno.test("a process drops the files that it loads, not those that it saved", () => {
  const plan = shiftedPlan();
  const storage = { hostPath: (path: string) => path } as unknown as Storage;
  const order: PhaseOrder = {
    kind: "load_checkpoint",
    phase: PHASE_LOAD,
    epoch: 1,
    stepCount: 0,
    batchSize: 0,
    total: processFileCount(plan, "load"),
    checkpoint: { number: 1, count: 1, step: 1 },
  };
  const files = checkpointFilesOf(plan, storage)(order);
  const paths = Array.from(
    { length: files?.fileCount ?? 0 },
    (_, index) => files?.hostPath(index),
  );
  assertEquals(paths, [
    "/ck/global_epoch1_step1/model_states-0.pt",
    "/ck/global_epoch1_step1/model_states-1.pt",
  ]);
  assertEquals(order.total, 2);
});
