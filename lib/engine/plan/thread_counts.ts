/**
 * The threads of a plan: how many serve its accelerators and readers, and
 * what that means for the reads that can be under way.
 */
import type { Workload } from "../../config/workload.ts";
import { STORAGE_KINDS } from "../../storage/kinds.ts";
import {
  acceleratorThreadCount,
  readerThreadCount,
  type ThreadShare,
  transferThreadCount,
} from "../threads/thread_share.ts";
import type { RunPlan } from "./run_plan.ts";

/** Threads of one process that trains. */
export interface ThreadCounts {
  readonly accelerators: number;
  readonly readers: number;
  /** That fetch for readers beside their own threads. */
  readonly transfers: number;
}

/** The workers of a plan as its threads share them. */
export function shareOf(
  { ranks, loader, threads }: Pick<RunPlan, "ranks" | "loader" | "threads">,
): ThreadShare {
  return {
    accelerators: ranks.count,
    readersPerAccelerator: loader.reads ? loader.readThreads : 0,
    transferThreads: loader.transferThreads,
    ...threads,
  };
}

/** Threads that a plan has in this process. */
export function threadCountsOf(
  plan: Pick<RunPlan, "ranks" | "loader" | "threads">,
): ThreadCounts {
  const share = shareOf(plan);
  return {
    accelerators: acceleratorThreadCount(share),
    readers: readerThreadCount(share),
    transfers: transferThreadCount(share),
  };
}

/**
 * Says where fewer reads can be under way than there are readers.
 *
 * @param engine How files are read, as far as it is known: with "auto" the
 *   host tells.
 * @returns Nothing, or one sentence.
 */
export function sharedReadWarnings(
  { storage, reader }: Pick<Workload, "storage" | "reader">,
  plan: Pick<RunPlan, "ranks" | "loader" | "threads">,
  engine = reader.io_engine,
): string[] {
  if (engine !== "sync") return [];
  const kind = STORAGE_KINDS[storage.storage_type];
  const options = storage.storage_options ?? {};
  const blocks = kind?.isSync === true &&
    kind.readsAtOnce?.({ options }) !== true;
  const { accelerators, readersPerAccelerator } = shareOf(plan);
  const readers = accelerators * readersPerAccelerator;
  const threads = threadCountsOf(plan).readers;
  if (!blocks || threads === readers) return [];
  return [
    `The ${readers} readers of ${accelerators} accelerators share ${threads} ` +
    `threads, so ${threads} reads are under way at a time: ` +
    `reader.readers_per_thread=1 gives each its own, which takes time to ` +
    `start and 12 MB each`,
  ];
}
