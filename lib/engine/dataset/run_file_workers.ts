/**
 * Runs the workers that write or verify a dataset's files.
 */
import { datasetParts, startThread } from "../threads/thread_program.ts";
import { endpointsOf } from "../plan/storage_facts.ts";
import type { Member } from "../threads/crew.ts";
import { DatasetFiles } from "../plan/dataset_files.ts";
import { PHASE_KINDS, type PhaseKind } from "../../metrics/phase_kinds.ts";
import {
  type FileTask,
  type GeneratePlan,
  processVisits,
} from "../plan/visit_plan.ts";
import { watchDevice } from "../run/device_watch.ts";
import { placeProbe } from "../run/place_probe.ts";
import type { CrewRow, PhaseOrder } from "../run/phase_runner.ts";
import {
  generatorRow,
  PHASE_FILES,
  Region,
  type RegionShape,
} from "../threads/region.ts";
import type { PreparedDataset } from "../run/prepare_run.ts";
import type { RunHooks, RunOutcome } from "../run/run_hooks.ts";
import { runOrders } from "../run/run_orders.ts";
import { usedWriteEngine } from "../run/used_engine.ts";
import { queuedFilesParts } from "./queued_files_part.ts";
import type { Damage, GeneratorStart } from "../threads/worker_start.ts";

/** The kind of phase that a task is, and the role of its threads. */
const VISITS: Readonly<
  Record<FileTask, { readonly kind: PhaseKind; readonly role: string }>
> = {
  complete: { kind: "generate", role: "generator" },
  rewrite: { kind: "generate", role: "generator" },
  verify: { kind: "verify", role: "verifier" },
};

/**
 * Visits the files of a plan that are this process's share.
 *
 * @param plan Which files, and what to do with them.
 * @param prepared What they are read and written with.
 * @param hooks As for a run; `onDamage` hears of each damaged file.
 */
export async function runFileWorkers(
  plan: GeneratePlan,
  { format, storage }: Pick<PreparedDataset, "format" | "storage">,
  hooks: RunHooks & { readonly onDamage?: (damage: Damage) => void },
): Promise<RunOutcome> {
  const visitCount = processVisits(plan);
  const threads = Math.max(1, Math.min(plan.threads, visitCount));
  const endpoints = endpointsOf(plan.dataset.storage);
  const shape: RegionShape = {
    accelerators: 0,
    readersPerAccelerator: 0,
    generators: threads,
    maxSteps: 0,
    endpoints: endpoints.length,
  };
  const region = new Region(shape);
  const members: Member[] = [];
  const rows: CrewRow[] = [];
  const { kind, role } = VISITS[plan.task];
  const spawn = (furtherParts: readonly string[]) =>
    startThread({
      entry: import.meta.resolve("./generator_worker.ts"),
      parts: [
        ...datasetParts(plan.dataset),
        ...queuedFilesParts(plan),
        ...furtherParts,
      ],
    });
  for (let thread = 0; thread < threads; thread++) {
    const row = generatorRow(shape, thread);
    const { buffer } = region;
    const start: GeneratorStart = { shape, buffer, row, thread, plan };
    const title = `${role} ${thread}`;
    members.push({ title, role, start, spawn });
    // No accelerator's: its rank tells the processes apart.
    const rank = plan.cluster.rank;
    rows.push({ role, rank, localRank: 0, thread, title });
  }
  const files = new DatasetFiles(plan.dataset, plan.splits, format);
  const place = { storage, folder: plan.dataset.folder };
  const device = await watchDevice(place, hooks);
  const probe = await placeProbe(place, endpoints, hooks);
  const order: PhaseOrder = {
    kind,
    phase: PHASE_FILES,
    epoch: 0,
    stepCount: 0,
    batchSize: 0,
    total: visitCount,
  };
  return await runOrders({
    region,
    members,
    rows,
    orders: [order],
    deviceIo: (_order, moved, counted) =>
      device.deviceIo({ kind, ...moved }, counted),
    hostFactsOf: () =>
      PHASE_KINDS[kind].direction === "write"
        ? usedWriteEngine(plan.dataset.storage.kind, plan.queue, region)
        : {},
    probeOf: () => probe,
    endpoints,
    pathOf: (fileIndex) => files.path(fileIndex),
  }, hooks);
}
