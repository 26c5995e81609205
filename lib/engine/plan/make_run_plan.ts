/**
 * Settings and the dataset -> the plan of a run; pure.
 */
import type { Ranks } from "../../cluster/ranks.ts";
import { countedSampleCount } from "../../config/sample_count.ts";
import { transferThreadsOf } from "../../config/transfer_threads.ts";
import type { Workload } from "../../config/workload.ts";
import { ConfigError } from "../../errors.ts";
import { neededSteps } from "../../metrics/settling.ts";
import { ceilToPage } from "../../bytes/page_arena.ts";
import type { Reading } from "../../formats/format.ts";
import { FORMATS } from "../../formats/registry.ts";
import type { Distribution } from "../../random/distribution.ts";
import {
  equalCount,
  sampleSum,
  sampleTable,
} from "../../sampling/sample_table.ts";
import { describeDropped, planShards } from "../../sampling/shard.ts";
import {
  dealShards,
  describeDeal,
  shardPlanOf,
} from "../../sampling/shard_deal.ts";
import { STORAGE_KINDS } from "../../storage/kinds.ts";
import { keptStepTimes } from "./kept_step_times.ts";
import { sharedReadWarnings } from "./thread_counts.ts";
import type { SplitFiles } from "./visit_plan.ts";
import type { DescribedDataset } from "./describe_dataset.ts";
import type {
  LoaderPlan,
  PlannedDeal,
  RunPlan,
  SplitPlan,
} from "./run_plan.ts";

/**
 * Size of one read call through the page cache. Larger ones are no faster
 * (0.5, 1 and 2 MiB: 11 GB/s each), and every reader thread keeps a buffer of
 * this size.
 */
const BUFFERED_READ_BYTES = 512 * 1024;

/** Batches per reader when `prefetch_size` is 0: PyTorch's own default. */
const DEFAULT_PREFETCH_FACTOR = 2;

/** A plan and what its reader should know. */
export interface PlannedRun {
  readonly plan: RunPlan;
  readonly warnings: readonly string[];
}

/** What a plan depends on beside the settings and the dataset. */
interface PlanOptions {
  readonly ranks: Ranks;
  readonly randomSeed: number;
  readonly reading: Reading;
}

/**
 * Plans training and evaluation.
 *
 * @param workload The settings.
 * @param described The dataset as the settings describe it.
 * @param options `ranks`: those of this process. `randomSeed`: seed for
 *   shuffles that are `random`, the same in all processes. `reading`: how the
 *   format's files are read.
 * @throws {ConfigError} If an epoch would have no step.
 */
export function planRun(
  workload: Workload,
  described: DescribedDataset,
  options: PlanOptions,
): PlannedRun {
  const { workflow, train, evaluation, reader } = workload;
  const warnings: string[] = [];
  const problems: string[] = [];
  const [trainFiles, evalFiles] = described.splits;
  const plan = (files: SplitFiles | undefined, part: SplitSettings) => {
    if (files === undefined) return null;
    const split = planSplit(workload, files, { ...options, ...part });
    const left = describeLeft(split, part.phase);
    // A cap of steps leaves out more than the remainders, on purpose.
    const isCapped = split.stepCount < split.shard.stepCount;
    problems.push(...emptyInBlend(split));
    if (split.stepCount === 0) problems.push(noStep(split, part));
    else if (!isCapped) warnings.push(...left);
    if (split.stepCount > 0) {
      warnings.push(
        ...tooShort(workload, { split, part }),
      );
    }
    return split;
  };
  const trainSplit = workflow.train
    ? plan(trainFiles, trainSettings(workload))
    : null;
  const evalSplit = workflow.evaluation
    ? plan(evalFiles, evalSettings(workload))
    : null;
  if (problems.length > 0) throw new ConfigError(problems);
  const workers = {
    ranks: options.ranks,
    loader: planLoader(workload),
    threads: {
      acceleratorsPerThread: reader.accelerators_per_thread,
      readersPerThread: reader.readers_per_thread,
    },
  };
  if (trainSplit !== null || evalSplit !== null) {
    warnings.push(...sharedReadWarnings(workload, workers));
  }
  const kept = keptStepTimes(workload, {
    train: trainSplit,
    eval: evalSplit,
    accelerators: options.ranks.total,
  });
  warnings.push(...kept.warnings);
  return {
    plan: {
      ...workers,
      seed: train.seed,
      dataset: described.dataset,
      training: {
        epochs: train.epochs,
        train: kept.train,
        eval: kept.eval,
        evalAfterEpoch: evaluation.eval_after_epoch,
        epochsBetweenEvals: evaluation.epochs_between_evals,
      },
      dropCaches: workload.storage.drop_caches,
      readBytes: ceilToPage(
        reader.transfer_size ?? defaultReadBytes(described),
      ),
    },
    warnings,
  };
}

/**
 * A plan made from the settings, with the names of the files that are there.
 * How many are used is said by the settings, so shards and steps stay.
 *
 * @param plan As {@linkcode planRun} made it.
 * @param found The dataset as it is, see `examineDataset`.
 */
export function withFoundFiles(
  plan: RunPlan,
  { dataset, splits }: DescribedDataset,
): RunPlan {
  const [trainFiles, evalFiles] = splits;
  const found = (split: SplitPlan | null, files: SplitFiles | undefined) =>
    split === null || files === undefined ? split : {
      ...split,
      naming: files.naming,
      firstFileIndex: files.firstFileIndex,
      ...(files.heldSamples === undefined
        ? {}
        : { heldSamples: files.heldSamples }),
    };
  const { training } = plan;
  return {
    ...plan,
    dataset,
    training: {
      ...training,
      train: found(training.train, trainFiles),
      eval: found(training.eval, evalFiles),
    },
  };
}

function defaultReadBytes({ dataset }: DescribedDataset): number {
  return STORAGE_KINDS[dataset.storage.kind]?.readBytes ?? BUFFERED_READ_BYTES;
}

interface SplitSettings {
  readonly phase: string;
  readonly batchSize: number;
  readonly batchKey: string;
  readonly filesKey: string;
  /** Cap of steps per epoch; negative: none. */
  readonly maxSteps: number;
  /** See {@linkcode SplitPlan.blend}; of formats that mix files. */
  readonly blend: readonly number[];
  readonly computeTime: Distribution;
}

function trainSettings(
  { dataset, reader, train }: Workload,
): SplitSettings {
  return {
    phase: "training",
    batchSize: reader.batch_size,
    batchKey: "reader.batch_size",
    filesKey: "dataset.num_files_train",
    maxSteps: train.total_training_steps,
    blend: dataset.megatron.blend,
    computeTime: train.computation_time,
  };
}

function evalSettings({ reader, evaluation }: Workload): SplitSettings {
  return {
    phase: "evaluation",
    batchSize: reader.batch_size_eval,
    batchKey: "reader.batch_size_eval",
    filesKey: "dataset.num_files_eval",
    maxSteps: -1,
    blend: [],
    computeTime: evaluation.eval_time,
  };
}

function planSplit(
  workload: Workload,
  files: SplitFiles,
  settings: SplitSettings & PlanOptions,
): SplitPlan {
  const { dataset, reader, train } = workload;
  const samples = samplesOfSplit(
    files,
    countedSampleCount(dataset.num_samples_per_file),
  );
  const deal = settings.reading === "shard"
    ? planDeal(reader, { ...files, ...samples }, settings)
    : null;
  const shard = deal !== null ? shardPlanOf(deal, files.fileCount) : planShards(
    samples.table === undefined
      ? files.fileCount * samples.samplesPerFile
      : sampleSum(samples.table.counts),
    reader.broadcast ? 1 : settings.ranks.total,
    settings.batchSize,
  );
  const seedOf = (shuffle: string) =>
    shuffle === "off"
      ? null
      : shuffle === "seed"
      ? train.seed
      : settings.randomSeed;
  return {
    naming: files.naming,
    fileCount: files.fileCount,
    firstFileIndex: files.firstFileIndex,
    ...samples,
    batchSize: settings.batchSize,
    shard,
    isBroadcast: reader.broadcast,
    deal,
    stepCount: settings.maxSteps < 0
      ? shard.stepCount
      : Math.min(shard.stepCount, settings.maxSteps),
    fileSeed: seedOf(reader.file_shuffle),
    sampleSeed: seedOf(reader.sample_shuffle),
    orderChangesWithEpoch: train.seed_change_epoch,
    ...(isBlended(dataset) ? { blend: settings.blend } : {}),
    computeTime: settings.computeTime,
  };
}

/** A file gives out its samples again and again: of none there are none. */
function emptyInBlend({ blend = [], table, fileCount }: SplitPlan): string[] {
  const empty = table?.counts.indexOf(0) ?? -1;
  if (blend.length === 0 || empty < 0) return [];
  return [
    `Cannot use dataset.megatron.blend as each file with a weight must hold ` +
    `a sample: file ${empty + 1} of ${fileCount}, by name, holds none; a ` +
    `smaller dataset.record_dims, other files (dataset.files_train), or no ` +
    `weights`,
  ];
}

function isBlended(
  { format, format_module }: Workload["dataset"],
): boolean {
  return format_module === null && FORMATS[format]?.isBlended === true;
}

function planDeal(
  reader: Workload["reader"],
  { fileCount, samplesPerFile }: {
    readonly fileCount: number;
    readonly samplesPerFile: number;
  },
  { ranks, batchSize }: SplitSettings & PlanOptions,
): PlannedDeal {
  const deal = dealShards(fileCount, {
    accelerators: reader.broadcast ? 1 : ranks.total,
    readers: Math.max(1, reader.read_threads),
    samplesPerShard: samplesPerFile,
    batchSize,
  });
  const bufferSamples = reader.sample_shuffle === "off"
    ? 0
    : reader.shuffle_buffer_samples;
  return { ...deal, bufferSamples };
}

/** What an epoch leaves out. */
function describeLeft(
  { shard, deal, fileCount }: SplitPlan,
  phase: string,
): string[] {
  if (deal !== null) return describeDeal(deal, fileCount, phase);
  const dropped = describeDropped(shard, phase);
  return dropped === null ? [] : [dropped];
}

/** How many samples of each file are used, and how many it holds. */
function samplesOfSplit(
  { heldSamples, fileCount }: SplitFiles,
  given: number,
): Pick<SplitPlan, "samplesPerFile" | "table" | "heldSamples"> {
  if (heldSamples === undefined) return { samplesPerFile: given };
  const each = equalCount(heldSamples);
  if (each === null) {
    const mean = sampleSum(heldSamples) / fileCount;
    return {
      samplesPerFile: mean,
      table: sampleTable(heldSamples),
      heldSamples,
    };
  }
  return { samplesPerFile: each, heldSamples };
}

function planLoader(workload: Workload): LoaderPlan {
  const { reader } = workload;
  const readThreads = reader.read_threads;
  // As PyTorch: each reader may be ceil(prefetch / readers) batches ahead.
  const aheadBatches = reader.prefetch_size === 0
    ? DEFAULT_PREFETCH_FACTOR
    : Math.ceil(reader.prefetch_size / Math.max(1, readThreads));
  return {
    reads: reader.data_loader !== "synthetic" && reader.data_loader !== "none",
    readThreads,
    aheadBatches,
    preprocessTime: reader.preprocess_time,
    transferThreads: transferThreadsOf(workload),
  };
}

/**
 * Batches that the readers of one accelerator may hold.
 *
 * @returns 0 where nothing is read ahead.
 */
export function batchesAhead(workload: Workload): number {
  const { reads, readThreads, aheadBatches } = planLoader(workload);
  return reads ? readThreads * aheadBatches : 0;
}

/** Says beforehand that AU of so few steps will not be settled. */
function tooShort(
  workload: Workload,
  { split, part }: {
    readonly split: SplitPlan;
    readonly part: SplitSettings;
  },
): string[] {
  const { exclude_start_steps, exclude_end_steps } = workload.output.metric;
  const ahead = batchesAhead(workload);
  const countedSteps = split.stepCount - exclude_start_steps -
    exclude_end_steps;
  const needed = neededSteps(ahead);
  if (countedSteps >= needed) return [];
  const steps = needed + exclude_start_steps + exclude_end_steps;
  const files = Math.ceil(
    steps * split.batchSize * split.shard.accelerators / split.samplesPerFile,
  );
  return [
    `AU of ${part.phase} will not be settled: an epoch has ` +
    `${split.stepCount} steps, and readers may hold ${ahead} batches ahead. ` +
    `From ${steps} steps on (${part.filesKey}=${files}) it can be`,
  ];
}

function noStep(split: SplitPlan, settings: SplitSettings): string {
  const { shard } = split;
  if (shard.stepCount > 0) {
    return `Cannot run ${settings.phase} as an epoch must have at least one ` +
      `step: train.total_training_steps = ${settings.maxSteps}`;
  }
  const each = split.table === undefined
    ? `${split.samplesPerFile} samples each`
    : "as many samples as each holds";
  if (split.deal !== null) {
    return `Cannot run ${settings.phase} as every accelerator must get whole ` +
      `shards that fill a batch: ${settings.filesKey} = ${split.fileCount} ` +
      `with ${each}, ${shard.accelerators} ` +
      `accelerators, ${split.deal.readers} readers of each, ` +
      `${settings.batchKey} = ${split.batchSize}`;
  }
  return `Cannot run ${settings.phase} as every accelerator must get at ` +
    `least one batch: ${settings.filesKey} = ${split.fileCount} with ` +
    `${each} are ${shard.sampleCount} samples, ` +
    `${shard.accelerators} accelerators with ${settings.batchKey} = ` +
    `${split.batchSize} need ${shard.accelerators * split.batchSize}`;
}
