/**
 * What the checkpoints of a workload need, for people who plan a run. Nothing
 * is opened or written.
 */
import { allRanks } from "../cluster/ranks.ts";
import type { Workload } from "../config/workload.ts";
import { checkpointFiles } from "./checkpoint_files.ts";
import type { CheckpointLayout } from "./checkpoint_files.ts";
import {
  checkpointProblems,
  layoutOf,
  planCheckpoints,
} from "./checkpoint_plan.ts";
import { checkpointTotals, rankCheckpointSize } from "./checkpoint_size.ts";
import type { CheckpointTotals } from "./checkpoint_size.ts";
import { containedBytes } from "./file_content.ts";
import type { Parallelism } from "./model_spec.ts";
import { storedCheckpointCount } from "./stored_count.ts";
import { parameterCount } from "./transformer.ts";

/** What checkpoints take. */
export interface CheckpointFacts extends CheckpointTotals {
  readonly accelerators: number;
  readonly parallelism: Parallelism;
  /** Trainable parameters; 0 for a model without layers. */
  readonly parameterCount: number;
  /** Checkpoints that a run writes; null: as many as training saves. */
  readonly writeCount: number | null;
  /** Checkpoints that are on storage at the same time; null: not known. */
  readonly storedCount: number | null;
  /** Bytes of these. */
  readonly storedBytes: number | null;
  /** Threads that write and read, and all their buffers. */
  readonly threadCount: number;
  /** Threads that load one rank together. */
  readonly readersPerRank: number;
  readonly bufferBytes: number;
}

/**
 * Derives what checkpoints of a workload take.
 *
 * @param workload Its settings; `workflow.checkpoint` does not matter.
 * @param accelerators On all hosts.
 * @returns The facts, or the sentences that say why there are none.
 */
export function checkpointFacts(
  workload: Workload,
  accelerators: number,
): CheckpointFacts | readonly string[] {
  const problems = checkpointProblems(workload, accelerators);
  if (problems.length > 0) return problems;
  const { checkpoint, workflow } = workload;
  const layout = layoutOf(workload, accelerators);
  const { plan } = planCheckpoints(workload, {
    ranks: allRanks(accelerators),
    hostOfRank: Array.from({ length: accelerators }, () => 0),
    storage: { kind: "null", root: "", options: {} },
  });
  const writeCount = workflow.train
    ? null
    : Math.max(0, checkpoint.num_checkpoints_write);
  const storedCount = writeCount === null
    ? plan.keepCount === null ? null : plan.keepCount + 1
    : storedCheckpointCount(plan, writeCount);
  return {
    ...checkpointTotals(layout, accelerators),
    accelerators,
    parallelism: layout.parallelism,
    parameterCount: parameterCount(layout.model),
    writeCount,
    storedCount,
    storedBytes: storedCount === null
      ? null
      : storedCount * containedTotal(layout, accelerators, plan.container),
    threadCount: plan.threadCount,
    readersPerRank: plan.readersPerRank,
    bufferBytes: plan.threadCount * plan.chunkBytes,
  };
}

/**
 * Bytes of one checkpoint that the host with most of it writes. Hosts have
 * consecutive ranks, the first ones one more where they cannot be even.
 *
 * @param workload Its settings; {@linkcode checkpointFacts} accepts them.
 * @param accelerators On all hosts.
 * @param hosts At most as many.
 */
export function hostCheckpointBytes(
  workload: Workload,
  accelerators: number,
  hosts: number,
): number {
  const layout = layoutOf(workload, accelerators);
  let largestBytes = 0;
  let rank = 0;
  for (let host = 0; host < hosts; host++) {
    const endRank = rank +
      Math.ceil((accelerators - rank) / (hosts - host));
    let bytes = 0;
    for (; rank < endRank; rank++) {
      bytes += rankCheckpointSize(layout, rank).totalBytes;
    }
    largestBytes = Math.max(largestBytes, bytes);
  }
  return largestBytes;
}

/** Bytes of all files with their containers. */
function containedTotal(
  layout: CheckpointLayout,
  accelerators: number,
  container: "raw" | "safetensors",
): number {
  let bytes = 0;
  for (let rank = 0; rank < accelerators; rank++) {
    for (const file of checkpointFiles(layout, rank)) {
      bytes += containedBytes(file, container);
    }
  }
  return bytes;
}
