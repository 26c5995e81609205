/**
 * The order in which an epoch goes through several files whose samples are
 * mixed, as training mixes corpora: at each position comes the file that is
 * furthest behind its share, and its next sample.
 *
 *    share of file f     weight(f) / all weights
 *    behind at i         share(f) × max(i, 1) - samples of f so far
 *
 * An epoch has as many samples as all files together. With weights of its
 * own, a file gives out its samples more than once or not all of them: pass n
 * has another order than pass n + 1. Without weights the shares are those of
 * the files' samples, and a file that has given all of them drops out.
 *
 * Files of equal numbers without weights take turns (`even_blend.ts`). For all
 * others the way to a reader's share is gone once, in time that grows with the
 * position of its begin times the number of files.
 *
 * Rule: `build_blending_indices` and `build_exhaustive_blending_indices` in
 * `core/datasets/helpers.cpp` of https://github.com/NVIDIA/Megatron-LM
 */
import { combine32 } from "../random/seeds.ts";
import { Permutation } from "./permutation.ts";

/** What a blend is made from: plain data. */
export interface BlendOrderSettings {
  /** Samples of each file. */
  readonly counts: ArrayLike<number>;
  /** One per file; empty: in proportion to the files' samples. */
  readonly weights: readonly number[];
  /** Seed of the orders inside files; null visits samples by index. */
  readonly sampleSeed: number | null;
  /** False: every epoch has the order of epoch 1. */
  readonly changesWithEpoch: boolean;
}

/** Positions between two states that are kept. */
const STRIDE = 65_536;
/** Keeps these orders apart from those of files read one after another. */
export const BLEND_DOMAIN = 2;

/**
 * The order of one epoch; `begin` turns it to the next. Positions that are
 * asked for in ascending order are found at once, others from the last state
 * that was kept before them.
 */
export class BlendOrder {
  readonly #settings: BlendOrderSettings;
  readonly #shares: Float64Array;
  readonly #isExhaustive: boolean;
  /** The order of each file's samples, made when it is first needed. */
  readonly #orders: (Permutation | undefined)[] = [];
  /** The pass that each of them is of; -1: of another epoch. */
  readonly #passes: Int32Array;
  /** Samples given so far, by file, and their sum. */
  #given: Float64Array;
  #position = 0;
  /** The file at the position before, and its sample's number. */
  #file = 0;
  #number = 0;
  readonly #kept: Float64Array[] = [];
  #epochSeed = 0;

  /**
   * @param firstPosition Where this reader's share begins: the way there is
   *   gone now and not in the first epoch.
   */
  constructor(settings: BlendOrderSettings, firstPosition = 0) {
    const { counts, weights } = settings;
    this.#settings = settings;
    this.#isExhaustive = weights.length === 0;
    const wanted = Float64Array.from(this.#isExhaustive ? counts : weights);
    const sum = wanted.reduce((total, weight) => total + weight, 0);
    this.#shares = wanted.map((weight) => weight / sum);
    this.#given = new Float64Array(counts.length);
    this.#passes = new Int32Array(counts.length);
    this.begin(1);
    if (firstPosition > 0) this.#turnTo(firstPosition - 1);
  }

  /** Becomes the order of an epoch, counted from 1. */
  begin(epoch: number): void {
    const { changesWithEpoch, sampleSeed } = this.#settings;
    const turn = changesWithEpoch ? epoch : 1;
    this.#epochSeed = combine32(combine32(BLEND_DOMAIN, sampleSeed ?? 0), turn);
    this.#passes.fill(-1);
  }

  /** Index of the file that holds the sample at a position. */
  fileAt(position: number): number {
    this.#turnTo(position);
    return this.#file;
  }

  /**
   * Index inside its file of the sample at a position.
   *
   * @param file What {@linkcode fileAt} says of the same position.
   */
  sampleAt(position: number, file: number): number {
    this.#turnTo(position);
    const { counts, sampleSeed } = this.#settings;
    const count = counts[file]!;
    const pass = Math.floor(this.#number / count);
    const index = this.#number - pass * count;
    if (sampleSeed === null) return index;
    const order = this.#orders[file] ??= new Permutation(count, 0);
    if (this.#passes[file] !== pass) {
      order.reseed(combine32(combine32(this.#epochSeed, file), pass));
      this.#passes[file] = pass;
    }
    return order.at(index);
  }

  #turnTo(position: number): void {
    if (this.#position === position + 1) return;
    if (this.#position > position) this.#turnBack(position);
    while (this.#position <= position) this.#step();
  }

  /** Goes back to the last state that was kept before a position. */
  #turnBack(position: number): void {
    const block = Math.floor(position / STRIDE);
    this.#position = block * STRIDE;
    this.#given.set(this.#kept[block]!);
  }

  #step(): void {
    const given = this.#given;
    const shares = this.#shares;
    const { counts } = this.#settings;
    if (this.#position % STRIDE === 0) {
      this.#kept[this.#position / STRIDE] ??= given.slice();
    }
    const scale = Math.max(this.#position, 1);
    let behindMost = -1;
    let most = -Infinity;
    for (let file = 0; file < shares.length; file++) {
      if (this.#isExhaustive && given[file] === counts[file]) continue;
      const behind = shares[file]! * scale - given[file]!;
      if (behind > most) {
        most = behind;
        behindMost = file;
      }
    }
    if (behindMost < 0) {
      throw new RangeError(
        `Cannot take position ${this.#position} of a blend as its files ` +
          "have fewer samples",
      );
    }
    this.#file = behindMost;
    this.#number = given[behindMost]!;
    given[behindMost] = this.#number + 1;
    this.#position++;
  }
}
