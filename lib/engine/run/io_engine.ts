/**
 * Chooses how files of this host are read and written (`reader.io_engine`): one
 * call after another, or many requests in flight through io_uring. Here, and
 * not where a run is described, since it depends on the host.
 */
import type { CheckpointPlan } from "../../checkpoint/checkpoint_plan.ts";
import { ConfigError } from "../../errors.ts";
import { readLockedMemoryLimit } from "../../host/locked_memory.ts";
import { readOpenFileLimit } from "../../host/open_files.ts";
import { probeUring } from "../../host/uring_support.ts";
import type { QueuePlan, WriteQueuePlan } from "../../storage/storage.ts";
import { STORAGE_KINDS } from "../../storage/kinds.ts";
import {
  BUFFERS_MAX_BYTES,
  RING_DEPTH_MAX,
  ringMemory,
} from "../../storage/local/ring_memory.ts";
import { writeMemory } from "../../storage/local/write_memory.ts";
import type { DescribedRun } from "../plan/describe_run.ts";
import { sharedReadWarnings, threadCountsOf } from "../plan/thread_counts.ts";
import { fileCountOf, PAGE_BYTES_PER_GENERATOR } from "../plan/visit_plan.ts";

/** Of all threads that load, save or generate: it does not grow with them. */
const BUFFERS_BYTES = 32 * 2 ** 20;
/** Of all readers; up to 8 threads have as much as a thread may have. */
const READ_BUFFERS_BYTES = 256 * 2 ** 20;

/** With fewer, one is not filled while another one is written. */
const WRITE_BUFFERS_MIN = 2;

/** A run as far as its files are concerned. */
type FilesRun = Pick<
  DescribedRun,
  | "workload"
  | "plan"
  | "format"
  | "dataset"
  | "checkpointPlan"
  | "warnings"
  | "generateQueue"
>;

/** Threads that read files, and how. */
interface Readers {
  readonly kind: string;
  readonly threadCount: number;
  /** Readers that one thread serves. */
  readonly readersPerThread: number;
  readonly readBytes: number;
  /** Memory of one thread's buffers. */
  readonly buffersMaxBytes: number;
  /** Why they read one after another, whatever the host; null: nothing. */
  readonly blockedBy: string | null;
}

/** Threads that write files, and how. */
interface Writers {
  readonly kind: string;
  readonly threadCount: number;
  /** Bytes of one write. */
  readonly bufferBytes: number;
}

/** A reason where there can be none, null where nothing is done. */
type Chosen<Plan> = Plan | string | null;

/**
 * Gives a run's readers, its generators, and the threads that load and save
 * its checkpoints, their engine.
 *
 * @param described The run as its settings describe it.
 * @param probe Whether this host has io_uring.
 * @returns The run with queues in its plans, and with what is to be said
 *   where `auto` falls back.
 * @throws {ConfigError} If `uring` is asked for and not to be had.
 */
export function withIoEngine<Run extends FilesRun>(
  described: Run,
  probe = probeUring,
): Run {
  const { io_engine } = described.workload.reader;
  if (io_engine === "sync") return described;
  const generating = writeQueueOf(described, generators(described), probe);
  const saves = writeQueueOf(described, checkpointWriters(described), probe);
  const readers = datasetReaders(described);
  const training = readQueueOf(described, readers, probe);
  const loads = readQueueOf(described, checkpointReaders(described), probe);
  const [reason] = [generating, saves, training, loads]
    .filter((queue) => typeof queue === "string");
  if (reason !== undefined && io_engine === "uring") {
    throw new ConfigError([
      `Cannot use reader.io_engine = uring as this host must have io_uring: ` +
      `${reason}; reader.io_engine=sync does without it`,
    ]);
  }
  const { plan, checkpointPlan, warnings } = described;
  const generateQueue = planOf(generating);
  const readQueue = planOf(training);
  const queues = {
    ...inPlan("queue", planOf(loads)),
    ...inPlan("saveQueue", planOf(saves)),
  };
  return {
    ...described,
    ...inPlan("generateQueue", generateQueue),
    plan: {
      ...plan,
      loader: { ...plan.loader, ...inPlan("queue", readQueue) },
      ...(plan.checkpoint === undefined
        ? {}
        : { checkpoint: { ...plan.checkpoint, ...queues } }),
    },
    checkpointPlan: checkpointPlan === null
      ? null
      : { ...checkpointPlan, ...queues },
    warnings: {
      generating: [
        ...warnings.generating,
        ...noticesOf("Files are generated", generating),
      ],
      checkpoints: [
        ...warnings.checkpoints,
        ...noticesOf("Checkpoints are saved", saves),
        ...noticesOf("Checkpoints are loaded", loads),
      ],
      training: [
        ...warnings.training,
        ...noticesOf("Readers make", training),
        ...(readers === null
          ? []
          : readQueue !== null
          ? shallowerNotices(described, readQueue)
          : sharedReadWarnings(described.workload, plan, "sync")),
      ],
    },
  };
}

function planOf<Plan extends object>(chosen: Chosen<Plan>): Plan | null {
  return typeof chosen === "string" ? null : chosen;
}

function inPlan<Key extends string, Plan>(
  key: Key,
  plan: Plan | null,
): Partial<Record<Key, Plan>> {
  return plan === null ? {} : { [key]: plan } as Record<Key, Plan>;
}

function noticesOf(what: string, chosen: Chosen<object>): string[] {
  if (typeof chosen !== "string") return [];
  return [
    `${what} one call after another (reader.io_engine = auto): io_uring is ` +
    `not used, as ${chosen}`,
  ];
}

/** Says where readers are so many that each has less in flight. */
function shallowerNotices(
  { workload, plan }: FilesRun,
  { depth }: QueuePlan,
): string[] {
  const { io_depth } = workload.reader;
  if (depth === io_depth) return [];
  return [
    `Each reader has ${depth} files or ranges in flight, not ${io_depth} ` +
    `(reader.io_depth): ${plan.threads.readersPerThread} readers share a ` +
    `thread (reader.readers_per_thread), which may have ` +
    `${mostInFlight()} in flight`,
  ];
}

/**
 * Of one ring. Linux lets it keep as many files as the process may open, and
 * a read may need one beside those that are read long.
 */
function mostInFlight(): number {
  const openFiles = readOpenFileLimit().value ?? Infinity;
  return Math.min(RING_DEPTH_MAX, Math.floor(openFiles / 2));
}

function readQueueOf(
  { workload }: FilesRun,
  readers: Readers | null,
  probe: typeof probeUring,
): Chosen<QueuePlan> {
  const kind = STORAGE_KINDS[readers?.kind ?? ""];
  if (readers === null || kind?.readEngine === undefined) return null;
  if (readers.blockedBy !== null) return readers.blockedBy;
  const { threadCount, readersPerThread, readBytes } = readers;
  const { buffersMaxBytes } = readers;
  const mostDepth = Math.floor(mostInFlight() / readersPerThread);
  if (mostDepth === 0) {
    return `${readersPerThread} readers share a thread ` +
      `(reader.readers_per_thread), which may have ${mostInFlight()} files ` +
      `in flight`;
  }
  const depth = Math.min(workload.reader.io_depth, mostDepth);
  const memory = ringMemory({
    depth: depth * readersPerThread,
    readBytes,
    isDirect: kind.stagesReads === true,
    buffersMaxBytes,
  });
  const { entryCount, totalBytes } = memory;
  const { reason } = probe({ ringCount: threadCount, entryCount });
  if (reason !== null) return reason;
  const registersBuffers = threadCount * totalBytes <= readLockedMemoryLimit();
  return { depth, registersBuffers, buffersMaxBytes };
}

function writeQueueOf(
  { workload }: FilesRun,
  writers: Writers | null,
  probe: typeof probeUring,
): Chosen<WriteQueuePlan> {
  const kind = STORAGE_KINDS[writers?.kind ?? ""];
  if (writers === null || kind?.readEngine === undefined) return null;
  const { threadCount, bufferBytes } = writers;
  const shareCount = Math.floor(BUFFERS_BYTES / threadCount / bufferBytes);
  const depth = Math.min(
    workload.reader.io_depth,
    Math.max(WRITE_BUFFERS_MIN, shareCount),
  );
  const { entryCount, totalBytes } = writeMemory({ depth, bufferBytes });
  const { reason } = probe({ ringCount: threadCount, entryCount });
  if (reason !== null) return reason;
  const registersBuffers = threadCount * totalBytes <= readLockedMemoryLimit();
  return { depth, registersBuffers };
}

function generators({ workload, dataset }: FilesRun): Writers | null {
  const { workflow, reader } = workload;
  if (!workflow.generate_data) return null;
  return {
    kind: dataset.dataset.storage.kind,
    // Not more than files.
    threadCount: Math.max(
      1,
      Math.min(reader.write_threads, fileCountOf(dataset.splits)),
    ),
    bufferBytes: PAGE_BYTES_PER_GENERATOR,
  };
}

function checkpointWriters(
  { workload, checkpointPlan: plan }: FilesRun,
): Writers | null {
  if (plan === null) return null;
  const saves = workload.workflow.train ||
    workload.checkpoint.num_checkpoints_write > 0;
  if (!saves) return null;
  const { storage, chunkBytes } = plan;
  return {
    kind: storage.kind,
    threadCount: savingThreads(plan),
    bufferBytes: chunkBytes,
  };
}

/** Threads that save; the others only load. */
function savingThreads(plan: CheckpointPlan): number {
  return plan.threadCount / plan.readersPerRank;
}

function datasetReaders({ workload, plan, format }: FilesRun): Readers | null {
  const { workflow, reader } = workload;
  const { loader, ranks, dataset, readBytes } = plan;
  if (!(workflow.train || workflow.evaluation) || !loader.reads) return null;
  const decodes = dataset.spec.parquet.decode && format.decode !== undefined;
  const isInline = loader.readThreads === 0;
  const readerCount = ranks.count * loader.readThreads;
  const threadCount = isInline ? ranks.count : threadCountsOf(plan).readers;
  return {
    kind: dataset.storage.kind,
    threadCount,
    buffersMaxBytes: Math.min(
      BUFFERS_MAX_BYTES,
      Math.floor(READ_BUFFERS_BYTES / threadCount),
    ),
    readersPerThread: isInline
      ? 1
      : Math.min(plan.threads.readersPerThread, readerCount),
    readBytes,
    blockedBy: reader.shard_cache_folder !== null
      ? "samples of copied shards are read one after another " +
        "(reader.shard_cache_folder)"
      : decodes
      ? "what is decoded is read one range after another " +
        "(dataset.parquet.decode)"
      : null,
  };
}

function checkpointReaders(
  { workload, checkpointPlan: plan }: FilesRun,
): Readers | null {
  const { workflow, checkpoint } = workload;
  const loads = !workflow.train && checkpoint.num_checkpoints_read > 0;
  if (plan === null || !loads) return null;
  return {
    kind: plan.storage.kind,
    threadCount: plan.threadCount,
    readersPerThread: 1,
    readBytes: plan.chunkBytes,
    buffersMaxBytes: BUFFERS_BYTES / plan.threadCount,
    blockedBy: plan.verify
      ? "what is compared is read one chunk after another (checkpoint.verify)"
      : null,
  };
}
