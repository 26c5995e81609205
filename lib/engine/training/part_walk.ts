/**
 * Chooses by which rules the batches of a reader become parts of files.
 */
import type { Reading } from "../../formats/format.ts";
import type { SplitPlan } from "../plan/run_plan.ts";
import { type BatchPart, BatchParts } from "./batch_parts.ts";
import type { ReaderPlace } from "./reader_place.ts";
import { ShardParts } from "./shard_parts.ts";

/** Walks through the parts of one batch after another: `BatchParts`. */
export interface PartWalk extends BatchPart {
  /** Turns to the order of an epoch, counted from 1. */
  begin(epoch: number): void;
  /** Turns to a batch of `count` samples from `first` on. */
  start(first: number, count: number): void;
  /** Turns to the next part. @returns False if the batch has no more. */
  readonly next: () => boolean;
}

/**
 * The parts of a reader's batches.
 *
 * @param split The files, their order and how they are shared.
 * @param reading How the format's files are read.
 * @param place Which reader it is.
 */
export function partsOf(
  split: SplitPlan,
  reading: Reading,
  place: ReaderPlace,
): PartWalk {
  const { deal } = split;
  return deal === null
    ? new BatchParts(split, reading, place.rank)
    : new ShardParts({ ...split, deal }, place);
}
