/**
 * The record of a run: facts as they were measured, nothing derived.
 *
 * The engine fills it; summaries, DLIO's files and reports are computed from
 * it, now or later. All durations come from a monotonic clock. Moments are
 * given twice: as wall-clock time for people and DLIO's files, and as seconds
 * since the run began for arithmetic.
 */
import type { Operation } from "./operations.ts";
import type { PhaseKind } from "./phase_kinds.ts";
import type { PhaseSeries } from "./phase_series.ts";
import type {
  PhaseStepTimes,
  StepEntries,
  StepExtremes,
} from "./step_entries.ts";

/** A moment: wall clock and monotonic. */
export interface Moment {
  /** Milliseconds since 1970, for display only. */
  readonly wallMs: number;
  /** Seconds since the run began, monotonic. */
  readonly atSeconds: number;
}

/** A run of steps between checkpoints, as one accelerator did them. */
export interface BlockRecord {
  /** Index of its first step in the epoch, from 0. */
  readonly firstStep: number;
  readonly stepCount: number;
  /** Seconds since the phase began. */
  readonly startSeconds: number;
  readonly durationSeconds: number;
}

/** What one accelerator did in one phase. */
export interface RankRecord {
  /** Over the accelerators of all processes. */
  readonly rank: number;
  readonly host: string;
  /**
   * Steps that were completed; the arrays have this length, unless entries
   * hold several steps.
   */
  readonly stepCount: number;
  /**
   * First steps of the entries, and the planned steps; the same array in all
   * ranks of a phase. An entry is then a sum over its steps. Absent: each
   * step has an entry.
   */
  readonly entryBounds?: Float64Array;
  /** Of single steps; absent if each has an entry. */
  readonly stepExtremes?: StepExtremes;
  /** Seconds that each step waited for its batch. */
  readonly loadSeconds: Float64Array;
  /** Seconds spent in emulated compute. */
  readonly computeSeconds: Float64Array;
  /**
   * Seconds from the step's begin to the next step's begin: load, compute
   * and the wait for the other accelerators; checkpoints are outside.
   */
  readonly stepSeconds: Float64Array;
  /**
   * Seconds of compute that each step was to emulate. More was spent where the
   * host was late: its processors were busy, or it was suspended.
   */
  readonly computeRequestedSeconds: Float64Array;
  /** From the gate to the end of the last step. */
  readonly doneSeconds: number;
  /** One block for each stretch between checkpoints; at least one. */
  readonly blocks: readonly BlockRecord[];
}

/** What one worker thread moved in one phase. */
export interface WorkerRecord {
  /** Name of the host that the thread ran on. */
  readonly host: string;
  /** "reader", "generator", "accelerator", "checkpointer". */
  readonly role: string;
  /**
   * Of its accelerator, over all processes; of a thread that has none, the
   * number of its process.
   */
  readonly rank: number;
  /** Number of the thread within its rank. */
  readonly thread: number;
  /** Bytes that calls returned or accepted. */
  readonly bytes: number;
  readonly operations: number;
  readonly files: number;
  readonly samples: number;
  readonly errors: number;
  readonly retries: number;
  /** From the gate to its first and last finished operation. */
  readonly firstDoneSeconds: number;
  readonly lastDoneSeconds: number;
  /**
   * Seconds in calls of input and output, more than passed where several were
   * in flight. Absent in older results, and of a checkpoint's rank that is
   * not the first of its thread.
   */
  readonly ioSeconds?: number;
  /**
   * Seconds of waiting for fsync. Of a checkpointer they count from the start
   * of the checkpoint and include the ranks that its thread saved before.
   * Absent if there was none.
   */
  readonly fsyncSeconds?: number;
  /**
   * Bytes of shards that were copied to this host before samples were read
   * from the copies; no part of `bytes`. Absent if there were none.
   */
  readonly downloadBytes?: number;
  /**
   * The kernel's count of what this thread alone read from and wrote to
   * devices. A thread that works for several, as a saver or reader, has the
   * sum in the record of the first of them. Absent where the kernel does not count, for object
   * stores, and for accelerators that read by themselves.
   */
  readonly deviceReadBytes?: number;
  readonly deviceWriteBytes?: number;
}

/** The device's share of a phase's input or output. */
export interface DeviceIo {
  /** Bytes read from or written to the device; null if not known. */
  readonly bytes: number | null;
  /** How it is known, or why not. */
  readonly source: string;
  /** Absent unless the device moved far less than was asked for. */
  readonly shortfall?: DeviceShortfall;
}

/**
 * Facts that may be why a device moved far less than was asked for; what
 * follows from them is said by `device_shortfall.ts`.
 */
export interface DeviceShortfall {
  /** Whether the page cache was to be gone around (O_DIRECT). */
  readonly isDirect: boolean;
  /** "xfs", "tmpfs" ...; null if nobody can tell. */
  readonly fileSystemType: string | null;
  /** Whether that file system keeps its files in memory. */
  readonly isMemory: boolean;
  /** Its option that compresses files: "compress=zstd:3"; null: none. */
  readonly compression: string | null;
  /** Its option that sends O_DIRECT through the page cache; null: none. */
  readonly cachesDirect: string | null;
  /** Files of the phase, spread evenly, that were looked at for holes. */
  readonly sampledFiles: number;
  readonly sampledBytes: number;
  /** Of these bytes; null if nobody can tell, or nothing was read. */
  readonly holeBytes: number | null;
}

/** Processor time that one process took in a phase, all threads together. */
export interface CpuTime {
  /** In its own code; null if nobody can tell. */
  readonly userSeconds: number | null;
  /** In the kernel on its behalf; null if nobody can tell. */
  readonly systemSeconds: number | null;
  /** How it is known, or why not. */
  readonly source: string;
}

/**
 * What was done, before a phase began, so that it does not read from memory.
 */
export interface CacheDrop {
  /** Calls in the order tried: "posix_fadvise", "drop_caches"; or "none". */
  readonly methods: readonly string[];
  /** Files that were to be dropped. */
  readonly fileCount: number;
  /** Files, spread evenly, of which it was measured how much is cached. */
  readonly sampledFiles: number;
  /** Bytes of the sampled files that memory held; null if not known. */
  readonly residentBytesBefore: number | null;
  readonly residentBytesAfter: number | null;
  /** Outside of every phase. */
  readonly durationSeconds: number;
  /** Why memory still holds files, or may; null if it does not. */
  readonly problem: string | null;
}

/** Counts of a latency histogram; see `histogram.ts` for the buckets. */
export type HistogramCounts = Float64Array;

/** The requests of all workers to one endpoint in a phase. */
export interface EndpointRecord {
  /** "http://node01:9000". */
  readonly address: string;
  /** Requests that succeeded. */
  readonly requests: number;
  /** Bytes that they moved, bodies of objects alone. */
  readonly bytes: number;
  /** Requests that failed after all retries. */
  readonly errors: number;
  /** Attempts that failed and were retried. */
  readonly retries: number;
  /** Latency of requests of every kind. */
  readonly latency: HistogramCounts;
}

/** How busy the processors of a host were in a phase, whoever used them. */
export interface HostCpu {
  /** 0 to 1 of all processors; null if nobody can tell. */
  readonly busyFraction: number | null;
  /**
   * 0 to 1 of the time in which at least one thread waited for a processor
   * (pressure stall information); null if the kernel does not tell.
   */
  readonly pressureFraction: number | null;
}

/** What the threads of one role did with their time in a phase. */
export interface RoleTimes {
  /** As in `WorkerRecord`. */
  readonly role: string;
  readonly threadCount: number;
  /** On a processor; null if nobody can tell, as the next. */
  readonly cpuSeconds: number | null;
  /**
   * Of these, in the kernel, to 1/100 s of each thread; null if nobody can
   * tell, absent in older results.
   */
  readonly systemSeconds?: number | null;
  /** Runnable, while all processors had other threads. */
  readonly cpuWaitSeconds: number | null;
  /**
   * Sum over their calls of input and output; more than their time where
   * several are in flight.
   */
  readonly ioSeconds: number;
}

/** How the threads of one process read or write local files. */
export interface IoEngine {
  /** "sync": one call after another; "uring": requests through io_uring. */
  readonly engine: "sync" | "uring";
  /**
   * Requests that each reader, or thread that loads or writes, may have in
   * flight; 1 for "sync".
   */
  readonly depth: number;
  /**
   * Why so many: what was given, or what they were sized by. Absent for "sync",
   * and in older results.
   */
  readonly depthReason?: string;
  /**
   * Whether the kernel kept hold of all threads' buffers (io_uring); false: it
   * looked their pages up for each request. Absent for "sync".
   */
  readonly registeredBuffers?: boolean;
}

/** The processors that one process might use in a phase. */
export interface OwnCpuTime {
  /** Processors' worth of time, such as 1.5; null if nobody can tell. */
  readonly count: number | null;
  /** What allows no more: "this host", a file of a control group. */
  readonly source: string;
  /**
   * 0 to 1 of the time in which at least one thread of the process's control group
   * waited for a processor; null if the kernel does not tell.
   */
  readonly groupPressureFraction: number | null;
}

/** What one process and its host's kernel did in a phase. */
export interface PhaseHostRecord {
  readonly host: string;
  /** Number of the process in the run, from 0; a host may have several. */
  readonly process: number;
  readonly device: DeviceIo;
  readonly cpu: CpuTime;
  readonly hostCpu: HostCpu;
  /** Absent in older results, and of checkpoints between steps. */
  readonly ownCpus?: OwnCpuTime;
  /** One entry for each role; absent in older results. */
  readonly roles?: readonly RoleTimes[];
  /** Of phases that train on files or load them; absent in older results. */
  readonly readEngine?: IoEngine;
  /** Of phases that generate or save files; absent in older results. */
  readonly writeEngine?: IoEngine;
  /** Absent if nothing was to be dropped. */
  readonly cacheDrop?: CacheDrop;
}

/** One phase: everything between a gate and the last worker's end. */
export interface PhaseRecord {
  readonly kind: PhaseKind;
  /** From 1; 0 for generation. */
  readonly epoch: number;
  /** Checkpoint number from 1; 0 for other kinds. */
  readonly checkpoint: number;
  readonly start: Moment;
  readonly end: Moment;
  readonly durationSeconds: number;
  /** Samples per step and accelerator; 0 where there are no steps. */
  readonly batchSize: number;
  /** Steps that every accelerator was to do. */
  readonly plannedSteps: number;
  /** Which steps share an entry of step times; absent: none do. */
  readonly stepEntries?: StepEntries;
  /** Of single steps of all ranks; absent if each has an entry. */
  readonly stepTimes?: PhaseStepTimes;
  readonly ranks: readonly RankRecord[];
  readonly workers: readonly WorkerRecord[];
  readonly latencies: Readonly<Partial<Record<Operation, HistogramCounts>>>;
  /** Where requests went; absent where storage has no endpoints. */
  readonly endpoints?: readonly EndpointRecord[];
  /** Bytes that the phase requested from its storage. */
  readonly bytesRequested: number;
  /** One entry for each process, in their order; see `host_totals.ts`. */
  readonly hosts: readonly PhaseHostRecord[];
  /**
   * What happened second by second; absent in phases shorter than a second,
   * in those inside of others, and in older results.
   */
  readonly series?: PhaseSeries;
  /** False if the phase was cut short. */
  readonly complete: boolean;
}

/** Facts of one host. */
export interface HostRecord {
  readonly hostname: string;
  readonly cpuCount: number;
  readonly cpuModel: string;
  readonly memoryBytes: number;
  /** `/proc/cpuinfo`, key to value, the last processor winning. */
  readonly cpuInfo: Readonly<Record<string, string>>;
  /** `/proc/meminfo`, key to value. */
  readonly memInfo: Readonly<Record<string, string>>;
  readonly osRelease: string;
  /** Absent of a run with a single process, as the next. */
  readonly processCount?: number;
  readonly accelerators?: number;
  /** Its wall clock less that of process 0's host. */
  readonly clockOffsetSeconds?: number;
}

/** A whole run. */
export interface RunRecord {
  readonly start: Moment;
  readonly end: Moment;
  readonly accelerators: number;
  readonly hosts: readonly HostRecord[];
  readonly phases: readonly PhaseRecord[];
  /** False after an interrupt, a stall or a failure. */
  readonly complete: boolean;
  /** Why it is not complete; null if it is. */
  readonly failure: string | null;
  /** For the reader of the results, once each. */
  readonly warnings: readonly string[];
}
