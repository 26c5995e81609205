/**
 * A share of a run: what one of several processes would do, done by a process
 * that is alone and waits for nobody.
 *
 * Whatever a process does of a run follows from its number and their count:
 * its accelerators, its files, its samples. So shares that know nothing of
 * each other have the same plan, and together do the work of one run.
 */
import type { Cluster } from "./cluster.ts";
import { evenShares, type Ranks, ranksAt } from "./ranks.ts";

/** Which share of how many. */
export interface Share {
  /** From 0; people count from 1. */
  readonly index: number;
  /** >= 1. */
  readonly count: number;
}

/** The process that a share stands for. */
export function processOfShare({ index, count }: Share): Cluster {
  return { rank: index, size: count };
}

/**
 * Its accelerators.
 *
 * @param total Accelerators of all shares together.
 * @throws {ConfigError} If a share would have none.
 */
export function ranksOfShare({ index, count }: Share, total: number): Ranks {
  return ranksAt(evenShares(count, total), index);
}

/** As people write it: "2/4". */
export function shareText({ index, count }: Share): string {
  return `${index + 1}/${count}`;
}

/**
 * Reads a share.
 *
 * @param text "2/4": the second of four.
 * @returns Null if it is none.
 */
export function parseShare(text: string): Share | null {
  const match = /^([1-9]\d{0,5})\/([1-9]\d{0,5})$/.exec(text.trim());
  if (match === null) return null;
  const [number, count] = [Number(match[1]), Number(match[2])];
  return number <= count ? { index: number - 1, count } : null;
}
