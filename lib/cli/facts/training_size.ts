/**
 * How large a training set must be for a valid run.
 *
 *    A = 5 x memory of all hosts // bytes per file       not from memory
 *    B = 500 x accelerators x batch // samples per file  long enough
 *    files = max(A, B), at least one
 *
 * Divisions floor, as those of MLPerf Storage's own tool do, so that both
 * name the same number.
 *
 * Source: `mlpstorage training datasize`, https://github.com/mlcommons/storage
 */
import type { FileCount } from "../../config/file_count.ts";
import { givenSampleCount } from "../../config/sample_count.ts";
import type { Workload } from "../../config/workload.ts";
import { storedSampleBytes } from "./workload_facts.ts";

/** The dataset is this many times the memory of all hosts. */
const MEMORY_FACTOR = 5;
/** Steps of an epoch. */
const MIN_STEPS = 500;
/** Files of one folder, from which on sub-folders are advised. */
const FILES_PER_FOLDER = 10_000;

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
  const memoryFileCount = Math.floor(MEMORY_FACTOR * memoryBytes / fileBytes);
  const stepsFileCount = Math.floor(
    MIN_STEPS * accelerators * batchSize / samplesPerFile,
  );
  const fileCount = Math.max(1, memoryFileCount, stepsFileCount);
  return {
    fileCount,
    fileBytes,
    // The mean length of a record need not be whole.
    datasetBytes: Math.round(fileCount * fileBytes),
    sampleCount: fileCount * samplesPerFile,
    subfolderCount: fileCount > FILES_PER_FOLDER
      ? Math.floor(fileCount / FILES_PER_FOLDER)
      : 0,
    decidedBy: memoryFileCount > stepsFileCount ? "memory" : "steps",
    memoryFileCount,
    stepsFileCount,
    batchSize,
    samplesPerFile,
    givenFileCount: dataset.num_files_train,
  };
}

/** The two rules in words, the one that decides first. */
export function trainingRules(
  size: TrainingSize,
  { accelerators, memoryBytes }: TrainingHosts,
): string[] {
  const rules = {
    memory: `${size.memoryFileCount} files for ${MEMORY_FACTOR} x ` +
      `${memoryBytes} bytes of memory at ${Math.round(size.fileBytes)} bytes ` +
      "per file",
    steps: `${size.stepsFileCount} files for ${MIN_STEPS} steps x ` +
      `${accelerators} accelerators x batch ${size.batchSize} at ` +
      `${size.samplesPerFile} samples per file`,
  };
  const other = size.decidedBy === "memory" ? "steps" : "memory";
  return [
    `${size.decidedBy} decides: ${rules[size.decidedBy]}`,
    `${other}: ${rules[other]}`,
  ];
}
