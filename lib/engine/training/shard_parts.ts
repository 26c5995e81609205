/**
 * The rules of reading shards: each is read from front to back by the reader
 * that it was dealt to, as far ahead as the shuffle buffer asks.
 *
 *    reader's stream   |    file 4    |    file 0    |    file 7    |
 *    batches              b0   b1   b2   ...
 *    parts of b1                   |··|··············|              ahead
 *
 * Where shards hold unequal numbers of samples, readers make as many batches
 * as shards of the mean number would give. One whose shards hold fewer begins
 * with its first shard again; of one whose shards hold more, the rest is left
 * out. So webdataset's `with_epoch` does it.
 */
import { EpochOrder } from "../../sampling/epoch_order.ts";
import { placeOfShard, shardsOfReader } from "../../sampling/shard_deal.ts";
import { samplesReadFor } from "../../sampling/shuffle_buffer.ts";
import type { DealtSplit } from "../plan/run_plan.ts";
import type { BatchPart } from "./batch_parts.ts";
import type { ReaderPlace } from "./reader_place.ts";

/** Walks through what a reader's batches need of its shards. */
export class ShardParts implements BatchPart {
  file = 0;
  first = 0;
  count = 0;
  continues = false;
  readonly #order: EpochOrder;
  readonly #split: DealtSplit;
  readonly #place: ReaderPlace;
  readonly #shardCount: number;
  readonly #totalSamples: number;
  /** Samples of the reader's stream that are read, and that are to be. */
  #position = 0;
  #end = 0;
  /** The shard at hand among the reader's, and what is read of it. */
  #shard = 0;
  #inShard = 0;

  /**
   * @param split The shards, their order and how they are dealt.
   * @param place Who reads.
   */
  constructor(split: DealtSplit, place: ReaderPlace) {
    const { deal } = split;
    this.#order = new EpochOrder({
      fileCount: split.fileCount,
      samplesPerFile: 1,
      fileSeed: split.fileSeed,
      sampleSeed: null,
      changesWithEpoch: split.orderChangesWithEpoch,
    });
    this.#split = split;
    // Each gets all shards, as the first one of one would.
    this.#place = split.isBroadcast ? { ...place, rank: 0 } : place;
    this.#shardCount = shardsOfReader(deal, place.reader);
    this.#totalSamples = Math.floor(this.#shardCount * deal.samplesPerShard);
  }

  /** Turns to the order of an epoch, counted from 1. */
  begin(epoch: number): void {
    this.#order.begin(epoch);
    this.#position = this.#end = 0;
    this.#shard = this.#inShard = 0;
  }

  /**
   * Turns to a batch; its parts include what the buffer reads ahead.
   *
   * @param first Its first sample in the reader's stream.
   * @param count Its samples.
   */
  start(first: number, count: number): void {
    this.#end = samplesReadFor(
      first + count,
      this.#totalSamples,
      this.#split.deal.bufferSamples,
    );
  }

  /** Turns to the next part. @returns False if the batch has no more. */
  readonly next = (): boolean => {
    if (this.#position >= this.#end) return false;
    // A shard may be empty; all of a reader's may.
    for (let passed = 0; passed <= this.#shardCount; passed++) {
      const file = this.#fileOf(this.#shard);
      const left = this.#samplesOf(file) - this.#inShard;
      if (left > 0) {
        this.#take(file, Math.min(left, this.#end - this.#position));
        return true;
      }
      this.#shard = (this.#shard + 1) % this.#shardCount;
      this.#inShard = 0;
    }
    return false;
  };

  #take(file: number, count: number): void {
    this.file = file;
    this.first = this.#inShard;
    this.count = count;
    this.continues = this.#inShard > 0;
    this.#inShard += count;
    this.#position += count;
  }

  #fileOf(shard: number): number {
    const { rank, reader } = this.#place;
    const { deal } = this.#split;
    return this.#order.fileAt(placeOfShard(deal, rank, reader, shard));
  }

  #samplesOf(file: number): number {
    const { table, deal } = this.#split;
    return table === undefined
      ? deal.samplesPerShard
      : table.counts[file] as number;
  }
}
