/**
 * How a dataset's data gets smaller in storage that deduplicates and
 * compresses, for `dataset.dedupe_ratio` and `dataset.compress_ratio`.
 *
 * Deduplication finds equal blocks of 4 KiB at multiples of 4 KiB. Parts of a
 * stream that are equal become such blocks only if they stand in files at
 * the same place within a block, so it depends on the format what to repeat:
 *
 * - "units": inside a file, units of 256 KiB, where the stream stands in the
 *   file in one piece. At its seams a block per run differs: the ratio is
 *   1.6 % lower at worst.
 * - "files": whole files, where headers or filter bytes stand between parts
 *   of the stream, or where files are short. It takes as many files as the
 *   ratio.
 */

/** The two ratios and what is repeated. */
export interface Reduction {
  /** Logical bytes per byte left after deduplication, >= 1. */
  readonly dedupeRatio: number;
  /** Logical bytes per byte left after compression, >= 1. */
  readonly compressRatio: number;
  readonly repeats: "units" | "files";
}

/** What decides what is repeated. */
export interface ReductionFacts {
  readonly dedupeRatio: number;
  readonly compressRatio: number;
  /** Bytes of stream in a file. */
  readonly payloadBytes: number;
  /** True if a file's bytes are not its stream in one piece. */
  readonly isInterleaved: boolean;
}

/** What is repeated inside a file. */
export const UNIT_BYTES = 262_144;

/** A ratio is met within 5 % from this many unique units on. */
const LEAST_UNIQUE_UNITS = 20;

/** Chooses what is repeated; pure, so all hosts choose alike. */
export function planReduction(facts: ReductionFacts): Reduction {
  const { dedupeRatio, compressRatio, payloadBytes, isInterleaved } = facts;
  const uniqueUnits = payloadBytes / UNIT_BYTES / dedupeRatio;
  const isLong = uniqueUnits >= LEAST_UNIQUE_UNITS;
  return {
    dedupeRatio,
    compressRatio,
    repeats: isInterleaved || !isLong ? "files" : "units",
  };
}

/** The files of a dataset. */
export interface ReducedFiles {
  /** Training and evaluation files together. */
  readonly fileCount: number;
  /** Whether all have the same dimensions. */
  readonly isUniform: boolean;
}

/**
 * Says what keeps a dataset from having the requested ratio.
 *
 * @returns One sentence per problem.
 */
export function reductionProblems(
  reduction: Reduction,
  { fileCount, isUniform }: ReducedFiles,
): string[] {
  const { dedupeRatio, repeats } = reduction;
  if (dedupeRatio === 1 || repeats === "units") return [];
  const setting = `Cannot use dataset.dedupe_ratio = ${dedupeRatio}`;
  const reason = "files of this format or size are repeated as a whole";
  const problems: string[] = [];
  if (fileCount < dedupeRatio) {
    problems.push(
      `${setting} with ${fileCount} files: ${reason}, so there must be >= ` +
        `${Math.ceil(dedupeRatio)}`,
    );
  }
  if (!isUniform) {
    problems.push(
      `${setting} with dataset.record_length_bytes_stdev > 0: ${reason}, so ` +
        "all must have one size",
    );
  }
  return problems;
}
