/**
 * Settings -> everything that is known of a run before any storage is
 * connected: its dataset, its checkpoints, the plan of its threads.
 *
 * A dry run needs no more. `prepareRun` connects what is described here.
 */
import {
  type CheckpointPlan,
  checkpointProblems,
  planCheckpoints,
} from "../../checkpoint/checkpoint_plan.ts";
import type { Cluster } from "../../cluster/cluster.ts";
import {
  acceleratorsByHost,
  type Placement,
  processesBeside,
} from "../../cluster/placement.ts";
import { evenShares, ranksAt } from "../../cluster/ranks.ts";
import { processOfShare, type Share } from "../../cluster/share.ts";
import type { Workload } from "../../config/workload.ts";
import { ConfigError } from "../../errors.ts";
import type { Format } from "../../formats/format.ts";
import type { WriteQueuePlan } from "../../storage/storage.ts";
import type { FoundDataset } from "../dataset/found_dataset.ts";
import { formatOf } from "./format_of.ts";
import {
  checkpointStorage,
  describeDataset,
  type DescribedDataset,
} from "./describe_dataset.ts";
import { planRun } from "./make_run_plan.ts";
import type { RunPlan } from "./run_plan.ts";

/** Who runs a workload, and with which draws. */
export interface DescribeOptions {
  /** Accelerators of all processes together, >= 1. */
  readonly accelerators: number;
  readonly cluster: Cluster;
  /** What of the run is done; absent: what `cluster` has to do. */
  readonly share?: Share;
  /** Where the processes are; absent: each is on a host of its own. */
  readonly placement?: Placement;
  /** Accelerators of each process; absent: they share them evenly. */
  readonly shares?: readonly number[];
  /**
   * 32 bits for shuffles that are `random`, the same in all processes; record
   * it to repeat a run.
   */
  readonly randomSeed: number;
  /** The dataset as it was found; absent or null: as it is generated. */
  readonly found?: Pick<FoundDataset, "heldSamples"> | null;
}

/** A run as its settings describe it. */
export interface DescribedRun {
  readonly workload: Workload;
  /** As it would be generated; what is there may have other names. */
  readonly dataset: DescribedDataset;
  readonly format: Format;
  /** Null: nothing is saved or loaded. */
  readonly checkpointPlan: CheckpointPlan | null;
  /** Training and evaluation; has no splits where there is neither. */
  readonly plan: RunPlan;
  /** Of all processes on this one's host. */
  readonly onHost: HostShare;
  /** Writes in flight of each generator; absent: one after another. */
  readonly generateQueue?: WriteQueuePlan;
  readonly warnings: RunWarnings;
}

/** What of a run is on one host. */
export interface HostShare {
  readonly processes: number;
  readonly accelerators: number;
}

/** What the reader of the results should know, by the part of the run. */
export interface RunWarnings {
  readonly generating: readonly string[];
  readonly checkpoints: readonly string[];
  /** Of training and evaluation. */
  readonly training: readonly string[];
}

/**
 * Describes a run.
 *
 * @param workload The settings; `workflow` says what the run is made of.
 * @param options Who runs it.
 * @throws {ConfigError} If the format cannot be used, the accelerators do not
 *   divide among the checkpoints or the processes, or an epoch would have no
 *   step.
 */
export async function describeRun(
  workload: Workload,
  given: DescribeOptions,
): Promise<DescribedRun> {
  const options = ofShare(given);
  const { cluster, randomSeed } = options;
  const { workflow } = workload;
  const { format: formatName, format_module } = workload.dataset;
  const format = await formatOf({
    format: formatName,
    ...(format_module === null ? {} : { formatModule: format_module }),
  });
  const dataset = withHeldSamples(describeDataset(workload, format), options);
  const checkpoints = workflow.checkpoint
    ? planOfCheckpoints(workload, options)
    : null;
  const planned = planRun(workload, dataset, {
    ranks: ranksAt(sharesOf(options), cluster.rank),
    randomSeed,
    reading: format.reading,
  });
  return {
    workload,
    dataset,
    format,
    checkpointPlan: checkpoints?.plan ?? null,
    onHost: hostShareOf(options),
    plan: checkpoints === null || !workflow.train
      ? planned.plan
      : { ...planned.plan, checkpoint: checkpoints.plan },
    warnings: {
      generating: [],
      checkpoints: checkpoints?.warnings ?? [],
      training: planned.warnings,
    },
  };
}

/** A share is planned as what the process would do that it stands for. */
function ofShare(options: DescribeOptions): DescribeOptions {
  const { share } = options;
  return share === undefined
    ? options
    : { ...options, cluster: processOfShare(share) };
}

/** Files that were counted count with what they hold. */
function withHeldSamples(
  { dataset, splits }: DescribedDataset,
  { found }: DescribeOptions,
): DescribedDataset {
  return {
    dataset,
    splits: splits.map((split) => {
      const heldSamples = found?.heldSamples?.[split.naming.split];
      return heldSamples === undefined ? split : { ...split, heldSamples };
    }),
  };
}

function planOfCheckpoints(
  workload: Workload,
  options: DescribeOptions,
) {
  const { accelerators, cluster, placement, share } = options;
  const shares = sharesOf(options);
  const problems = checkpointProblems(workload, accelerators);
  if (problems.length > 0) throw new ConfigError(problems);
  const planned = planCheckpoints(workload, {
    ranks: ranksAt(shares, cluster.rank),
    hostOfRank: shares.flatMap((length, process) =>
      Array.from(
        { length },
        () => placement?.hostOf[process] ?? process,
      )
    ),
    storage: checkpointStorage(workload),
  });
  return share === undefined
    ? planned
    : { ...planned, plan: { ...planned.plan, share } };
}

/** A share of a run is alone, as far as it knows. */
function hostShareOf(options: DescribeOptions): HostShare {
  const { placement, cluster: { rank }, share } = options;
  const shares = sharesOf(options);
  const host = placement?.hostOf[rank];
  if (placement === undefined || host === undefined || share !== undefined) {
    return { processes: 1, accelerators: shares[rank] ?? 1 };
  }
  return {
    processes: processesBeside(placement, rank),
    accelerators: acceleratorsByHost(placement, shares)[host] ?? 1,
  };
}

function sharesOf(
  { shares, cluster, accelerators }: DescribeOptions,
): readonly number[] {
  return shares ?? evenShares(cluster.size, accelerators);
}
