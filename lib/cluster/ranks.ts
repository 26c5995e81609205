/**
 * Global and local ranks.
 *
 *    global   over the accelerators of all processes: whatever is reported,
 *             seeded or shared out goes by it. A variable named `rank` is one.
 *    local    over those of this process: the rows of its shared memory.
 *             A variable named `localRank` is one.
 *
 *    process 0: first 0, count 2          process 1: first 2, count 2
 *    rank       0    1                               2    3
 *    localRank  0    1                               0    1
 */
import { ConfigError } from "../errors.ts";

/** The accelerators of one process among those of all processes. */
export interface Ranks {
  /** Global rank of this process's first accelerator. */
  readonly first: number;
  /** Accelerators of this process. */
  readonly count: number;
  /** Accelerators of all processes together. */
  readonly total: number;
}

/** One accelerator by both of its numbers. */
export interface RankPlace {
  /** Over all processes. */
  readonly rank: number;
  /** Within this process. */
  readonly localRank: number;
}

/** The ranks of a single process. @param total Accelerators, >= 1. */
export function allRanks(total: number): Ranks {
  return { first: 0, count: total, total };
}

/**
 * Accelerators of each process: the same number, and where they do not divide
 * evenly the first processes have one more.
 *
 * @param size Processes.
 * @param total Accelerators of all of them.
 * @throws {ConfigError} If a process would have none.
 */
export function evenShares(size: number, total: number): number[] {
  if (total < size) {
    throw new ConfigError([
      `Cannot share ${total} accelerators among ${size} processes as each ` +
      `must have at least one: give --accelerators ${size} or more`,
    ]);
  }
  return Array.from(
    { length: size },
    (_, process) => Math.floor(total / size) + (process < total % size ? 1 : 0),
  );
}

/** The ranks of one process. @param shares Accelerators of each. */
export function ranksAt(shares: readonly number[], process: number): Ranks {
  const sum = (counts: readonly number[]) =>
    counts.reduce((total, count) => total + count, 0);
  return {
    first: sum(shares.slice(0, process)),
    count: shares[process] ?? 0,
    total: sum(shares),
  };
}

/** The global rank of a local one. */
export function globalRank({ first }: Ranks, localRank: number): number {
  return first + localRank;
}

/** Both numbers of every accelerator of this process, in order. */
export function placesOf(ranks: Ranks): RankPlace[] {
  return Array.from({ length: ranks.count }, (_, localRank) => ({
    rank: globalRank(ranks, localRank),
    localRank,
  }));
}
