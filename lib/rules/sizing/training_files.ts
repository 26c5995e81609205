/**
 * How many files a training set must have so that a run is valid:
 *
 *    samples  A = 500 steps x batch x accelerators of all hosts
 *             B = 5 x memory of all hosts / bytes of a sample
 *    files    ceil(max(A, B) / samples per file)
 *
 * Source: rule 3.1.2, https://github.com/mlcommons/storage/blob/main/Rules.md
 */

/** Steps of an epoch, at least. */
export const MIN_STEPS_PER_EPOCH = 500;
/** The dataset is this many times the memory of all hosts. */
export const HOST_MEMORY_FACTOR = 5;

/** Who reads which samples. */
export interface TrainingSizeQuestion {
  /** On all hosts. */
  readonly accelerators: number;
  /** Samples per step and accelerator. */
  readonly batchSize: number;
  readonly samplesPerFile: number;
  /** Mean length of a sample, in bytes. */
  readonly recordBytes: number;
  /** Of all hosts together. */
  readonly memoryBytes: number;
}

/** A training set that is large enough. */
export interface TrainingFiles {
  readonly fileCount: number;
  readonly stepsFileCount: number;
  readonly memoryFileCount: number;
  /** The part of the rule that asks for more. */
  readonly decidedBy: "steps" | "memory";
}

/**
 * Files that a valid run needs.
 *
 * @param question Numbers above 0; memory may be 0.
 */
export function trainingFiles(
  { accelerators, batchSize, samplesPerFile, recordBytes, memoryBytes }:
    TrainingSizeQuestion,
): TrainingFiles {
  const stepsSamples = MIN_STEPS_PER_EPOCH * batchSize * accelerators;
  const memorySamples = HOST_MEMORY_FACTOR * memoryBytes / recordBytes;
  const stepsFileCount = Math.ceil(stepsSamples / samplesPerFile);
  const memoryFileCount = Math.ceil(memorySamples / samplesPerFile);
  return {
    fileCount: Math.max(stepsFileCount, memoryFileCount),
    stepsFileCount,
    memoryFileCount,
    decidedBy: memoryFileCount > stepsFileCount ? "memory" : "steps",
  };
}
