/**
 * How many threads fetch for one reader of an object store.
 *
 * A thread fetches 1 to 2 GB/s, then its CPU is full, while a client library
 * in C or Rust that one reader calls uses all CPUs. A server on this host needs
 * CPUs as well, and so does the kernel's part of a fetch, so half of them are
 * divided among the readers.
 */
import { namesOfKinds, STORAGE_KINDS } from "../storage/kinds.ts";
import type { ThreadSizing } from "./dependent_values.ts";
import { optionKind, OPTIONS_KEY } from "./option_settings.ts";
import type { Workload } from "./workload.ts";

const OPTION = "transfer_threads";
/** Key of the setting. */
export const TRANSFER_THREADS_KEY = `${OPTIONS_KEY}.${OPTION}`;

/** CPUs of this host for each thread that fetches. */
const CPUS_PER_THREAD = 2;
/** Most where neither setting nor environment says another number. */
const MAX_AUTO_THREADS = 8;

/** A number of threads, and how it was found. */
export interface SizedTransfers {
  readonly threads: number;
  readonly reason: string;
}

/** Threads that fetch for a reader, its own among them, >= 1. */
export function transferThreadsOf({ storage }: Workload): number {
  const given = givenThreads(storage);
  return hasTransfers(storage) && given !== null ? given : 1;
}

/**
 * Sizes them for this host.
 *
 * @param workload With all that it does not follow from.
 * @returns Null where they are given, or the dataset is in no object store.
 */
export function autoTransferThreads(
  workload: Workload,
  { cpuCount, acceleratorsOnHost, maxThreads }: ThreadSizing,
): SizedTransfers | null {
  const { storage, reader } = workload;
  // Options are not made up where none is given: there are no credentials.
  if (!hasTransfers(storage) || storage.storage_options === null) return null;
  if (givenThreads(storage) !== null) return null;
  const alone = aloneReason(workload);
  if (alone !== null) return { threads: 1, reason: alone };
  const readers = acceleratorsOnHost * reader.read_threads;
  const most = Math.min(
    maxThreads ?? MAX_AUTO_THREADS,
    readsAhead(reader),
    windowOf(storage),
  );
  const cpus = Math.floor(cpuCount / (CPUS_PER_THREAD * readers));
  return {
    threads: Math.max(1, Math.min(cpus, most)),
    reason: `${cpuCount} CPUs / ${CPUS_PER_THREAD} / ${readers} ` +
      `reader${readers === 1 ? "" : "s"} of this host, at most ${most}`,
  };
}

function givenThreads({ storage_options }: Workload["storage"]): number | null {
  const given = storage_options?.[OPTION];
  return typeof given === "number" ? given : null;
}

/** Whether a dataset in this storage is read by such threads. */
function hasTransfers({ storage_type }: Workload["storage"]): boolean {
  return STORAGE_KINDS[storage_type]?.options[OPTION] !== undefined;
}

/** Rules between settings, as rows of `cross_checks.ts`. */
export const TRANSFER_CHECKS = [
  {
    keys: [TRANSFER_THREADS_KEY, "storage.storage_type"],
    // Options of a kind that is not in use have a warning already.
    breaks: ({ storage, checkpoint }: Workload): boolean =>
      givenThreads(storage) !== null && !hasTransfers(storage) &&
      optionKind(storage.storage_type, checkpoint.checkpoint_folder)
          ?.options[OPTION] !== undefined,
    rule: "only a dataset in an object store is read by such threads: " +
      "storage_type " +
      namesOfKinds(({ options }) => options[OPTION] !== undefined),
  },
  {
    keys: [TRANSFER_THREADS_KEY],
    breaks: (workload: Workload): boolean =>
      transferThreadsOf(workload) > 1 && aloneReason(workload) !== null,
    rule: (workload: Workload): string =>
      `it must be 1 where ${aloneReason(workload)}`,
  },
  {
    keys: [TRANSFER_THREADS_KEY],
    breaks: (workload: Workload): boolean =>
      transferThreadsOf(workload) > windowOf(workload.storage),
    rule: ({ storage }: Workload): string =>
      "each of them keeps at least one of the reader's reads under way, so " +
      `it must be <= ${OPTIONS_KEY}.prefetch_window, which is ` +
      `${windowOf(storage)}`,
  },
];

/** Why a reader fetches alone; null: it need not. */
function aloneReason({ reader }: Workload): string | null {
  if (reader.read_threads === 0) {
    return "the accelerator reads by itself (reader.read_threads)";
  }
  if (reader.readers_per_thread > 1) {
    return "readers share threads (reader.readers_per_thread)";
  }
  return reader.shard_cache_folder === null
    ? null
    : "whole shards are copied first (reader.shard_cache_folder)";
}

/** Samples that a reader may have under way, as `make_run_plan.ts` has it. */
function readsAhead(
  { prefetch_size, read_threads, batch_size }: Workload["reader"],
): number {
  const batches = prefetch_size === 0
    ? 2
    : Math.ceil(prefetch_size / Math.max(1, read_threads));
  return batches * batch_size;
}

function windowOf({ storage_type, storage_options }: Workload["storage"]) {
  const row = STORAGE_KINDS[storage_type]?.options.prefetch_window;
  return Number(storage_options?.prefetch_window ?? row?.fallback ?? Infinity);
}
