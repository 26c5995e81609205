/**
 * What every format asks of a {@linkcode FileSpec} before it asks for more.
 */
import type { FileSpec } from "./format.ts";
import { sampleBytes } from "./format.ts";

/** The part of a format that the checks need. */
export interface FormatFacts {
  readonly name: string;
  readonly codecs: readonly string[];
}

/**
 * Checks dimensions, number of samples, size and codec.
 *
 * @returns One sentence per problem.
 */
export function specProblems(spec: FileSpec, format: FormatFacts): string[] {
  const problems: string[] = [];
  const { samplesPerFile, compression } = spec.dataset;
  const dims = spec.sampleDims;
  if (dims.length === 0 || !dims.every(isCount)) {
    problems.push(
      `Cannot use sample dimensions [${dims.join(", ")}]: ` +
        "there must be one or more, all integers >= 1",
    );
  }
  if (!isCount(samplesPerFile)) {
    problems.push(
      `Cannot use dataset.num_samples_per_file = ${samplesPerFile}: ` +
        "it must be an integer >= 1",
    );
  }
  const totalBytes = sampleBytes(spec) * samplesPerFile;
  if (problems.length === 0 && totalBytes > Number.MAX_SAFE_INTEGER) {
    problems.push(
      `Cannot make a ${format.name} file of ${totalBytes} bytes: ` +
        "offsets must stay below 2^53",
    );
  }
  if (compression !== "none" && !format.codecs.includes(compression)) {
    const allowed = ["none", ...format.codecs].join(", ");
    problems.push(
      `Cannot use dataset.compression = ${compression} with dataset.format ` +
        `= ${format.name}: it must be one of ${allowed}`,
    );
  }
  return problems;
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 1;
}
