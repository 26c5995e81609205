/**
 * What a run needs of its host: threads and memory; pure.
 *
 * The memory of a thread was measured as resident memory of whole runs on
 * Deno 2.9.6 (x86-64 Linux): 8, 32 and 64 accelerators with two readers each
 * took 356, 1138 and 2189 MB, so 100 MB and 11.2 MB more for each thread.
 * Where they share threads, each accelerator with its two readers took 0.1 MB.
 * Parquet added 1.2 MB for each reader, O_DIRECT its read buffer twice.
 */
import type { CheckpointPlan } from "../../checkpoint/checkpoint_plan.ts";
import { STORAGE_KINDS } from "../../storage/kinds.ts";
import { ringMemory } from "../../storage/local/ring_memory.ts";
import { writeMemory } from "../../storage/local/write_memory.ts";
import type { WriteQueuePlan } from "../../storage/storage.ts";
import { stepTimesOf } from "./kept_step_times.ts";
import { shareOf, threadCountsOf } from "./thread_counts.ts";
import type { RunPlan } from "./run_plan.ts";
import { PAGE_BYTES_PER_GENERATOR } from "./visit_plan.ts";

/** Of a process without workers. */
const PROCESS_BYTES = 100 * 1024 * 1024;
/** Of a thread: its isolate, its code, its stack. */
const WORKER_BYTES = 11.5 * 1024 * 1024;
/** Of an accelerator or reader that shares a thread: counters, its order. */
const SHARED_WORKER_BYTES = 256 * 1024;
/** Pages that a generator fills, and what encoding takes beside them. */
const GENERATOR_BYTES = 2 * 1024 * 1024;
/** Times of a step, in the region and in the record. */
const STEP_BYTES = 2 * 4 * Float64Array.BYTES_PER_ELEMENT;
/** Threads that Deno itself starts: its pool, V8's helpers. */
const RUNTIME_THREADS = 16;

/** What a run needs of its host at its fullest. */
export interface HostNeeds {
  /** Threads of accelerators, readers, generators, checkpointers. */
  readonly workers: number;
  /** Workers, and the threads of the runtime. */
  readonly threads: number;
  readonly memoryBytes: number;
  /** The part of it that is buffers of reads and writes. */
  readonly bufferBytes: number;
}

/** What the phases of a run are made of. */
export interface NeedyRun {
  /** Null: nothing is trained or evaluated. */
  readonly plan: RunPlan | null;
  /** Null: nothing is saved or loaded. */
  readonly checkpoints: CheckpointPlan | null;
  /** Threads that generate or verify files; 0: none. */
  readonly generators: number;
  /** Writes in flight of each; absent: one after another. */
  readonly generateQueue?: WriteQueuePlan;
  /**
   * Read buffers of one reader: 1 where a read blocks, the requests under
   * way where it does not.
   */
  readonly buffersPerReader: number;
}

/**
 * Works out what a run needs. Generating comes before training, with threads
 * of its own, so the fuller of the two counts.
 */
export function hostNeeds(run: NeedyRun): HostNeeds {
  const training = trainingNeeds(run);
  const queueBytes = run.generateQueue === undefined ? 0 : writeMemory({
    ...run.generateQueue,
    bufferBytes: PAGE_BYTES_PER_GENERATOR,
  }).totalBytes;
  const generating = {
    threads: run.generators,
    bufferBytes: run.generators * (GENERATOR_BYTES + queueBytes),
  };
  const needs = bytesOf(training) > bytesOf(generating) ? training : generating;
  return {
    workers: needs.threads,
    threads: needs.threads + RUNTIME_THREADS,
    memoryBytes: Math.round(PROCESS_BYTES + bytesOf(needs)),
    bufferBytes: needs.bufferBytes,
  };
}

interface PhaseNeeds {
  readonly threads: number;
  readonly bufferBytes: number;
  /** Of accelerators and readers beyond the first of each thread. */
  readonly sharedBytes?: number;
  /** Times of all steps of the longest phase. */
  readonly stepBytes?: number;
}

function bytesOf(needs: PhaseNeeds): number {
  return needs.threads * WORKER_BYTES + needs.bufferBytes +
    (needs.sharedBytes ?? 0) + (needs.stepBytes ?? 0);
}

function trainingNeeds(
  { plan, checkpoints, buffersPerReader }: NeedyRun,
): PhaseNeeds {
  const savers = checkpoints?.threadCount ?? 0;
  const saverBytes = savers * saverBufferBytes(checkpoints);
  if (plan === null) return { threads: savers, bufferBytes: saverBytes };
  const { loader, training } = plan;
  const { accelerators, readersPerAccelerator } = shareOf(plan);
  const threads = threadCountsOf(plan);
  // With read_threads: 0 the accelerators read by themselves.
  const readsInline = loader.reads && readersPerAccelerator === 0;
  const kind = STORAGE_KINDS[plan.dataset.storage.kind];
  // Those that share a thread share what a read that blocks is read into.
  const buffers = readsInline
    ? accelerators
    : kind?.isSync === true
    ? threads.readers
    : accelerators * readersPerAccelerator;
  const workerCount = accelerators * (1 + readersPerAccelerator);
  const sharedCount = workerCount - threads.accelerators - threads.readers;
  const copies = kind?.stagesReads === true ? 2 : 1;
  const stepTimes = Math.max(
    stepTimesOf(training.train),
    stepTimesOf(training.eval),
  );
  const { queue } = loader;
  const readerBytes = queue === undefined
    ? buffersPerReader * copies * plan.readBytes
    : ringMemory({
      ...queue,
      depth: queue.depth * (readsInline ? 1 : plan.threads.readersPerThread),
      readBytes: plan.readBytes,
      isDirect: kind?.stagesReads === true,
    }).totalBytes;
  return {
    threads: threads.accelerators + threads.readers + threads.transfers +
      savers,
    bufferBytes: buffers * readerBytes + saverBytes,
    sharedBytes: sharedCount * SHARED_WORKER_BYTES,
    stepBytes: accelerators * stepTimes * STEP_BYTES,
  };
}

/** Of a thread that saves and loads. */
function saverBufferBytes(plan: CheckpointPlan | null): number {
  if (plan === null) return 0;
  const { queue, saveQueue, chunkBytes, storage } = plan;
  const loadBytes = queue === undefined ? 0 : ringMemory({
    ...queue,
    readBytes: chunkBytes,
    isDirect: STORAGE_KINDS[storage.kind]?.stagesReads === true,
  }).totalBytes;
  const chunkCount = Math.max(1, saveQueue?.depth ?? 0);
  return chunkCount * chunkBytes + loadBytes;
}
