/**
 * An edition of the benchmark's rules: its numbers and its rules.
 *
 * Results compare within an edition, so a later one is a new table beside this
 * one, never a change of it.
 */
import type { KvCacheFacts } from "./facts/kv_cache.ts";
import type { LeafFacts } from "./facts/leaf.ts";
import type { RunFacts } from "./facts/run_facts.ts";
import type {
  CheckpointModelFacts,
  SeriesFacts,
  TrainingModelFacts,
} from "./facts/series.ts";
import type {
  OrganizationFacts,
  SystemFacts,
  TreeFacts,
} from "./facts/tree.ts";
import type { VectorFacts } from "./facts/vector.ts";
import type { Rule } from "./rule.ts";

/** What an edition asks of a training model. */
export interface TrainingLimits {
  /** Least mean accelerator utilization, in percent. */
  readonly auPercent: number;
  /** Accelerators that CLOSED emulates. */
  readonly accelerators: readonly string[];
  /** Accelerators that the table names but no workload was made for. */
  readonly unshippedAccelerators: readonly string[];
  /** Epochs of one run. */
  readonly epochs: number;
  /** Whether reading with O_DIRECT is allowed in CLOSED. */
  readonly mayReadDirect: boolean;
}

/** What an edition asks of a checkpoint model. */
export interface CheckpointLimits {
  /** Processes of CLOSED. */
  readonly closedProcesses: number;
  /** OPEN: a positive multiple of these. */
  readonly openMultiple: number;
  /** Nominal size of one checkpoint, in the rules' GB. */
  readonly nominalGB: number;
  /** Whether `checkpoint.mode=subset` is defined for it. */
  readonly hasSubset: boolean;
}

/** What an edition fixes of an option of the KV cache. */
export interface KvCacheOption {
  readonly model: string;
  readonly num_users: number;
  readonly duration: number;
  readonly gpu_mem_gb: number;
  readonly cpu_mem_gb: number;
  readonly max_concurrent_allocs: number;
  readonly generation_mode: string;
}

/** The numbers of an edition. */
export interface EditionLimits {
  readonly training: Readonly<Record<string, TrainingLimits>>;
  readonly checkpointing: Readonly<Record<string, CheckpointLimits>>;
  /** Memory of an accelerator, in the rules' GB. */
  readonly acceleratorMemoryGB: Readonly<Record<string, number>>;
  /** Accelerators that CLOSED and OPEN take; others are for "what if" only. */
  readonly accelerators: readonly string[];
  /** Runs of a training series, the warm-up included. */
  readonly trainingRuns: number;
  /** The gap between runs is below this many times the shortest run. */
  readonly gapFactor: number;
  /** Most seconds between the write and the read of checkpoints. */
  readonly checkpointGapSeconds: number;
  /** Checkpoints that are written, and that are read. */
  readonly checkpointCount: number;
  /** A checkpoint of this many times a host's memory leaves no cache of it. */
  readonly checkpointMemoryFactor: number;
  /** Each host must have more processes than this. */
  readonly checkpointProcessesPerHost: number;
  readonly categories: readonly string[];
  readonly vector: {
    readonly engines: readonly string[];
    readonly openEngines: readonly string[];
    readonly indexes: readonly string[];
    readonly runs: number;
  };
  readonly kvCache: {
    /** Name of the folder below `kv_cache`. */
    readonly models: readonly string[];
    readonly options: Readonly<Record<string, KvCacheOption>>;
    readonly seed: number;
    readonly trials: number;
    readonly interOptionDelaySeconds: number;
  };
}

/** One edition. */
export interface Edition {
  /** "3.0". */
  readonly name: string;
  readonly limits: EditionLimits;
  readonly rules: {
    readonly tree: readonly Rule<TreeFacts>[];
    readonly organization: readonly Rule<OrganizationFacts>[];
    readonly system: readonly Rule<SystemFacts>[];
    /** Of every folder of an invocation in a tree. */
    readonly leaf: readonly Rule<LeafFacts>[];
    /** Of the folder of a training model in a tree. */
    readonly trainingModel: readonly Rule<TrainingModelFacts>[];
    /** Of its runs, or of a series outside of a tree. */
    readonly trainingSeries: readonly Rule<SeriesFacts>[];
    readonly trainingRun: readonly Rule<RunFacts>[];
    readonly checkpointModel: readonly Rule<CheckpointModelFacts>[];
    readonly checkpointSeries: readonly Rule<SeriesFacts>[];
    readonly checkpointRun: readonly Rule<RunFacts>[];
    readonly vector: readonly Rule<VectorFacts>[];
    readonly kvCache: readonly Rule<KvCacheFacts>[];
  };
}
