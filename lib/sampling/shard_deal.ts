/**
 * Shards dealt whole: to accelerators, and by each to its readers, in the
 * order of the epoch.
 *
 *    place in the order    0  1  2  3  4  5  6  7  8
 *    accelerator (of 2)    0  1  0  1  0  1  0  1  -
 *    its reader (of 2)     0  0  1  1  0  0  1  1
 *
 * Every accelerator gets the same number of shards, so that all run the same
 * number of steps; the last ones of the order stay out. A reader makes
 * batches of its own shards alone, as many whole ones as fit. Readers of an
 * accelerator may have one shard more than others.
 *
 * Source: `split_by_node` and `split_by_worker` of webdataset,
 * https://github.com/webdataset/webdataset
 */
import type { ReaderTurns } from "./batch_turns.ts";
import { type ShardPlan, withRemainders } from "./shard.ts";

/** How the shards of a split are dealt: plain data. */
export interface ShardDeal {
  /** On all hosts. */
  readonly accelerators: number;
  /** Of each accelerator, >= 1. */
  readonly readers: number;
  readonly shardsPerAccelerator: number;
  /** Where shards hold unequal numbers: their mean. */
  readonly samplesPerShard: number;
  readonly batchSize: number;
}

/**
 * Deals shards.
 *
 * @param shardCount Shards of the split.
 * @param to Who gets them, and what a shard and a batch hold.
 */
export function dealShards(
  shardCount: number,
  to: Omit<ShardDeal, "shardsPerAccelerator">,
): ShardDeal {
  return {
    ...to,
    shardsPerAccelerator: Math.floor(shardCount / to.accelerators),
  };
}

/** Shards of reader `reader` of every accelerator. */
export function shardsOfReader(deal: ShardDeal, reader: number): number {
  const { shardsPerAccelerator, readers } = deal;
  return Math.max(0, Math.ceil((shardsPerAccelerator - reader) / readers));
}

/**
 * Place in the epoch's order of a reader's shard.
 *
 * @param rank The accelerator, by its global rank.
 * @param reader Its reader, from 0.
 * @param shard Number of the shard among the reader's, from 0.
 */
export function placeOfShard(
  { accelerators, readers }: ShardDeal,
  rank: number,
  reader: number,
  shard: number,
): number {
  return (shard * readers + reader) * accelerators + rank;
}

/** The turns in which the readers make batches. */
export function turnsOfDeal(deal: ShardDeal): ReaderTurns {
  const { shardsPerAccelerator, readers } = deal;
  const long = shardsPerAccelerator % readers;
  return {
    readers,
    rounds: batchesOfShards(deal, Math.floor(shardsPerAccelerator / readers)),
    longReaders: long === 0 ? readers : long,
  };
}

/** The division of an epoch that the deal makes. */
export function shardPlanOf(deal: ShardDeal, shardCount: number): ShardPlan {
  const { accelerators, samplesPerShard, batchSize } = deal;
  const sampleCount = Math.round(shardCount * samplesPerShard);
  const samplesPerAccelerator = Math.floor(
    deal.shardsPerAccelerator * samplesPerShard,
  );
  let stepCount = 0;
  for (let reader = 0; reader < deal.readers; reader++) {
    stepCount += batchesOfShards(deal, shardsOfReader(deal, reader));
  }
  return withRemainders({
    sampleCount,
    accelerators,
    batchSize,
    samplesPerAccelerator,
    stepCount,
  });
}

/**
 * Says what a deal leaves out or leaves idle, and why.
 *
 * @param deal The deal.
 * @param shardCount Shards of the split.
 * @param phase "training" or "evaluation".
 * @returns One sentence each.
 */
export function describeDeal(
  deal: ShardDeal,
  shardCount: number,
  phase: string,
): string[] {
  const { accelerators, readers, shardsPerAccelerator } = deal;
  const texts: string[] = [];
  const leftShards = shardCount - shardsPerAccelerator * accelerators;
  if (leftShards > 0) {
    texts.push(
      `Each ${phase} epoch leaves out ${leftShards} of ${shardCount} shards: ` +
        `they do not divide by ${accelerators} accelerators`,
    );
  }
  const { partialBatchSamples, samplesPerAccelerator } = shardPlanOf(
    deal,
    shardCount,
  );
  if (partialBatchSamples > 0) {
    texts.push(
      `Each ${phase} epoch leaves out ${partialBatchSamples} of each ` +
        `accelerator's ${samplesPerAccelerator} samples: what is left of a ` +
        `reader's shards does not fill a batch of ${deal.batchSize}`,
    );
  }
  if (shardsPerAccelerator > 0 && shardsPerAccelerator < readers) {
    texts.push(
      `In ${phase} ${readers - shardsPerAccelerator} of ${readers} readers ` +
        `have nothing to read: each accelerator gets ` +
        `${shardsPerAccelerator} shards (dataset.num_files_train, ` +
        "reader.read_threads)",
    );
  }
  return texts;
}

function batchesOfShards(
  { samplesPerShard, batchSize }: ShardDeal,
  shardCount: number,
): number {
  // The mean of unequal numbers may lack a last bit.
  const samples = Math.floor(shardCount * samplesPerShard + 1e-6);
  return Math.floor(samples / batchSize);
}
