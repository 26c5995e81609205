/**
 * A workload's workflow: generate, train and evaluate, as its settings say.
 */
import type { Workload } from "../../config/workload.ts";
import {
  type CheckpointPlan,
  checkpointProblems,
  planCheckpoints,
} from "../../checkpoint/checkpoint_plan.ts";
import { onFirstProcess } from "../../cluster/cluster.ts";
import { ranksOf, ranksPerProcess } from "../../cluster/ranks.ts";
import { ConfigError } from "../../errors.ts";
import type { PhaseRecord } from "../../metrics/run_record.ts";
import { connectStorage, formatOf } from "../plan/connect.ts";
import { preflight } from "../plan/connect_storage.ts";
import { examineDataset } from "../dataset/examine_dataset.ts";
import { generateDataset, removeDataset } from "../dataset/dataset_changes.ts";
import {
  checkpointStorage,
  type DescribedDataset,
  describeWithFormat,
} from "../plan/describe_dataset.ts";
import { pause } from "./pause.ts";
import { planRun } from "../plan/make_run_plan.ts";
import { preflightFolder } from "../dataset/preflight_folder.ts";
import { runCheckpoints } from "../checkpoints/run_checkpoints.ts";
import type { RunHooks, RunOutcome } from "./run_hooks.ts";
import { asError } from "./run_orders.ts";
import { runTraining } from "../training/train.ts";

/** Storage that shows what was written as soon as it is written. */
const SETTLED_AT_ONCE: readonly string[] = ["local_fs", "direct_fs", "null"];

/** Arguments of {@linkcode runWorkload} beside the settings. */
export interface WorkloadOptions {
  /** Accelerators on all hosts, >= 1. */
  readonly accelerators: number;
  /**
   * 32 bits for shuffles that are `random`, the same in all processes; record
   * it to repeat a run.
   */
  readonly randomSeed: number;
  /** Rewrites a dataset that is there. */
  readonly force: boolean;
  readonly stokerVersion: string;
  /** Hears what the reader of the results should know, once each. */
  readonly onWarning: (text: string) => void;
}

/**
 * Runs a workload.
 *
 * @returns The phases that were run and what ended the run early. Rejects
 *   only before the first phase: settings or a dataset that cannot be used.
 */
export async function runWorkload(
  workload: Workload,
  hooks: RunHooks,
  options: WorkloadOptions,
): Promise<RunOutcome> {
  const { workflow, reader, dataset, checkpoint } = workload;
  const described = await describeWithFormat(workload);
  const checkpoints = workflow.checkpoint
    ? planOfCheckpoints(workload, hooks, options)
    : null;
  if (checkpoints !== null && savesCheckpoints(workload)) {
    await preflightFolder(
      await connectStorage(checkpoints.storage),
      checkpoints.folder,
    );
  }
  const phases: PhaseRecord[] = [];
  if (readsOrWritesDataset(workload)) {
    const { storage, folder } = described.dataset;
    const writes = workflow.generate_data || !dataset.keep_files;
    await preflight(storage, folder, writes ? "write" : "read");
  }
  if (checkpoints !== null) {
    const { storage, folder } = checkpoints;
    const access = savesCheckpoints(workload) ? "write" : "read";
    await preflight(storage, folder, access);
  }
  if (workflow.generate_data) {
    const generated = await generateDataset(described, hooks, {
      threads: reader.write_threads,
      force: options.force,
      stokerVersion: options.stokerVersion,
    });
    phases.push(...generated.phases);
    if (generated.error !== null) return { phases, error: generated.error };
    await settle(workload, hooks);
  }
  if (workflow.train || workflow.evaluation) {
    let error: Error | null = null;
    try {
      const trained = await trainOn(described, hooks, {
        workload,
        options,
        checkpoints: workflow.train ? checkpoints : null,
      });
      phases.push(...trained.phases);
      error = trained.error;
    } catch (thrown) {
      if (phases.length === 0) throw thrown;
      // What was generated has been measured: it is not lost.
      error = asError(thrown);
    }
    if (error !== null) return { phases, error };
  }
  if (checkpoints !== null && !workflow.train) {
    const saved = await runCheckpoints(checkpoints, {
      writeCount: checkpoint.num_checkpoints_write,
      readCount: checkpoint.num_checkpoints_read,
      betweenSeconds: checkpoint.time_between_checkpoints,
      dropCaches: workload.storage.drop_caches,
    }, hooks);
    phases.push(...saved.phases);
    if (saved.error !== null) return { phases, error: saved.error };
  }
  if (!dataset.keep_files) {
    await onFirstProcess(hooks.cluster, () => removeDataset(described));
  }
  return { phases, error: null };
}

/** A run that only loads what is there may have no right to write. */
function savesCheckpoints({ workflow, checkpoint }: Workload): boolean {
  return workflow.train || checkpoint.num_checkpoints_write > 0;
}

/** Object stores may need a while until all sees what was written. */
async function settle(
  { storage }: Workload,
  { signal }: RunHooks,
): Promise<void> {
  if (SETTLED_AT_ONCE.includes(storage.storage_type)) return;
  await pause(storage.post_generation_settle_seconds, signal);
}

function readsOrWritesDataset({ workflow, reader }: Workload): boolean {
  return workflow.generate_data ||
    (workflow.train || workflow.evaluation) && readsData(reader);
}

function readsData({ data_loader }: Workload["reader"]): boolean {
  return !["synthetic", "none"].includes(data_loader);
}

async function trainOn(
  described: DescribedDataset,
  hooks: RunHooks,
  settings: {
    workload: Workload;
    options: WorkloadOptions;
    checkpoints: CheckpointPlan | null;
  },
): Promise<RunOutcome> {
  const { workload, options, checkpoints } = settings;
  const { train, evaluation } = workload.workflow;
  const format = await formatOf(described.dataset);
  const found = readsData(workload.reader)
    ? await examineDataset(described, {
      storage: await connectStorage(described.dataset.storage),
      format,
      wanted: { train, valid: evaluation },
      skipListing: workload.dataset.skip_listing,
      validationInterval: workload.dataset.listing_validation_interval,
      onNote: options.onWarning,
    })
    : described;
  const { plan, warnings } = planRun(workload, found, {
    ranks: ranksOf(hooks.cluster, options.accelerators),
    randomSeed: options.randomSeed,
  });
  for (const warning of warnings) options.onWarning(warning);
  return await runTraining(
    checkpoints === null ? plan : { ...plan, checkpoint: checkpoints },
    hooks,
  );
}

function planOfCheckpoints(
  workload: Workload,
  { cluster }: RunHooks,
  options: WorkloadOptions,
): CheckpointPlan {
  const { accelerators } = options;
  const problems = checkpointProblems(workload, accelerators);
  if (problems.length > 0) throw new ConfigError(problems);
  const { plan, warnings } = planCheckpoints(workload, {
    ranks: ranksOf(cluster, accelerators),
    acceleratorsPerHost: ranksPerProcess(cluster, accelerators),
    storage: checkpointStorage(workload),
  });
  for (const warning of warnings) options.onWarning(warning);
  return plan;
}
