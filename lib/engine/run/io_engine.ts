/**
 * Chooses how files of this host are read and written (`reader.io_engine`): one
 * call after another, or many requests in flight through io_uring. Here, and
 * not where a run is described, since it depends on the host.
 */
import { formatBytes } from "../../bytes/sizes.ts";
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
import {
  chooseDepth,
  directFolderOf,
  type FilesFolder,
  limitedDepth,
  type QueueOf,
  type Sharers,
} from "./io_depth.ts";

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
  | "onHost"
  | "generateQueue"
>;

/** What is to be known of a host before an engine is chosen. */
export interface EngineHost {
  /** Queues of the devices under {@linkcode foldersWithQueues}. */
  readonly queueOf: QueueOf;
  /**
   * Whether it has io_uring.
   * @default {probeUring}
   */
  readonly probe?: typeof probeUring;
}

/** Threads that use files. */
interface FileUsers {
  readonly files: FilesFolder;
  readonly threadCount: number;
  /** Who has requests in flight on this host, in all processes. */
  readonly sharers: Sharers;
}

/** Threads that read files, and how. */
interface Readers extends FileUsers {
  /** Readers that one thread serves. */
  readonly readersPerThread: number;
  readonly readBytes: number;
  /** Memory of one thread's buffers. */
  readonly buffersMaxBytes: number;
  /** Why they read one after another, whatever the host; null: nothing. */
  readonly blockedBy: string | null;
}

/** Threads that write files, and how. */
interface Writers extends FileUsers {
  /** Bytes of one write. */
  readonly bufferBytes: number;
}

/** A reason where there can be none, null where nothing is done. */
type Chosen<Plan> = Plan | string | null;

/**
 * Folders whose device must be asked for its queue before an engine is chosen.
 *
 * @returns As this host's file systems call them; none where the depth is
 *   given, or nothing is to be chosen.
 */
export function foldersWithQueues(described: FilesRun): string[] {
  const { io_engine, io_depth } = described.workload.reader;
  if (io_engine === "sync" || io_depth !== null) return [];
  return [
    generators(described),
    checkpointWriters(described),
    datasetReaders(described),
    checkpointReaders(described),
  ].flatMap((users) => users === null ? [] : directFolderOf(users.files) ?? []);
}

/**
 * Gives a run's readers, its generators, and the threads that load and save
 * its checkpoints, their engine.
 *
 * @param described The run as its settings describe it.
 * @param host What this host has.
 * @returns The run with queues in its plans, and with what is to be said
 *   where `auto` falls back.
 * @throws {ConfigError} If `uring` is asked for and not to be had.
 */
export function withIoEngine<Run extends FilesRun>(
  described: Run,
  host: EngineHost,
): Run {
  const { io_engine } = described.workload.reader;
  if (io_engine === "sync") return described;
  const generating = writeQueueOf(described, generators(described), host);
  const saves = writeQueueOf(described, checkpointWriters(described), host);
  const readers = datasetReaders(described);
  const training = readQueueOf(described, readers, host);
  const loads = readQueueOf(described, checkpointReaders(described), host);
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
  if (io_depth === null || depth === io_depth) return [];
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
  { queueOf, probe = probeUring }: EngineHost,
): Chosen<QueuePlan> {
  const kind = STORAGE_KINDS[readers?.files.storage.kind ?? ""];
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
  const { depth, reason: depthReason } = limitedDepth(
    chooseDepth(workload.reader.io_depth, { ...readers, queueOf }),
    mostDepth,
    `${readersPerThread} of them share a thread, which may have ` +
      `${mostInFlight()} in flight`,
  );
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
  return { depth, depthReason, registersBuffers, buffersMaxBytes };
}

function writeQueueOf(
  { workload }: FilesRun,
  writers: Writers | null,
  { queueOf, probe = probeUring }: EngineHost,
): Chosen<WriteQueuePlan> {
  const kind = STORAGE_KINDS[writers?.files.storage.kind ?? ""];
  if (writers === null || kind?.readEngine === undefined) return null;
  const { threadCount, bufferBytes } = writers;
  const shareCount = Math.floor(BUFFERS_BYTES / threadCount / bufferBytes);
  const { depth, reason: depthReason } = limitedDepth(
    chooseDepth(workload.reader.io_depth, { ...writers, queueOf }),
    Math.max(WRITE_BUFFERS_MIN, shareCount),
    `all threads that write have buffers of ${formatBytes(BUFFERS_BYTES)} ` +
      "together",
  );
  const { entryCount, totalBytes } = writeMemory({ depth, bufferBytes });
  const { reason } = probe({ ringCount: threadCount, entryCount });
  if (reason !== null) return reason;
  const registersBuffers = threadCount * totalBytes <= readLockedMemoryLimit();
  return { depth, depthReason, registersBuffers };
}

function generators(
  { workload, dataset, onHost }: FilesRun,
): Writers | null {
  const { workflow, reader } = workload;
  if (!workflow.generate_data) return null;
  // Not more than files.
  const threadCount = Math.max(
    1,
    Math.min(reader.write_threads, fileCountOf(dataset.splits)),
  );
  return {
    files: dataset.dataset,
    threadCount,
    sharers: {
      count: threadCount * onHost.processes,
      one: "thread that generates",
      many: "threads that generate",
    },
    bufferBytes: PAGE_BYTES_PER_GENERATOR,
  };
}

function checkpointWriters(described: FilesRun): Writers | null {
  const { workload, checkpointPlan: plan } = described;
  if (plan === null) return null;
  const saves = workload.workflow.train ||
    workload.checkpoint.num_checkpoints_write > 0;
  if (!saves) return null;
  const threadCount = savingThreads(plan);
  return {
    files: plan,
    threadCount,
    sharers: {
      count: onAllOfHost(described, plan, threadCount),
      one: "thread that saves",
      many: "threads that save",
    },
    bufferBytes: plan.chunkBytes,
  };
}

/** Threads that save; the others only load. */
function savingThreads(plan: CheckpointPlan): number {
  return plan.threadCount / plan.readersPerRank;
}

/** Other processes have as many for each of their accelerators. */
function onAllOfHost(
  { onHost }: FilesRun,
  { ranks }: CheckpointPlan,
  threadCount: number,
): number {
  return Math.ceil(threadCount * onHost.accelerators / ranks.count);
}

function datasetReaders(described: FilesRun): Readers | null {
  const { workload, plan, format, onHost } = described;
  const { workflow, reader } = workload;
  const { loader, ranks, dataset, readBytes } = plan;
  if (!(workflow.train || workflow.evaluation) || !loader.reads) return null;
  const decodes = dataset.spec.parquet.decode && format.decode !== undefined;
  const isInline = loader.readThreads === 0;
  const readerCount = ranks.count * loader.readThreads;
  const threadCount = isInline ? ranks.count : threadCountsOf(plan).readers;
  return {
    files: dataset,
    threadCount,
    sharers: {
      count: onHost.accelerators * Math.max(1, loader.readThreads),
      one: "reader",
      many: "readers",
    },
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

function checkpointReaders(described: FilesRun): Readers | null {
  const { workload, checkpointPlan: plan } = described;
  const { workflow, checkpoint } = workload;
  const loads = !workflow.train && checkpoint.num_checkpoints_read > 0;
  if (plan === null || !loads) return null;
  return {
    files: plan,
    threadCount: plan.threadCount,
    sharers: {
      count: onAllOfHost(described, plan, plan.threadCount),
      one: "thread that loads",
      many: "threads that load",
    },
    readersPerThread: 1,
    readBytes: plan.chunkBytes,
    buffersMaxBytes: BUFFERS_BYTES / plan.threadCount,
    blockedBy: plan.verify
      ? "what is compared is read one chunk after another (checkpoint.verify)"
      : null,
  };
}
