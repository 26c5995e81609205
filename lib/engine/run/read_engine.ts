/**
 * Chooses how files of this host are read (`reader.io_engine`): one call after
 * another, or many requests in flight through io_uring. Here, and not where a
 * run is described, since it depends on the host.
 */
import { ConfigError } from "../../errors.ts";
import { readLockedMemoryLimit } from "../../host/locked_memory.ts";
import { readOpenFileLimit } from "../../host/open_files.ts";
import { probeUring } from "../../host/uring_support.ts";
import type { QueuePlan } from "../../storage/storage.ts";
import { STORAGE_KINDS } from "../../storage/kinds.ts";
import {
  BUFFERS_MAX_BYTES,
  RING_DEPTH_MAX,
  ringMemory,
} from "../../storage/local/ring_memory.ts";
import type { DescribedRun } from "../plan/describe_run.ts";
import { sharedReadWarnings, threadCountsOf } from "../plan/thread_counts.ts";

/** Of all threads that load checkpoints, so that it does not grow with them. */
const LOAD_BUFFERS_BYTES = 32 * 2 ** 20;
/** Of all readers; up to 8 threads have as much as a thread may have. */
const READ_BUFFERS_BYTES = 256 * 2 ** 20;

/** A run as far as its reads are concerned. */
type ReadingRun = Pick<
  DescribedRun,
  "workload" | "plan" | "format" | "checkpointPlan" | "warnings"
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

/**
 * Gives a run's readers, and the threads that load its checkpoints, their
 * engine.
 *
 * @param described The run as its settings describe it.
 * @param probe Whether this host has io_uring.
 * @returns The run with `queue` in its plans, and with what is to be said
 *   where `auto` falls back.
 * @throws {ConfigError} If `uring` is asked for and not to be had.
 */
export function withReadEngine<Run extends ReadingRun>(
  described: Run,
  probe = probeUring,
): Run {
  const { io_engine } = described.workload.reader;
  if (io_engine === "sync") return described;
  const readers = datasetReaders(described);
  const training = queueOf(described, readers, probe);
  const loads = queueOf(described, checkpointReaders(described), probe);
  const reasons = [training, loads].flatMap((queue) =>
    typeof queue === "string" ? [queue] : []
  );
  const [reason] = reasons;
  if (reason !== undefined && io_engine === "uring") {
    throw new ConfigError([
      `Cannot use reader.io_engine = uring as this host must have io_uring: ` +
      `${reason}; reader.io_engine=sync reads without it`,
    ]);
  }
  const { plan, checkpointPlan, warnings } = described;
  const noticeOf = (what: string, queue: typeof training) =>
    typeof queue !== "string" ? [] : [
      `${what} one call after another (reader.io_engine = auto): io_uring ` +
      `is not used, as ${queue}`,
    ];
  return {
    ...described,
    plan: isQueue(training)
      ? { ...plan, loader: { ...plan.loader, queue: training } }
      : plan,
    checkpointPlan: checkpointPlan !== null && isQueue(loads)
      ? { ...checkpointPlan, queue: loads }
      : checkpointPlan,
    warnings: {
      checkpoints: [
        ...warnings.checkpoints,
        ...noticeOf("Checkpoints are loaded", loads),
      ],
      training: [
        ...warnings.training,
        ...noticeOf("Readers make", training),
        ...(readers === null
          ? []
          : isQueue(training)
          ? shallowerNotices(described, training)
          : sharedReadWarnings(described.workload, plan, "sync")),
      ],
    },
  };
}

/** Says where readers are so many that each has less in flight. */
function shallowerNotices(
  { workload, plan }: ReadingRun,
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

function isQueue(queue: QueuePlan | string | null): queue is QueuePlan {
  return queue !== null && typeof queue !== "string";
}

/** @returns A reason where there can be none, null where nothing is read. */
function queueOf(
  { workload }: ReadingRun,
  readers: Readers | null,
  probe: typeof probeUring,
): QueuePlan | string | null {
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

function datasetReaders(
  { workload, plan, format }: ReadingRun,
): Readers | null {
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
  { workload, checkpointPlan: plan }: ReadingRun,
): Readers | null {
  const { workflow, checkpoint } = workload;
  const loads = !workflow.train && checkpoint.num_checkpoints_read > 0;
  if (plan === null || !loads) return null;
  return {
    kind: plan.storage.kind,
    threadCount: plan.threadCount,
    readersPerThread: 1,
    readBytes: plan.chunkBytes,
    buffersMaxBytes: LOAD_BUFFERS_BYTES / plan.threadCount,
    blockedBy: plan.verify
      ? "what is compared is read one chunk after another (checkpoint.verify)"
      : null,
  };
}
