/**
 * The rules of reading: which files the samples of a batch are in, and which
 * samples of each file are read together. The blocking and the waiting reader
 * both follow them.
 *
 *    accelerator's share   |  file 4  |  file 0  |  file 7  |
 *    batch                       |··············|
 *    parts                       |4···|0········|
 *
 * For the format's way of reading:
 *
 * - whole_file: a file is read once per epoch by each accelerator that has
 *   samples of it, with the batch that holds the first of them. Batches are
 *   taken in order, so the file is there when the later ones need it.
 * - stream: neighboring samples are read together, front to back. A part
 *   continues where the same reader has read the samples just before it, so
 *   that what spans two batches is read with the first.
 * - samples: each sample is read by itself, in any order.
 * - nothing: there are no parts.
 */
import type { Reading } from "../../formats/format.ts";
import { BlendOrder } from "../../sampling/blend_order.ts";
import { EvenBlendOrder } from "../../sampling/even_blend.ts";
import {
  EpochOrder,
  type EpochOrderSettings,
} from "../../sampling/epoch_order.ts";
import type { SplitPlan } from "../plan/run_plan.ts";

/** The samples of one file that are read together. */
export interface BatchPart {
  /** Index of the file in its split. */
  readonly file: number;
  /** Index of the first sample inside the file. */
  readonly first: number;
  /** Samples, >= 1; of a file that is read whole: those in this batch. */
  readonly count: number;
  /** Whether the same reader has read the samples just before these. */
  readonly continues: boolean;
}

/**
 * What the order of a split is made from.
 *
 * @param sampleSeed Seed of the orders inside files; null: by index.
 */
export function orderSettings(
  split: SplitPlan,
  sampleSeed: number | null,
): EpochOrderSettings {
  const { fileCount, samplesPerFile, table, fileSeed } = split;
  return {
    fileCount,
    samplesPerFile,
    ...(table === undefined ? {} : { table }),
    fileSeed,
    sampleSeed,
    changesWithEpoch: split.orderChangesWithEpoch,
  };
}

/**
 * Walks through the parts of one batch after another. It is the current part
 * itself, so that nothing is allocated for a batch or a file:
 *
 *    parts.start(first, count);
 *    while (parts.next()) read(parts.file, parts.first, parts.count);
 */
export class BatchParts implements BatchPart {
  file = 0;
  first = 0;
  count = 0;
  continues = false;
  /** Turns to the next part. @returns False if the batch has no more. */
  readonly next: () => boolean;
  readonly #order: EpochOrder;
  /** The same, or that of files whose samples are mixed. */
  readonly #sampleOrder: EpochOrder | BlendOrder | EvenBlendOrder;
  readonly #firstPosition: number;
  /** Positions of the order: the next sample, and the end of the batch. */
  #position = 0;
  #end = 0;
  /** Where the last part of a stream ended. */
  #streamedTo = -1;

  /**
   * @param split The files and their order.
   * @param reading How the format's files are read.
   * @param rank The accelerator whose share is read, by its global rank.
   */
  constructor(split: SplitPlan, reading: Reading, rank: number) {
    this.#order = new EpochOrder(
      orderSettings(split, reading === "samples" ? split.sampleSeed : null),
    );
    this.#firstPosition = split.isBroadcast
      ? 0
      : rank * split.shard.samplesPerAccelerator;
    this.#sampleOrder = split.blend === undefined
      ? this.#order
      : blendOrder(split, split.blend, this.#firstPosition);
    this.next = this.#ruleOf(reading);
  }

  /** Turns to the order of an epoch, counted from 1. */
  begin(epoch: number): void {
    this.#order.begin(epoch);
    if (this.#sampleOrder !== this.#order) this.#sampleOrder.begin(epoch);
    this.#streamedTo = -1;
    this.#end = this.#position;
  }

  /**
   * Turns to a batch; {@linkcode BatchParts.next} then gives its first part.
   *
   * @param first Its first sample in the accelerator's share.
   * @param count Its samples.
   */
  start(first: number, count: number): void {
    this.#position = this.#firstPosition + first;
    this.#end = this.#position + count;
  }

  #ruleOf(reading: Reading): () => boolean {
    switch (reading) {
      case "nothing":
        return () => false;
      case "whole_file":
        return () => this.#nextFile();
      case "stream":
        return () => this.#nextStretch();
      case "samples":
        return () => this.#nextSample();
      case "shard":
        throw new Error("shards are dealt whole, see shard_parts.ts");
    }
  }

  #nextFile(): boolean {
    while (this.#position < this.#end) {
      const position = this.#position;
      this.#takeStretch();
      const isFirstOfFile = this.first === 0 ||
        position === this.#firstPosition;
      if (!isFirstOfFile) continue;
      this.file = this.#order.fileAt(position);
      return true;
    }
    return false;
  }

  #nextStretch(): boolean {
    if (this.#position >= this.#end) return false;
    const position = this.#position;
    this.#takeStretch();
    this.file = this.#order.fileAt(position);
    this.continues = position === this.#streamedTo && this.first > 0;
    this.#streamedTo = this.#position;
    return true;
  }

  #nextSample(): boolean {
    if (this.#position >= this.#end) return false;
    const position = this.#position++;
    this.file = this.#sampleOrder.fileAt(position);
    this.first = this.#sampleOrder.sampleAt(position, this.file);
    this.count = 1;
    return true;
  }

  /** Takes what is left of the batch in the file at hand. */
  #takeStretch(): void {
    const first = this.#order.offsetAt(this.#position);
    const count = Math.min(
      this.#order.samplesAt(this.#position) - first,
      this.#end - this.#position,
    );
    this.first = first;
    this.count = count;
    this.#position += count;
  }
}

function blendOrder(
  split: SplitPlan,
  weights: readonly number[],
  firstPosition: number,
): BlendOrder | EvenBlendOrder {
  const { fileCount, samplesPerFile, table, sampleSeed } = split;
  const changesWithEpoch = split.orderChangesWithEpoch;
  if (table === undefined && weights.length === 0) {
    return new EvenBlendOrder({
      fileCount,
      samplesPerFile,
      sampleSeed,
      changesWithEpoch,
    });
  }
  return new BlendOrder({
    counts: table?.counts ?? new Float64Array(fileCount).fill(samplesPerFile),
    weights,
    sampleSeed,
    changesWithEpoch,
  }, firstPosition);
}
