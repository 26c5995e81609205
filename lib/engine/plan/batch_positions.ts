/**
 * Which samples of an accelerator's share a batch has.
 *
 * - In order (PyTorch's map-style datasets): batch b has the samples from
 *   b × batchSize on, whoever reads it, so batches do not depend on the
 *   number of readers. For formats that reach any sample or file at once.
 * - By reader (PyTorch's iterable datasets): each reader streams one
 *   contiguous part of the share, so a multi-batch file is opened by one
 *   reader and not by all of them. For formats that are read as streams; the
 *   order of files is the same, which samples meet in a batch then depends on
 *   the number of readers.
 *
 * - Dealt (`sampling/shard_deal.ts`): whole files are a reader's own, so
 *   positions are those of its own stream.
 *
 * All visit every sample of the steps exactly once.
 */
import {
  batchesOfReader,
  equalTurns,
  ordinalOf,
  readerOf,
  type ReaderTurns,
} from "../../sampling/batch_turns.ts";
import { turnsOfDeal } from "../../sampling/shard_deal.ts";
import type { SplitPlan } from "./run_plan.ts";

/** First sample of batch `batch`, relative to the accelerator's share. */
export type FirstSampleOf = (batch: number) => number;

/** The in-order rule. */
export function inOrder(batchSize: number): FirstSampleOf {
  return (batch) => batch * batchSize;
}

/**
 * The by-reader rule.
 *
 * @param batchSize Samples per batch.
 * @param stepCount Batches of the epoch.
 * @param readers Readers of the accelerator, >= 1.
 */
export function byReader(
  batchSize: number,
  stepCount: number,
  readers: number,
): FirstSampleOf {
  const turns = equalTurns(readers);
  const firstBatches = new Float64Array(readers);
  let batches = 0;
  for (let reader = 0; reader < readers; reader++) {
    firstBatches[reader] = batches;
    batches += batchesOfReader(turns, stepCount, reader);
  }
  return (batch) => {
    const firstBatch = firstBatches[readerOf(turns, batch)] as number;
    return (firstBatch + ordinalOf(turns, batch)) * batchSize;
  };
}

/** The rule of dealt files: first samples in the stream of their reader. */
export function dealt(batchSize: number, turns: ReaderTurns): FirstSampleOf {
  return (batch) => ordinalOf(turns, batch) * batchSize;
}

/**
 * The turns in which the readers of an accelerator make a split's batches.
 *
 * @param readers Readers of the accelerator, >= 1.
 */
export function turnsOfSplit(
  { deal }: Pick<SplitPlan, "deal">,
  readers: number,
): ReaderTurns {
  return deal === null ? equalTurns(readers) : turnsOfDeal(deal);
}
