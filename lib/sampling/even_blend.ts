/**
 * The order of `blend_order.ts` for files that hold equal numbers of samples
 * and have no weights: none is ever further behind than the others, so they
 * take turns, and every position is known without those before it.
 */
import { combine32 } from "../random/seeds.ts";
import { BLEND_DOMAIN } from "./blend_order.ts";
import { Permutation } from "./permutation.ts";

/** What it is made from: plain data. */
export interface EvenBlendSettings {
  readonly fileCount: number;
  readonly samplesPerFile: number;
  /** Seed of the orders inside files; null visits samples by index. */
  readonly sampleSeed: number | null;
  /** False: every epoch has the order of epoch 1. */
  readonly changesWithEpoch: boolean;
}

/** The order of one epoch; `begin` turns it to the next. */
export class EvenBlendOrder {
  readonly #settings: EvenBlendSettings;
  readonly #samples: Permutation;
  #epochSeed = 0;
  #samplesFile = -1;

  constructor(settings: EvenBlendSettings) {
    this.#settings = settings;
    this.#samples = new Permutation(Math.max(1, settings.samplesPerFile), 0);
    this.begin(1);
  }

  /** Becomes the order of an epoch, counted from 1. */
  begin(epoch: number): void {
    const { changesWithEpoch, sampleSeed } = this.#settings;
    const turn = changesWithEpoch ? epoch : 1;
    this.#epochSeed = combine32(combine32(BLEND_DOMAIN, sampleSeed ?? 0), turn);
    this.#samplesFile = -1;
  }

  /** Index of the file that holds the sample at a position. */
  fileAt(position: number): number {
    return position % this.#settings.fileCount;
  }

  /**
   * Index inside its file of the sample at a position.
   *
   * @param file What {@linkcode fileAt} says of the same position.
   */
  sampleAt(position: number, file: number): number {
    const { fileCount, samplesPerFile, sampleSeed } = this.#settings;
    const index = Math.floor(position / fileCount);
    if (index >= samplesPerFile) {
      throw new RangeError(
        `Cannot take position ${position} of a blend as its files have fewer ` +
          "samples",
      );
    }
    if (sampleSeed === null) return index;
    if (file !== this.#samplesFile) {
      // The first pass of each file, the only one there is.
      this.#samples.reseed(combine32(combine32(this.#epochSeed, file), 0));
      this.#samplesFile = file;
    }
    return this.#samples.at(index);
  }
}
