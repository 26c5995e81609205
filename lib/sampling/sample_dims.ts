/**
 * Dimensions of a file's samples.
 *
 * Without `record_dims` a sample is height × width, each drawn from a normal
 * distribution whose square has the wanted mean length: mean
 * floor(sqrt(elements)), standard deviation stdev / 2 / sqrt(elements); drawn
 * values are truncated toward zero, at least 1. A length is the product of two
 * independent draws, so its own deviation is about 1/sqrt(2) of the stdev asked
 * for: files as large and as unequal as DLIO's. This is the rule of DLIO's
 * `utils/config.py` and `data_generator/data_generator.py` with two
 * corrections: the draw is a function of the dataset's seed and the file's
 * index, not of the rank that writes it; and lengths given in bytes are bytes
 * whatever the element type.
 */
import { randomNormal } from "d3-random";
import { combine32 } from "../random/seeds.ts";

/** What dimensions are drawn from: plain data. */
export interface SampleDimsSettings {
  /** Dataset seed. */
  readonly seed: number;
  /** Exact dimensions in elements; empty to draw height × width. */
  readonly recordDims: readonly number[];
  /** Mean length of a sample in bytes. */
  readonly recordBytes: number;
  /** Standard deviation of that length in bytes. */
  readonly recordBytesStdev: number;
  readonly elementBytes: number;
}

/** Draws the dimensions of any file. */
export class SampleDims {
  readonly #settings: SampleDimsSettings;
  readonly #meanDim: number;
  readonly #stdevDim: number;
  #state = 0;
  #counter = 0;

  constructor(settings: SampleDimsSettings) {
    this.#settings = settings;
    const elements = settings.recordBytes / settings.elementBytes;
    const stdevElements = settings.recordBytesStdev / settings.elementBytes;
    this.#meanDim = Math.floor(Math.sqrt(elements));
    this.#stdevDim = stdevElements / 2 / Math.sqrt(elements);
  }

  /** Whether all files have the same dimensions. */
  get isConstant(): boolean {
    return this.#settings.recordDims.length > 0 || this.#stdevDim === 0;
  }

  /**
   * Dimensions of each sample of a file, in elements.
   *
   * @param fileIndex Over training files, then evaluation files.
   */
  of(fileIndex: number): readonly number[] {
    if (this.#settings.recordDims.length > 0) return this.#settings.recordDims;
    if (this.#stdevDim === 0) {
      const dim = Math.max(1, this.#meanDim);
      return [dim, dim];
    }
    this.#state = combine32(combine32(0, this.#settings.seed), fileIndex);
    this.#counter = 0;
    // A new draw each time: d3 keeps the second half of a pair for its next
    // call, which would make a file depend on the one asked for before.
    const draw = randomNormal.source(this.#uniform)(
      this.#meanDim,
      this.#stdevDim,
    );
    return [truncatedDim(draw()), truncatedDim(draw())];
  }

  readonly #uniform = (): number =>
    combine32(this.#state, this.#counter++) / 0x1_0000_0000;
}

function truncatedDim(value: number): number {
  return Math.max(1, Math.trunc(value));
}
