/**
 * The rules of reading shards: each is read from front to back by the reader
 * that it was dealt to, as far ahead as the shuffle buffer asks.
 *
 *    reader's stream   |    file 4    |    file 0    |    file 7    |
 *    batches              b0   b1   b2   …
 *    parts of b1                   |··|··············|              ahead
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
  readonly #samplesPerShard: number;
  readonly #totalSamples: number;
  /** Samples of the reader's stream that are read, and that are to be. */
  #position = 0;
  #end = 0;

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
    this.#place = place;
    this.#samplesPerShard = deal.samplesPerShard;
    this.#totalSamples = shardsOfReader(deal, place.reader) *
      deal.samplesPerShard;
  }

  /** Turns to the order of an epoch, counted from 1. */
  begin(epoch: number): void {
    this.#order.begin(epoch);
    this.#position = this.#end = 0;
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
    const position = this.#position;
    if (position >= this.#end) return false;
    const samplesPerShard = this.#samplesPerShard;
    const shard = Math.floor(position / samplesPerShard);
    const { rank, reader } = this.#place;
    const first = position - shard * samplesPerShard;
    this.file = this.#order.fileAt(
      placeOfShard(this.#split.deal, rank, reader, shard),
    );
    this.first = first;
    this.count = Math.min(samplesPerShard - first, this.#end - position);
    this.continues = first > 0;
    this.#position = position + this.count;
    return true;
  };
}
