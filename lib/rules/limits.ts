/**
 * The numbers that an edition of the rules has. The numbers of one edition:
 * `editions/`.
 */

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
