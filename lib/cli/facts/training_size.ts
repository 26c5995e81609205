/**
 * How large a training set must be for a valid run (rule 3.1.2, see
 * `rules/sizing/training_files.ts`), and how long the run takes.
 *
 *    steps per epoch = samples / accelerators / batch, floored
 *    run time        = epochs x steps x compute time, / AU goal at the goal
 *
 * Sub-folders are advised as `mlpstorage training datasize` does, one for
 * every 10000 files: https://github.com/mlcommons/storage
 */
import type { FileCount } from "../../config/file_count.ts";
import { givenSampleCount } from "../../config/sample_count.ts";
import type { Workload } from "../../config/workload.ts";
import { meanSeconds } from "../../random/distribution.ts";
import {
  HOST_MEMORY_FACTOR,
  MIN_STEPS_PER_EPOCH,
  trainingFiles,
} from "../../rules/sizing/training_files.ts";
import { storedSampleBytes } from "./workload_facts.ts";

/** The rule that says how many files there must be. */
const FILES_RULE = "3.1.2";
/** Files of one folder, from which on sub-folders are advised. */
const FILES_PER_FOLDER = 10_000;

/** How long one run over such a training set takes. */
export interface RunTime {
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  /** At full AU: what it computes, in seconds. */
  readonly fullAuSeconds: number;
  /** `metric.au`. */
  readonly auGoal: number;
  /** At the AU goal, in seconds. */
  readonly goalSeconds: number;
}

/** A training set that is large enough. */
export interface TrainingSize {
  readonly fileCount: number;
  /** Nominal, without what a format adds. */
  readonly fileBytes: number;
  readonly datasetBytes: number;
  readonly sampleCount: number;
  /** Advised `dataset.num_subfolders_train`; 0: none. */
  readonly subfolderCount: number;
  /** The rule that needs more files. */
  readonly decidedBy: "memory" | "steps";
  /** Files that each rule needs. */
  readonly memoryFileCount: number;
  readonly stepsFileCount: number;
  readonly batchSize: number;
  readonly samplesPerFile: number;
  /** `dataset.num_files_train` as the workload has it. */
  readonly givenFileCount: FileCount;
  readonly time: RunTime;
}

/** Who reads the dataset. */
export interface TrainingHosts {
  /** On all hosts. */
  readonly accelerators: number;
  /** Of all hosts together. */
  readonly memoryBytes: number;
}

/**
 * Derives how large a training set must be.
 *
 * @param workload Its settings; `dataset.num_files_train` does not matter.
 * @param hosts Who reads it.
 */
export function trainingSize(
  workload: Workload,
  { accelerators, memoryBytes }: TrainingHosts,
): TrainingSize {
  const { dataset, reader } = workload;
  const samplesPerFile = givenSampleCount(dataset.num_samples_per_file) ?? 1;
  const batchSize = reader.batch_size;
  const fileBytes = samplesPerFile * storedSampleBytes(workload);
  const { memoryFileCount, stepsFileCount, decidedBy, ...files } =
    trainingFiles({
      accelerators,
      batchSize,
      samplesPerFile,
      recordBytes: fileBytes / samplesPerFile,
      memoryBytes,
    });
  const fileCount = Math.max(1, files.fileCount);
  const time = runTime(workload, {
    samples: fileCount * samplesPerFile,
    accelerators,
  });
  return {
    fileCount,
    fileBytes,
    // The mean length of a record need not be whole.
    datasetBytes: Math.round(fileCount * fileBytes),
    sampleCount: fileCount * samplesPerFile,
    subfolderCount: fileCount > FILES_PER_FOLDER
      ? Math.floor(fileCount / FILES_PER_FOLDER)
      : 0,
    decidedBy,
    memoryFileCount,
    stepsFileCount,
    batchSize,
    samplesPerFile,
    givenFileCount: dataset.num_files_train,
    time,
  };
}

function runTime(
  { train, reader, metric }: Workload,
  { samples, accelerators }: {
    readonly samples: number;
    readonly accelerators: number;
  },
): RunTime {
  const stepsPerEpoch = Math.floor(samples / accelerators / reader.batch_size);
  const allSteps = train.epochs * stepsPerEpoch;
  const { total_training_steps: most } = train;
  const stepCount = most > 0 ? Math.min(most, allSteps) : allSteps;
  const fullAuSeconds = stepCount * meanSeconds(train.computation_time);
  return {
    epochs: train.epochs,
    stepsPerEpoch,
    fullAuSeconds,
    auGoal: metric.au,
    goalSeconds: metric.au > 0 ? fullAuSeconds / metric.au : fullAuSeconds,
  };
}

/** The two parts of the rule in words, the one that decides first. */
export function trainingRules(
  size: TrainingSize,
  { accelerators, memoryBytes }: TrainingHosts,
): string[] {
  const rules = {
    memory: `${size.memoryFileCount} files for ${HOST_MEMORY_FACTOR} x ` +
      `${memoryBytes} bytes of memory at ${Math.round(size.fileBytes)} bytes ` +
      "per file",
    steps: `${size.stepsFileCount} files for ${MIN_STEPS_PER_EPOCH} steps x ` +
      `${accelerators} accelerators x batch ${size.batchSize} at ` +
      `${size.samplesPerFile} samples per file`,
  };
  const other = size.decidedBy === "memory" ? "steps" : "memory";
  return [
    `${FILES_RULE}, ${size.decidedBy} decides: ${rules[size.decidedBy]}`,
    `${other}: ${rules[other]}`,
  ];
}
