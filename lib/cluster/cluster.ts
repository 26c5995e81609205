/**
 * The processes that run one workload together, usually one on each host, and
 * the door to what only one of them may do.
 *
 * Some things exist once for all processes: the dataset's manifest, the
 * removal of what is in the way, the record of a checkpoint, the results
 * folder. Every place that changes one of them passes through
 * {@linkcode onFirstProcess}, so a search for that name lists them all.
 */
import type { Awaitable } from "../bytes/awaitable.ts";

/** Which of the processes this one is: plain data, sent to workers as it is. */
export interface Cluster {
  /** Number of this process, from 0. Not the rank of an accelerator. */
  readonly rank: number;
  /** Number of processes, >= 1. */
  readonly size: number;
}

/** A single process that does everything. */
export const solo: Cluster = { rank: 0, size: 1 };

/**
 * Does what only one process may do: process 0 does it.
 *
 * The other processes do not wait here. Where they need what was done, they
 * meet the first one at the next gate.
 *
 * @param cluster Which process this is.
 * @param action What is done once for all processes.
 * @returns What the action returned; null in every other process.
 */
export async function onFirstProcess<T>(
  cluster: Cluster,
  action: () => Awaitable<T>,
): Promise<T | null> {
  return cluster.rank === 0 ? await action() : null;
}
