/**
 * The rules that every format of whole arrays shares.
 */
import type { FileSpec, Format } from "./format.ts";
import { sampleBytes } from "./format.ts";

/**
 * Says what keeps a file from being made that no format could make, or whose
 * codec this format lacks.
 *
 * @returns One sentence per problem.
 */
export function arrayProblems(
  format: Pick<Format, "name" | "codecs">,
  spec: FileSpec,
): string[] {
  const { samplesPerFile, compression } = spec.dataset;
  const problems: string[] = [];
  const dims = `[${spec.sampleDims.join(", ")}]`;
  if (spec.sampleDims.length === 0 || !spec.sampleDims.every(isCount)) {
    problems.push(
      `Cannot use sample dims ${dims} in format ${format.name}: there must ` +
        "be at least one and each must be an integer >= 1",
    );
  }
  if (!isCount(samplesPerFile)) {
    problems.push(
      `Cannot use num_samples_per_file = ${samplesPerFile} in format ` +
        `${format.name}: it must be an integer >= 1`,
    );
  }
  if (compression !== "none" && !format.codecs.includes(compression)) {
    problems.push(
      `Cannot use compression "${compression}" in format ${format.name}: ` +
        `it must be one of ${["none", ...format.codecs].join(", ")}`,
    );
  }
  if (
    problems.length === 0 &&
    !Number.isSafeInteger(sampleBytes(spec) * samplesPerFile)
  ) {
    problems.push(
      `Cannot make a file of ${samplesPerFile} samples of dims ${dims} in ` +
        `format ${format.name}: it must be smaller than 2^53 bytes`,
    );
  }
  return problems;
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 1;
}
