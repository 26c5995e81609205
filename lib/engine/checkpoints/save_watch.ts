/**
 * The checkpoints of a training run as its main thread sees them: numbers
 * them, and takes the records of those between steps while a phase runs.
 */
import type { Moment, PhaseRecord } from "../../metrics/run_record.ts";
import { CheckpointCollector, withBlocks } from "./checkpoint_collect.ts";
import { connectStorage } from "../plan/connect_storage.ts";
import {
  CHECKPOINTER,
  type CrewRow,
  type PhaseOrder,
} from "../run/phase_runner.ts";
import type { Region } from "../threads/region.ts";
import type { RunHooks } from "../run/run_hooks.ts";
import type { RunPlan } from "../plan/run_plan.ts";

/** The checkpoints of a training run, for its main thread. */
export interface SaveWatch {
  readonly bypassesCache: boolean;
  /** Number of the next checkpoint of the run, from 1. */
  nextNumber(): number;
  /** To be called whenever the progress of a phase is sampled. */
  readonly onLook: (order: PhaseOrder, start: Moment) => void;
  /** A phase that has ended, with its blocks between checkpoints. */
  withBlocks(record: PhaseRecord): PhaseRecord;
}

/**
 * Watches a run's checkpoints; does nothing in a run without.
 *
 * @param plan The run.
 * @param region Its shared memory.
 * @param parts `rows`: of all threads. `phases`: records of checkpoints
 *   between steps are appended to it.
 */
export async function watchSaves(
  plan: RunPlan,
  region: Region,
  parts: {
    readonly rows: readonly CrewRow[];
    readonly phases: PhaseRecord[];
    readonly hooks: RunHooks;
  },
): Promise<SaveWatch> {
  const { checkpoint } = plan;
  let number = 0;
  if (checkpoint === undefined) {
    return {
      bypassesCache: false,
      nextNumber: () => ++number,
      onLook: () => {},
      withBlocks: (record) => record,
    };
  }
  const { rows, phases, hooks } = parts;
  const { bypassesCache } = await connectStorage(checkpoint.storage);
  const collector = new CheckpointCollector({
    region,
    rows: rows.filter(({ role }) => role === CHECKPOINTER),
    threadCount: checkpoint.threadCount,
    hostname: hooks.hostname,
    bypassesCache,
  });
  let betweenSteps: PhaseRecord[] = [];
  return {
    bypassesCache,
    nextNumber: () => ++number,
    onLook({ kind, epoch }, start) {
      if (kind !== "train") return;
      const record = collector.look(epoch, start, number + 1);
      if (record === null) return;
      number++;
      betweenSteps.push(record);
      phases.push(record);
      hooks.onPhaseWithin?.(record);
    },
    withBlocks(record) {
      if (record.kind !== "train") return record;
      const saves = betweenSteps;
      betweenSteps = [];
      return withBlocks(record, saves, checkpoint.stepsBetween);
    },
  };
}
