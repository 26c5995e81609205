/**
 * A run that only checkpoints: all writes, then all reads.
 *
 *    for each: wait time_between_checkpoints -> gate -> save or load -> next
 *
 * The order is that of DLIO's `main.py`.
 */
import { barrierPlaceOf } from "../../cluster/link.ts";
import type { CheckpointPlan } from "../../checkpoint/checkpoint_plan.ts";
import { processFileCount } from "../../checkpoint/checkpoint_size.ts";
import {
  CacheControl,
  checkpointFilesOf,
  type DropPolicy,
} from "../cache/cache_control.ts";
import { PHASE_KINDS } from "../../metrics/phase_kinds.ts";
import { checkpointCrew } from "./checkpoint_crew.ts";
import { hostCallsOf } from "../files/threaded_storage.ts";
import { endpointsOf } from "../plan/storage_facts.ts";
import { watchDevice } from "../run/device_watch.ts";
import { placeProbe } from "../run/place_probe.ts";
import type { PhaseOrder } from "../run/phase_runner.ts";
import { PHASE_LOAD, PHASE_SAVE, Region } from "../threads/region.ts";
import type { PreparedCheckpoints } from "../run/prepare_run.ts";
import type { RunHooks, RunOutcome } from "../run/run_hooks.ts";
import { runOrders } from "../run/run_orders.ts";
import { usedReadEngine, usedWriteEngine } from "../run/used_engine.ts";

/** How often a run that only checkpoints saves and loads. */
export interface CheckpointLoop {
  readonly writeCount: number;
  readonly readCount: number;
  /** Wait before each. */
  readonly betweenSeconds: number;
  readonly dropCaches: DropPolicy;
}

/**
 * Saves and loads checkpoints.
 *
 * @param checkpoints What is saved and loaded, and where.
 * @param loop How often.
 * @param hooks Who listens, and the signal that stops it.
 * @returns The phases that were run, the last one perhaps in part, and what
 *   ended the run early. Never rejects for what happens in a worker.
 */
export async function runCheckpoints(
  { plan, storage }: PreparedCheckpoints,
  loop: CheckpointLoop,
  hooks: RunHooks,
): Promise<RunOutcome> {
  const endpoints = endpointsOf(plan.storage);
  const region = new Region({
    accelerators: 0,
    readersPerAccelerator: 0,
    generators: 0,
    maxSteps: 0,
    checkpointRanks: plan.ranks.count,
    checkpointReaders: plan.readersPerRank,
    endpoints: endpoints.length,
    ...barrierPlaceOf(hooks.link),
  });
  const filesOf = checkpointFilesOf(plan, storage);
  const caches = new CacheControl(
    loop.dropCaches,
    filesOf,
    hostCallsOf(storage),
  );
  const place = { storage, folder: plan.folder };
  const device = await watchDevice(place, hooks);
  const probe = await placeProbe(place, endpoints, hooks);
  return await runOrders({
    region,
    ...checkpointCrew(plan, region, hooks.link.cluster),
    orders: ordersOf(plan, loop),
    pauseSeconds: loop.betweenSeconds,
    places: [place],
    dropCaches: (order, onMove) =>
      caches.before(order, { signal: hooks.signal, onMove }),
    deviceIo: ({ kind }, moved, counted) =>
      device.deviceIo({ kind, ...moved }, counted),
    lookAtDevice: (order, moved, counted) =>
      device.look(
        { kind: order.kind, ...moved, files: filesOf(order) },
        counted,
      ),
    hostFactsOf: ({ kind }) =>
      PHASE_KINDS[kind].direction === "read"
        ? usedReadEngine(plan.storage.kind, plan.queue, region)
        : usedWriteEngine(plan.storage.kind, plan.saveQueue, region),
    probeOf: () => probe,
    endpoints,
    pathOf: String,
  }, hooks);
}

/** Checkpoint i is named after epoch 1, step i, as DLIO does it. */
function* ordersOf(
  plan: CheckpointPlan,
  { writeCount, readCount }: CheckpointLoop,
): Generator<PhaseOrder> {
  const order = { epoch: 1, stepCount: 0, batchSize: 0 };
  for (let number = 1; number <= writeCount; number++) {
    const checkpoint = { number, count: writeCount, step: number };
    yield {
      ...order,
      kind: "save_checkpoint",
      phase: PHASE_SAVE,
      total: processFileCount(plan, "save"),
      checkpoint,
    };
  }
  // Those before have been removed by keep_checkpoints.
  const removedCount = plan.keepCount === null
    ? 0
    : Math.max(0, writeCount - plan.keepCount);
  for (let number = 1; number <= readCount; number++) {
    const step = removedCount + number;
    const checkpoint = { number, count: readCount, step };
    yield {
      ...order,
      kind: "load_checkpoint",
      phase: PHASE_LOAD,
      total: processFileCount(plan, "load"),
      checkpoint,
    };
  }
}
