/**
 * Training with its evaluations: starts the workers, runs the epochs.
 */
import type { Cluster } from "../../cluster/cluster.ts";
import { barrierPlaceOf } from "../../cluster/link.ts";
import { isFirstOfHost } from "../../cluster/placement.ts";
import type { Format } from "../../formats/format.ts";
import type { Storage } from "../../storage/storage.ts";
import type { PhaseKind } from "../../metrics/phase_kinds.ts";
import type { PhaseHostRecord } from "../../metrics/run_record.ts";
import {
  CacheControl,
  datasetFilesOf,
  type FilesOf,
} from "../cache/cache_control.ts";
import { stepTimesOf } from "../plan/kept_step_times.ts";
import { hostCallsOf } from "../files/threaded_storage.ts";
import { endpointsOf } from "../plan/storage_facts.ts";
import { type DeviceWatch, watchDevice } from "../run/device_watch.ts";
import { placeProbe } from "../run/place_probe.ts";
import type { Member } from "../threads/crew.ts";
import { DatasetFiles } from "../plan/dataset_files.ts";
import type { CheckpointPlan } from "../../checkpoint/checkpoint_plan.ts";
import { checkpointCrew } from "../checkpoints/checkpoint_crew.ts";
import { type SaveWatch, watchSaves } from "../checkpoints/save_watch.ts";
import type {
  CheckpointOrder,
  CrewRow,
  PhaseOrder,
} from "../run/phase_runner.ts";
import {
  PHASE_EVAL,
  PHASE_SAVE,
  PHASE_TRAIN,
  Region,
  type RegionShape,
} from "../threads/region.ts";
import type { PreparedRun } from "../run/prepare_run.ts";
import { type PlannedPhase, trainingPhases } from "../run/planned_phases.ts";
import type { RunHooks, RunOutcome } from "../run/run_hooks.ts";
import { type OrderedRun, runOrders } from "../run/run_orders.ts";
import { usedReadEngine, usedWriteEngine } from "../run/used_engine.ts";
import { shareOf } from "../plan/thread_counts.ts";
import type { RunPlan, SplitPlan } from "../plan/run_plan.ts";
import { EpochOrder } from "../../sampling/epoch_order.ts";
import { orderSettings } from "./batch_parts.ts";
import { unsizedFileCount } from "./sample_files.ts";
import { trainingThreads } from "./training_threads.ts";

/** What training needs of a prepared run. */
export type TrainingRun = Pick<
  PreparedRun,
  "plan" | "format" | "storage" | "checkpoints"
>;

/**
 * Trains.
 *
 * @param run Its plan has the dataset as it is.
 * @param hooks Who listens, and the signal that stops it.
 * @returns The phases that were run, the last one perhaps in part, and what
 *   ended the run early. Never rejects for what happens in a worker.
 */
export async function runTraining(
  run: TrainingRun,
  hooks: RunHooks,
): Promise<RunOutcome> {
  const { plan, format, storage, checkpoints } = run;
  const endpoints = endpointsOfRun(plan);
  const shape = {
    ...shapeOf(plan, endpoints.length),
    ...barrierPlaceOf(hooks.link),
    unsizedFiles: plan.loader.reads ? unsizedFileCount(plan, format) : 0,
  };
  const region = new Region(shape);
  const { members, rows } = assemble(plan, region, hooks.link.cluster);
  const caches = new CacheControl(
    plan.dropCaches,
    datasetFilesOf(plan, { storage, format }),
    hostCallsOf(storage),
  );
  const place = { storage, folder: plan.dataset.folder };
  const savePlace = {
    storage: checkpoints?.storage ?? storage,
    folder: checkpoints?.plan.folder ?? plan.dataset.folder,
  };
  const device = await watchDevice(place, hooks);
  const saveDevice = await watchDevice(savePlace, hooks);
  const probe = await placeProbe(place, endpoints, hooks);
  const saveProbe = await placeProbe(savePlace, endpoints, hooks);
  const saves = watchSaves(plan, region, { rows, hooks, device: saveDevice });
  return await runOrders({
    region,
    members,
    rows,
    orders: phaseOrders(plan, saves),
    places: [place],
    // All processes of a host share its page cache.
    ...(isFirstOfHost(hooks.placement, hooks.link.cluster.rank)
      ? {
        dropCaches: (order: PhaseOrder, onMove: () => void) =>
          caches.before(order, { signal: hooks.signal, onMove }),
      }
      : {}),
    inner: saves.inner,
    ...deviceCalls(run, { device, saveDevice }),
    hostFactsOf: (order) => usedEngine(order, plan, region),
    probeOf: ({ checkpoint }) => checkpoint === undefined ? probe : saveProbe,
    endpoints,
    pathOf: pathOf(plan, format),
  }, hooks);
}

function usedEngine(
  { kind }: PhaseOrder,
  { loader, dataset, checkpoint }: RunPlan,
  region: Region,
): Partial<PhaseHostRecord> {
  if (hasSteps(kind)) {
    return loader.reads
      ? usedReadEngine(dataset.storage.kind, loader.queue, region)
      : {};
  }
  return checkpoint === undefined
    ? {}
    : usedWriteEngine(checkpoint.storage.kind, checkpoint.saveQueue, region);
}

/** Of both kinds of phases, and of checkpoints between steps. */
function deviceCalls(
  run: TrainingRun,
  { device, saveDevice }: Record<"device" | "saveDevice", DeviceWatch>,
): Pick<OrderedRun, "deviceIo" | "lookAtDevice"> {
  const filesOf = phaseFilesOf(run);
  const cachedIo = run.plan.shardCache === undefined
    ? null
    : cachedDeviceIo(run.storage);
  return {
    deviceIo(order, moved, counted) {
      const { kind, checkpoint } = order;
      if (checkpoint !== undefined) {
        return saveDevice.deviceIo({ kind, ...moved }, counted);
      }
      return cachedIo?.(order, moved, counted) ??
        device.deviceIo({ kind, ...moved }, counted);
    },
    async lookAtDevice(order, moved, counted) {
      const { kind, checkpoint } = order;
      if (checkpoint !== undefined) {
        return await saveDevice.look({ kind, ...moved, files: null }, counted);
      }
      return cachedIo?.(order, moved, counted) ??
        await device.look({ kind, ...moved, files: filesOf(order) }, counted);
    },
  };
}

/** Of training and evaluation, which read files of their own. */
function phaseFilesOf({ plan, format, storage }: TrainingRun): FilesOf {
  const filesOf: Partial<Record<PhaseKind, FilesOf>> = {
    train: datasetFilesOf(plan, { storage, format }, ["train"]),
    eval: datasetFilesOf(plan, { storage, format }, ["eval"]),
  };
  return (order) => filesOf[order.kind]?.(order) ?? null;
}

/**
 * Of samples that are read from copies. Where downloads read files too, the
 * kernel counts both as one.
 */
function cachedDeviceIo({ hostPath }: Storage): OrderedRun["deviceIo"] {
  return (_order, _moved, counted) =>
    hostPath === undefined ? counted : {
      bytes: null,
      source: "cannot be known: the kernel counts downloads and reads of " +
        "their copies (reader.shard_cache_folder) as one",
    };
}

/** Data and checkpoints that both have endpoints have the same. */
function endpointsOfRun(
  { dataset, checkpoint }: RunPlan,
): readonly string[] {
  const ofData = endpointsOf(dataset.storage);
  if (ofData.length > 0 || checkpoint === undefined) return ofData;
  return endpointsOf(checkpoint.storage);
}

function shapeOf(plan: RunPlan, endpointCount: number): RegionShape {
  const { train, eval: evaluation } = plan.training;
  return {
    ...shareOf(plan),
    generators: 0,
    maxSteps: Math.max(stepTimesOf(train), stepTimesOf(evaluation)),
    sharesStepEntries: [train, evaluation]
      .some((split) => split?.stepEntries !== undefined),
    checkpointRanks: plan.checkpoint === undefined ? 0 : plan.ranks.count,
    endpoints: endpointCount,
  };
}

/** All threads of this process; rows in the order of the region's. */
function assemble(
  plan: RunPlan,
  region: Region,
  cluster: Cluster,
): { members: Member[]; rows: CrewRow[] } {
  const threads = trainingThreads(plan, region);
  if (plan.checkpoint === undefined) return threads;
  const checkpointers = checkpointCrew(plan.checkpoint, region, cluster);
  return {
    members: [...threads.members, ...checkpointers.members],
    rows: [...threads.rows, ...checkpointers.rows],
  };
}
/** What the threads are told for each kind of phase that has steps. */
const STEP_PHASES = { train: PHASE_TRAIN, eval: PHASE_EVAL } as const;

function hasSteps(kind: PhaseKind): kind is keyof typeof STEP_PHASES {
  return kind in STEP_PHASES;
}

/** What the threads are told to do in each phase, in order. */
function* phaseOrders(
  plan: RunPlan,
  saves: SaveWatch,
): Generator<PhaseOrder> {
  const { training, checkpoint } = plan;
  for (const { kind, epoch, total } of trainingPhases(plan)) {
    if (hasSteps(kind)) {
      const split = training[kind];
      if (split === null) continue;
      markEpochTable(split, epoch);
      yield orderOf(kind, split, { epoch, total });
    } else if (checkpoint !== undefined) {
      yield saveOrder({ epoch, total }, {
        step: training.train?.stepCount ?? 0,
        number: saves.nextNumber(),
        count: savesAfterEpochs(checkpoint, training.epochs),
      });
    }
  }
}

/** Where files hold unequal numbers, all threads look samples up in a table. */
function markEpochTable(split: SplitPlan, epoch: number): void {
  if (split.table === undefined) return;
  const order = new EpochOrder(orderSettings(split, split.sampleSeed));
  order.begin(epoch);
  order.markTable();
}

/** Checkpoints of a run that saves after epochs. */
function savesAfterEpochs(
  { afterEpoch, epochsBetween }: CheckpointPlan,
  epochs: number,
): number {
  return 1 + Math.floor((epochs - afterEpoch) / epochsBetween);
}

function saveOrder(
  planned: Pick<PlannedPhase, "epoch" | "total">,
  checkpoint: CheckpointOrder,
): PhaseOrder {
  return {
    ...planned,
    kind: "save_checkpoint",
    phase: PHASE_SAVE,
    stepCount: 0,
    batchSize: 0,
    checkpoint,
  };
}

function orderOf(
  kind: keyof typeof STEP_PHASES,
  { stepCount, stepEntries, batchSize }: SplitPlan,
  planned: Pick<PlannedPhase, "epoch" | "total">,
): PhaseOrder {
  return {
    ...planned,
    kind,
    phase: STEP_PHASES[kind],
    stepCount,
    ...(stepEntries === undefined ? {} : { stepEntries }),
    batchSize,
  };
}

function pathOf(
  plan: RunPlan,
  format: Format,
): (fileIndex: number) => string {
  const splits = [plan.training.train, plan.training.eval]
    .filter((split) => split !== null);
  const files = new DatasetFiles(plan.dataset, splits, format);
  return (fileIndex) => files.path(fileIndex);
}
