/**
 * The settings of a workload as a plan of its checkpoints: plain data that
 * every thread is started with.
 */
import { PAGE_BYTES } from "../bytes/page_arena.ts";
import type { Ranks } from "../cluster/ranks.ts";
import type { Share } from "../cluster/share.ts";
import type { Workload } from "../config/workload.ts";
import { STORAGE_KINDS } from "../storage/kinds.ts";
import type {
  QueuePlan,
  StorageSettings,
  WriteQueuePlan,
} from "../storage/storage.ts";
import type { CheckpointLayout } from "./checkpoint_files.ts";
import type { Container } from "./file_content.ts";
import type { ModelSpec, ZeroStage } from "./model_spec.ts";
import { dataParallelism, parallelismProblems } from "./parallel_rank.ts";
import type { ParallelismSettings } from "./parallel_rank.ts";

/** Memory of all buffers together, so that it does not grow with threads. */
const BUFFER_BYTES_MAX = 128 * 1024 * 1024;

/** Default of `checkpoint.chunk_size`. */
const DEFAULT_CHUNK_BYTES = 4 * 1024 * 1024;

/** The same for buffers of the default size: a process keeps to 256 MiB. */
const DEFAULT_BUFFER_BYTES_MAX = 32 * 1024 * 1024;

/** How checkpoints are saved and loaded. */
export interface CheckpointPlan {
  readonly storage: StorageSettings;
  /** `checkpoint.checkpoint_folder`. */
  readonly folder: string;
  readonly layout: CheckpointLayout;
  /** Those that this process saves and loads; files go by global rank. */
  readonly ranks: Ranks;
  /** Threads of this process that do it, a multiple of the next. */
  readonly threadCount: number;
  /** Those that load one rank together; the first of them saves it. */
  readonly readersPerRank: number;
  /** `train.seed`. */
  readonly seed: number;
  readonly container: Container;
  /** False: constant bytes. */
  readonly isRandom: boolean;
  /** Bytes of one read or write; whole pages. */
  readonly chunkBytes: number;
  readonly fsync: boolean;
  /** A rank's time ends when all ranks are done. */
  readonly rankSync: boolean;
  /** Loading compares every byte. */
  readonly verify: boolean;
  /** Newest checkpoints of the run to keep; null: all. */
  readonly keepCount: number | null;
  /** Rank r loads what rank (r + shift) mod `ranks.total` saved. */
  readonly rankShift: number;
  /** Steps from one checkpoint to the next in an epoch; 0: after epochs. */
  readonly stepsBetween: number;
  /** First epoch that is followed by a checkpoint. */
  readonly afterEpoch: number;
  readonly epochsBetween: number;
  /**
   * Reads in flight of each thread that loads; absent: it reads one chunk
   * after another, or its storage has its own way.
   */
  readonly queue?: QueuePlan;
  /** The same of writes, of each thread that saves. */
  readonly saveQueue?: WriteQueuePlan;
  /** A share keeps records of its own; absent: the run is whole. */
  readonly share?: Share;
}

/** A plan and what its reader should know. */
export interface PlannedCheckpoints {
  readonly plan: CheckpointPlan;
  readonly warnings: readonly string[];
}

/** Arguments of {@linkcode planCheckpoints} beside the settings. */
export interface PlanCheckpointsOptions {
  /** Accelerators of this process. */
  readonly ranks: Ranks;
  /** Number of the host of each rank; the same in all processes. */
  readonly hostOfRank: readonly number[];
  readonly storage: StorageSettings;
}

/**
 * Plans the checkpoints of a workload. Ask {@linkcode checkpointProblems}
 * first.
 */
export function planCheckpoints(
  workload: Workload,
  options: PlanCheckpointsOptions,
): PlannedCheckpoints {
  const { checkpoint, train } = workload;
  const { ranks, hostOfRank } = options;
  const warnings: string[] = [];
  const turnCount = turnCountFor(workload, ranks.count);
  const readersPerRank = readersPerRankFor(
    workload,
    turnCount,
    options.storage.kind,
  );
  const threadCount = turnCount * readersPerRank;
  if (turnCount < ranks.count) {
    warnings.push(
      `${ranks.count} ranks are saved and loaded ${turnCount} at a time ` +
        `(checkpoint.threads), so the storage never serves more at once`,
    );
  }
  if (checkpoint.scale !== 1) {
    warnings.push(
      `checkpoint.scale = ${checkpoint.scale}: files have only this ` +
        `fraction of their real length, so the result is not admissible`,
    );
  }
  const rankShift = checkpoint.recovery_rank_shift
    ? hostShift(hostOfRank)
    : { shift: 0, sameHostCount: 0 };
  if (checkpoint.recovery_rank_shift) {
    warnings.push(...shiftWarnings(rankShift, ranks.total));
  }
  const chunkBytes = chunkBytesFor(workload, threadCount, warnings);
  return {
    plan: {
      storage: options.storage,
      folder: checkpoint.checkpoint_folder,
      layout: layoutOf(workload, ranks.total),
      ranks,
      threadCount,
      readersPerRank,
      seed: train.seed,
      container: checkpoint.container,
      isRandom: checkpoint.randomize_tensor,
      chunkBytes,
      fsync: checkpoint.fsync,
      rankSync: checkpoint.rank_sync,
      verify: checkpoint.verify,
      keepCount: checkpoint.keep_checkpoints < 0
        ? null
        : checkpoint.keep_checkpoints,
      rankShift: rankShift.shift,
      stepsBetween: Math.max(0, checkpoint.steps_between_checkpoints),
      afterEpoch: checkpoint.checkpoint_after_epoch,
      epochsBetween: checkpoint.epochs_between_checkpoints,
    },
    warnings,
  };
}

/** A shift of ranks. */
interface HostShift {
  /** Rank r loads what rank (r + shift) saved. */
  readonly shift: number;
  /** Ranks that load what their own host saved. */
  readonly sameHostCount: number;
}

/**
 * The shift with which most ranks load what another host saved. It is by the
 * ranks of a host where its ranks follow each other, as in DLIO.
 *
 * @param hostOfRank Number of the host of each rank.
 */
export function hostShift(hostOfRank: readonly number[]): HostShift {
  const total = hostOfRank.length;
  const hostCount = new Set(hostOfRank).size;
  if (hostCount <= 1) return { shift: 0, sameHostCount: total };
  const sameHostCount = (shift: number) =>
    hostOfRank.reduce(
      (count, host, rank) =>
        count + (hostOfRank[(rank + shift) % total] === host ? 1 : 0),
      0,
    );
  let best: HostShift = { shift: 0, sameHostCount: total };
  const usual = mostRanksOfHost(hostOfRank);
  for (let add = 0; add < total && best.sameHostCount > 0; add++) {
    const shift = (usual + add) % total;
    const count = sameHostCount(shift);
    if (count < best.sameHostCount) best = { shift, sameHostCount: count };
  }
  return best;
}

function mostRanksOfHost(hostOfRank: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const host of hostOfRank) counts.set(host, (counts.get(host) ?? 0) + 1);
  return Math.max(...counts.values());
}

function shiftWarnings(
  { shift, sameHostCount }: HostShift,
  rankCount: number,
): string[] {
  if (shift === 0) {
    return [
      "checkpoint.recovery_rank_shift has no effect on a single host: " +
      "every rank loads what it saved",
    ];
  }
  if (sameHostCount === 0) return [];
  return [
    `checkpoint.recovery_rank_shift: ${sameHostCount} of ${rankCount} ranks ` +
    "load what their own host saved, perhaps from its memory, since one " +
    "host has more ranks than all others have together",
  ];
}

/**
 * The rank whose files a rank loads: its own, or with
 * `checkpoint.recovery_rank_shift` those of a rank of another host.
 *
 * @param loadingRank Global.
 * @returns Global.
 */
export function savedRank(
  { ranks, rankShift }: CheckpointPlan,
  loadingRank: number,
): number {
  return (loadingRank + rankShift) % ranks.total;
}

/**
 * Says why a workload's checkpoints cannot be planned.
 *
 * @returns One sentence per problem; empty if there is none.
 */
export function checkpointProblems(
  workload: Workload,
  accelerators: number,
): string[] {
  return parallelismProblems(parallelismOf(workload), accelerators);
}

/**
 * A workload's model and how it is spread.
 *
 * @param accelerators On all hosts.
 */
export function layoutOf(
  workload: Workload,
  accelerators: number,
): CheckpointLayout {
  const { checkpoint, framework } = workload;
  const { tensor, pipeline, zeroStage } = parallelismOf(workload);
  const data = dataParallelism(parallelismOf(workload), accelerators);
  return {
    model: modelOf(workload),
    parallelism: { tensor, pipeline, data, zeroStage },
    type: checkpoint.type,
    extension: checkpoint.container === "safetensors"
      ? "safetensors"
      : framework === "tensorflow"
      ? "pb"
      : "pt",
    scale: checkpoint.scale,
  };
}

function modelOf({ model }: Workload): ModelSpec {
  const { transformer } = model;
  return {
    isTransformer: model.type === "transformer",
    blobBytes: model.model_size_bytes,
    layerCount: model.num_layers,
    layerParameters: model.layer_parameters,
    optimizationGroups: model.optimization_groups,
    modelDatatype: model.model_datatype,
    optimizerDatatype: model.optimizer_datatype,
    vocabSize: transformer.vocab_size,
    hiddenSize: transformer.hidden_size,
    ffnHiddenSize: transformer.ffn_hidden_size,
    attentionHeadCount: transformer.num_attention_heads,
    kvHeadCount: transformer.num_kv_heads,
  };
}

function parallelismOf({ model, checkpoint }: Workload): ParallelismSettings {
  const { tensor, pipeline, data, zero_stage } = model.parallelism;
  return {
    tensor,
    pipeline,
    data,
    // The schema bounds it to 0 ... 3.
    zeroStage: zero_stage as ZeroStage,
    mode: checkpoint.mode,
    layerCount: model.num_layers,
  };
}

/**
 * Threads by default: one for each rank as long as there are no more ranks
 * than this, and what is left over for reading ranks in parts.
 */
const THREADS_MAX = 8;

/** DLIO's streaming reader reads a file with as many threads. */
const READERS_PER_RANK_MAX = 4;

/**
 * Threads for more ranks than the second number: fewer, as the records of the
 * ranks take memory too. A process is to keep to 256 MiB; 512 ranks took
 * 226 MiB with 6 threads and 259 MiB with 8 (20 checkpoints of llama3_405b).
 */
const MANY_RANKS_THREADS = 6;
const MANY_RANKS = 256;

/** Ranks of this process that are saved or loaded at a time. */
function turnCountFor(
  { checkpoint }: Workload,
  rankCount: number,
): number {
  if (checkpoint.threads > 0) return Math.min(rankCount, checkpoint.threads);
  return rankCount > MANY_RANKS
    ? MANY_RANKS_THREADS
    : Math.min(rankCount, THREADS_MAX);
}

/** Training saves and never loads. */
function readersPerRankFor(
  { checkpoint, workflow }: Workload,
  turnCount: number,
  storageKind: string,
): number {
  if (workflow.train || checkpoint.num_checkpoints_read <= 0) return 1;
  if (checkpoint.read_threads > 0) return checkpoint.read_threads;
  // Elsewhere one thread has many reads under way.
  if (STORAGE_KINDS[storageKind]?.isSync !== true) return 1;
  const spareThreads = Math.floor(THREADS_MAX / turnCount);
  return Math.min(READERS_PER_RANK_MAX, Math.max(1, spareThreads));
}

/** Up to two buffers per thread share what all may take. */
function chunkBytesFor(
  { checkpoint }: Workload,
  threadCount: number,
  warnings: string[],
): number {
  const isDefault = checkpoint.chunk_size === DEFAULT_CHUNK_BYTES;
  const allBytes = isDefault ? DEFAULT_BUFFER_BYTES_MAX : BUFFER_BYTES_MAX;
  const shareBytes = allBytes / (2 * threadCount);
  const limitBytes = Math.floor(shareBytes / PAGE_BYTES) * PAGE_BYTES;
  if (checkpoint.chunk_size <= limitBytes) return checkpoint.chunk_size;
  // Only a value that was given is worth a warning.
  if (isDefault) return limitBytes;
  warnings.push(
    `checkpoint.chunk_size = ${checkpoint.chunk_size} would take too much ` +
      `memory in ${threadCount} threads: ${limitBytes} is used`,
  );
  return limitBytes;
}
