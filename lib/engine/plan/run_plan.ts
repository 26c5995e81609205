/**
 * The plan of a run: plain data that says what every thread will do. It is
 * computed before anything starts and sent to each worker as it is.
 */
import type { CheckpointPlan } from "../../checkpoint/checkpoint_plan.ts";
import type { Ranks } from "../../cluster/ranks.ts";
import type { DatasetSpec } from "../../formats/format.ts";
import type { Distribution } from "../../random/distribution.ts";
import type { StepEntries } from "../../metrics/step_entries.ts";
import type { FileNaming } from "../../sampling/file_names.ts";
import type { SampleTable } from "../../sampling/sample_table.ts";
import type { SampleDimsSettings } from "../../sampling/sample_dims.ts";
import type { ShardPlan } from "../../sampling/shard.ts";
import type { ShardDeal } from "../../sampling/shard_deal.ts";
import type { QueuePlan, StorageSettings } from "../../storage/storage.ts";

/** The files of training or evaluation, and how an epoch goes over them. */
export interface SplitPlan {
  readonly naming: FileNaming;
  /** Files in use: the first of those that the names speak of. */
  readonly fileCount: number;
  /** Index of the first one over training, then evaluation files. */
  readonly firstFileIndex: number;
  /** Samples that are used of each file; with a table: their mean. */
  readonly samplesPerFile: number;
  /** Samples of the files, where they differ from file to file. */
  readonly table?: SampleTable;
  /**
   * Samples that each file holds, where that was counted: formats open files
   * by it. Absent: all hold `samplesPerFile`.
   */
  readonly heldSamples?: Uint32Array;
  readonly batchSize: number;
  readonly shard: ShardPlan;
  /** True: every accelerator takes the shard's samples, which are all. */
  readonly isBroadcast: boolean;
  /** How whole files are dealt to readers; null: readers share samples. */
  readonly deal: PlannedDeal | null;
  /** Steps of an epoch, after `total_training_steps`. */
  readonly stepCount: number;
  /** Which steps of an epoch share an entry of step times; absent: none. */
  readonly stepEntries?: StepEntries;
  readonly fileSeed: number | null;
  readonly sampleSeed: number | null;
  readonly orderChangesWithEpoch: boolean;
  /**
   * Weights of the files whose samples are mixed, empty: in proportion to
   * their samples. Absent: file after file.
   */
  readonly blend?: readonly number[];
  readonly computeTime: Distribution;
}

/** Shards as they are dealt, and the buffer that their samples wait in. */
export interface PlannedDeal extends ShardDeal {
  /** Samples that a reader's shuffle buffer holds; <= 1: there is none. */
  readonly bufferSamples: number;
}

/** A split whose files are dealt whole. */
export type DealtSplit = SplitPlan & { readonly deal: PlannedDeal };

/** Where the dataset is and what its files are. */
export interface DatasetPlan {
  readonly storage: StorageSettings;
  /** Folder of the dataset, relative to the storage's root or absolute. */
  readonly folder: string;
  readonly format: string;
  /** URL of the module that has the format; absent: the registry has it. */
  readonly formatModule?: string;
  readonly spec: DatasetSpec;
  readonly dims: SampleDimsSettings;
  /**
   * Whether the files are Stoker's own, so that their lengths follow from
   * their indices. Files of others are read to wherever they end.
   */
  readonly sizesKnown: boolean;
}

/** How accelerators get their batches. */
export interface LoaderPlan {
  /** False: batches come from nowhere (`data_loader: synthetic`). */
  readonly reads: boolean;
  /** Reader threads per accelerator; 0 reads in the accelerator itself. */
  readonly readThreads: number;
  /** Batches that each reader may be ahead of the accelerator, >= 1. */
  readonly aheadBatches: number;
  readonly preprocessTime: Distribution;
  /** Threads that fetch for a reader, its own among them, >= 1. */
  readonly transferThreads: number;
  /**
   * Reads in flight through io_uring. Absent: a reader makes one read after
   * another, or its storage answers later.
   */
  readonly queue?: QueuePlan;
}

/** How many workers of a kind one thread of a process serves. */
export interface ThreadPlan {
  /** Accelerators, >= 1. */
  readonly acceleratorsPerThread: number;
  /** Readers of any accelerators, >= 1. */
  readonly readersPerThread: number;
}

/** Training with its evaluations. */
export interface TrainPlan {
  readonly epochs: number;
  /** Null: epochs consist of evaluation alone. */
  readonly train: SplitPlan | null;
  /** Null: no evaluation. */
  readonly eval: SplitPlan | null;
  readonly evalAfterEpoch: number;
  readonly epochsBetweenEvals: number;
}

/**
 * Where whole shards are copied to before their samples are read, and which
 * copies are there: one for all readers of a process.
 */
export interface ShardCachePlan {
  /** On this host; of this run alone. */
  readonly folder: string;
  /** What copies may take together; Infinity: no limit. */
  readonly limitBytes: number;
  /** Samples ahead whose shards are copied; null: 8 batches. */
  readonly predownloadSamples: number | null;
  /** Shared memory, see `shard_table.ts`. */
  readonly words: Int32Array;
  readonly numbers: Float64Array;
}

/** Everything that a run's threads need to know. */
export interface RunPlan {
  /** Accelerators of this process; shares of an epoch are by global rank. */
  readonly ranks: Ranks;
  /** Seed of all draws: orders, compute times. */
  readonly seed: number;
  readonly dataset: DatasetPlan;
  readonly loader: LoaderPlan;
  readonly threads: ThreadPlan;
  readonly training: TrainPlan;
  /** When files in use are dropped from the page cache. */
  readonly dropCaches: "never" | "before_epoch" | "before_phase";
  /** Largest read, bytes; a multiple of the page size. */
  readonly readBytes: number;
  /** Absent: samples are read where the data is. */
  readonly shardCache?: ShardCachePlan;
  /** Absent: no checkpoints. */
  readonly checkpoint?: CheckpointPlan;
}

/** Whether each accelerator reads by itself, without reader threads. */
export function readsInline({ loader }: RunPlan): boolean {
  return loader.reads && loader.readThreads === 0;
}
