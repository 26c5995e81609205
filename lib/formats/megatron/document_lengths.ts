/**
 * Lengths of the documents in a Megatron file that Stoker makes.
 *
 * Texts have lengths whose logarithms are nearly normal: many short ones, a
 * few very long ones. A length is drawn from (seed, file, document) alone, so
 * none need be kept; the last document ends with the file.
 *
 *    sigma² = ln(1 + stdev² / mean²),  mu = ln(mean) - sigma² / 2
 *    length = exp(mu + sigma z), rounded, at least 1; z by Box and Muller
 */
import { combine32 } from "../../random/seeds.ts";
import { type FileSpec, sampleElementCount } from "../format.ts";

/** Lengths that are made at once. */
export const BLOCK_DOCUMENTS = 4096;
/** Documents whose lengths are kept, 4 MiB; those of longer files are redrawn. */
const MAX_KEPT_DOCUMENTS = 2 ** 20;
/** Sizes in an index file are int32. */
const MAX_LENGTH = 2 ** 31 - 1;
const TWO_32 = 2 ** 32;
/** Keeps the draws of lengths apart from others of the same seed. */
const DOMAIN = 3;

/**
 * Tokens of a file: its samples side by side, and one more, since the labels
 * of a sample are its tokens moved by one.
 */
export function tokenCount(spec: FileSpec): number {
  return spec.dataset.samplesPerFile * sampleElementCount(spec) + 1;
}

/**
 * The documents of a file. Their number stands before their lengths and these
 * before their places, so they are gone through three times; drawing is the
 * slow part of it.
 */
export class DocumentLengths {
  /** Documents of the file. */
  readonly count: number;
  readonly #spec: FileSpec;
  /** All lengths; null where they are too many to be kept. */
  readonly #kept: readonly Int32Array[] | null;

  constructor(spec: FileSpec) {
    this.#spec = spec;
    const kept: Int32Array[] = [];
    let count = 0;
    for (const lengths of drawLengths(spec)) {
      count += lengths.length;
      if (count <= MAX_KEPT_DOCUMENTS) kept.push(lengths.slice());
    }
    this.count = count;
    this.#kept = count <= MAX_KEPT_DOCUMENTS ? kept : null;
  }

  /**
   * Lengths of all documents in tokens, in order.
   *
   * @returns Blocks, each valid until the next one is asked for.
   */
  blocks(): Iterable<Int32Array> {
    return this.#kept ?? drawLengths(this.#spec);
  }
}

function* drawLengths(spec: FileSpec): Generator<Int32Array, void> {
  const { documentLength: mean, documentLengthStdev: stdev } =
    spec.dataset.megatron;
  const sigmaSquared = Math.log(1 + (stdev / mean) ** 2);
  const law = {
    seed: combine32(combine32(DOMAIN, spec.dataset.seed), spec.fileIndex),
    mean,
    sigma: Math.sqrt(sigmaSquared),
    mu: Math.log(mean) - sigmaSquared / 2,
  };
  const block = new Int32Array(BLOCK_DOCUMENTS);
  let leftTokens = tokenCount(spec);
  for (let first = 0; leftTokens > 0; first += BLOCK_DOCUMENTS) {
    const lengths = drawBlock(block, first, leftTokens, law);
    leftTokens -= sumOf(lengths);
    yield lengths;
  }
}

/** What lengths are drawn by. */
interface LengthLaw {
  readonly seed: number;
  readonly mean: number;
  /** 0: all lengths are the mean. */
  readonly sigma: number;
  readonly mu: number;
}

/** Draws a block; not in a generator, since V8 compiles none that runs once. */
function drawBlock(
  block: Int32Array,
  first: number,
  tokenCount: number,
  { seed, mean, sigma, mu }: LengthLaw,
): Int32Array {
  let leftTokens = tokenCount;
  let count = 0;
  while (count < block.length && leftTokens > 0) {
    const drawn = sigma === 0
      ? mean
      : lognormal(seed, first + count, mu, sigma);
    const length = Math.min(drawn, leftTokens);
    block[count++] = length;
    leftTokens -= length;
  }
  return block.subarray(0, count);
}

function sumOf(lengths: Int32Array): number {
  let sum = 0;
  for (let i = 0; i < lengths.length; i++) sum += lengths[i]!;
  return sum;
}

function lognormal(
  seed: number,
  document: number,
  mu: number,
  sigma: number,
): number {
  const radius = (combine32(seed, 2 * document) + 0.5) / TWO_32;
  const angle = combine32(seed, 2 * document + 1) / TWO_32;
  const z = Math.sqrt(-2 * Math.log(radius)) * Math.cos(2 * Math.PI * angle);
  const length = Math.round(Math.exp(mu + sigma * z));
  return Math.min(MAX_LENGTH, Math.max(1, length));
}
