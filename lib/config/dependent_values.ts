/**
 * Settings that follow from the host or from other settings.
 *
 * Reference: DLIO's `utils/config.py`, thread sizing. DLIO sizes an explicit 1
 * as well, so that one thread cannot be chosen; here 1 means 1.
 */
import { STORAGE_KINDS } from "../storage/kinds.ts";
import type { Workload } from "./workload.ts";

/** Limits of threads where neither setting nor environment gives one. */
const MAX_READ_THREADS = 8;
const MAX_WRITE_THREADS = 32;

/** Writers that keep a storage busy whose writes wait for it. */
const MIN_WAITING_WRITE_THREADS = 8;

/** What threads are sized by. */
export interface ThreadSizing {
  readonly cpuCount: number;
  /** Accelerators on this host, at least 1. */
  readonly acceleratorsOnHost: number;
  /** From DLIO_MAX_AUTO_THREADS; null: the usual limits. */
  readonly maxThreads: number | null;
}

/** Reader threads per accelerator. */
export function autoReadThreads(sizing: ThreadSizing): number {
  return Math.min(
    cpusPerAccelerator(sizing),
    sizing.maxThreads ?? MAX_READ_THREADS,
  );
}

/**
 * Generator threads per accelerator.
 *
 * @param writesWait Of the kind of storage: a thread mostly waits.
 */
export function autoWriteThreads(
  sizing: ThreadSizing,
  writesWait: boolean,
): number {
  const cpus = cpusPerAccelerator(sizing);
  const maxThreads = sizing.maxThreads ?? MAX_WRITE_THREADS;
  if (!writesWait) return Math.min(cpus, maxThreads);
  return Math.max(MIN_WAITING_WRITE_THREADS, Math.min(2 * cpus, maxThreads));
}

/**
 * How {@linkcode autoReadThreads} came to its number.
 *
 * @returns "8 CPUs / 2 accelerators of this host, at most 8".
 */
export function readThreadsReason(sizing: ThreadSizing): string {
  return `${shareText(sizing)}, ${mostText(sizing, MAX_READ_THREADS)}`;
}

/**
 * How {@linkcode autoWriteThreads} came to its number.
 *
 * @param writesWait Of the kind of storage: a thread mostly waits.
 */
export function writeThreadsReason(
  sizing: ThreadSizing,
  writesWait: boolean,
): string {
  const most = mostText(sizing, MAX_WRITE_THREADS);
  return writesWait
    ? `2 x ${shareText(sizing)}, ${most}, but at least ` +
      `${MIN_WAITING_WRITE_THREADS} as writes wait for the storage`
    : `${shareText(sizing)}, ${most}`;
}

function shareText({ cpuCount, acceleratorsOnHost }: ThreadSizing): string {
  return `${cpuCount} CPU${cpuCount === 1 ? "" : "s"} / ` +
    `${acceleratorsOnHost} accelerator${acceleratorsOnHost === 1 ? "" : "s"} ` +
    "of this host";
}

function mostText({ maxThreads }: ThreadSizing, usual: number): string {
  return maxThreads === null
    ? `at most ${usual}`
    : `at most ${maxThreads} (DLIO_MAX_AUTO_THREADS)`;
}

/** How readers read: what the kind of storage says that is in force. */
export function autoReadEngine(
  { storage, reader }: Workload,
): Workload["reader"]["io_engine"] {
  const kind = STORAGE_KINDS[storage.storage_type];
  const direct = reader.odirect && kind?.directKind !== undefined
    ? STORAGE_KINDS[kind.directKind]
    : kind;
  return direct?.readEngine ?? "sync";
}

/** Bytes of a sample of the given shape. */
export function recordBytes(
  dims: readonly number[],
  elementType: string,
): number {
  const bits = Number(/\d+$/.exec(elementType)?.[0]);
  return dims.reduce((product, dim) => product * dim, bits / 8);
}

/**
 * The numbers that a run finds out where none is given, of files and of their
 * samples: of what it reads and does not generate, and lists.
 *
 * @returns Dotted keys, and the word for what is there.
 */
export function foundCounts(
  { workflow, dataset, reader }: Workload,
): [key: string, word: string][] {
  const reads = reader.data_loader !== "synthetic" &&
    reader.data_loader !== "none";
  if (workflow.generate_data || !reads || dataset.skip_listing) return [];
  if (!workflow.train && !workflow.evaluation) return [];
  return [
    ...(workflow.train ? [["dataset.num_files_train", "all"]] : []),
    ...(workflow.evaluation ? [["dataset.num_files_eval", "all"]] : []),
    ["dataset.num_samples_per_file", "auto"],
  ] as [string, string][];
}

function cpusPerAccelerator(sizing: ThreadSizing): number {
  return Math.max(
    1,
    Math.floor(sizing.cpuCount / sizing.acceleratorsOnHost),
  );
}
