/**
 * The checkpoints of a training run as its main thread sees them: numbers
 * them, and takes the records of those between steps while a phase runs.
 */
import { PHASE_KINDS } from "../../metrics/phase_kinds.ts";
import { CheckpointCollector, withBlocks } from "./checkpoint_collect.ts";
import {
  CHECKPOINTER,
  type CrewRow,
  type InnerPhases,
} from "../run/phase_runner.ts";
import type { DeviceWatch } from "../run/device_watch.ts";
import type { Region } from "../threads/region.ts";
import type { RunHooks } from "../run/run_hooks.ts";
import type { RunPlan } from "../plan/run_plan.ts";

/** The checkpoints of a training run, for its main thread. */
export interface SaveWatch {
  /** Number of the next checkpoint of the run, from 1. */
  nextNumber(): number;
  /** Those between steps, for the phase runner. */
  readonly inner: InnerPhases;
}

/**
 * Watches a run's checkpoints; does nothing in a run without.
 *
 * @param plan The run.
 * @param region Its shared memory.
 * @param parts `rows`: of all threads. `device`: where checkpoints are stored.
 */
export function watchSaves(
  plan: RunPlan,
  region: Region,
  parts: {
    readonly rows: readonly CrewRow[];
    readonly hooks: RunHooks;
    readonly device: DeviceWatch;
  },
): SaveWatch {
  const { checkpoint } = plan;
  let number = 0;
  if (checkpoint === undefined) {
    return {
      nextNumber: () => ++number,
      inner: { look: () => null, finish: (record) => record },
    };
  }
  const { rows, hooks, device } = parts;
  const collector = new CheckpointCollector({
    region,
    rows: rows.filter(({ role }) => role === CHECKPOINTER),
    threadCount: checkpoint.threadCount,
    hostname: hooks.hostname,
    cluster: hooks.link.cluster,
    plan: checkpoint,
    device,
  });
  return {
    nextNumber: () => ++number,
    inner: {
      look({ kind, epoch }, start) {
        if (!PHASE_KINDS[kind].savesWithin) return null;
        const record = collector.look(epoch, start, number + 1);
        if (record !== null) number++;
        return record;
      },
      finish: (record, within) =>
        PHASE_KINDS[record.kind].savesWithin
          ? withBlocks(record, within, checkpoint.stepsBetween)
          : record,
    },
  };
}
