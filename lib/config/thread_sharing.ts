/**
 * How many accelerators share a thread, and how many readers.
 *
 * A thread costs 6 to 12 MB and 20 ms of a start, so that a host has hundreds
 * of accelerators only if they share. What an accelerator does is wait, so one
 * thread per CPU emulates any number of them. More threads than CPUs, which all
 * wake at the same moment as steps end together, make each other late: four
 * accelerators on two CPUs, with steps of 5 ms, have an AU of 94 % with a
 * thread each and of 97 % with two threads. A reader whose reads block is
 * one read under way: as many threads as a device's queue is long keep it
 * full. Where reads do not block (object stores, io_uring), a thread per CPU
 * would do; a second one lends its time while the first one parses, or opens a
 * file with an index.
 */
import { STORAGE_KINDS } from "../storage/kinds.ts";
import type { ThreadSizing } from "./dependent_values.ts";
import type { Workload } from "./workload.ts";

/** Accelerators per CPU whose readers have a thread each. */
const OWN_READERS_PER_CPU = 2;
/** Threads of readers per CPU, where readers share and reads block. */
const BLOCKING_THREADS_PER_CPU = 16;
/** Threads of readers per CPU, where readers share and reads do not block. */
const OTHER_THREADS_PER_CPU = 2;

const ACCELERATORS_KEY = "reader.accelerators_per_thread";
const READERS_KEY = "reader.readers_per_thread";

/**
 * What no source gave.
 *
 * @param workload With all that it does not follow from.
 * @returns Dotted keys and their values.
 */
export function sharedThreads(
  { reader, storage }: Workload,
  sizing: ThreadSizing,
): [key: string, value: number][] {
  // Absent until it is filled, whatever its type says.
  const given: number | undefined = reader.accelerators_per_thread;
  const acceleratorsPerThread = given ??
    acceleratorsSharing(sizing, readsInline(reader));
  const isOwn = acceleratorsPerThread === 1 ||
    given === undefined &&
      sizing.acceleratorsOnHost <= OWN_READERS_PER_CPU * sizing.cpuCount;
  return [
    [ACCELERATORS_KEY, acceleratorsPerThread],
    [
      READERS_KEY,
      isOwn ? 1 : readersSharing(sizing, {
        readThreads: reader.read_threads,
        // With "auto" they block where this host has no io_uring.
        blocks: readsBlock(storage) && reader.io_engine !== "uring",
      }),
    ],
  ];
}

/** A rule between settings, as a row of `cross_checks.ts`. */
export const SHARING_CHECK = {
  keys: [ACCELERATORS_KEY, "reader.read_threads"],
  breaks: ({ reader }: Workload): boolean =>
    reader.accelerators_per_thread > 1 && readsInline(reader),
  rule: "an accelerator that reads by itself (read_threads 0) blocks its " +
    "thread, so it must have one of its own",
};

function readsInline({ read_threads, data_loader }: Workload["reader"]) {
  return read_threads === 0 && data_loader !== "synthetic" &&
    data_loader !== "none";
}

function readsBlock(
  { storage_type, storage_options }: Workload["storage"],
): boolean {
  const kind = STORAGE_KINDS[storage_type];
  if (kind === undefined || !kind.isSync) return false;
  return kind.readsAtOnce?.({ options: storage_options ?? {} }) !== true;
}

function acceleratorsSharing(
  { cpuCount, acceleratorsOnHost }: ThreadSizing,
  readsInline: boolean,
): number {
  const haveOwn = acceleratorsOnHost <= cpuCount;
  return readsInline || haveOwn ? 1 : Math.ceil(acceleratorsOnHost / cpuCount);
}

function readersSharing(
  { cpuCount, acceleratorsOnHost }: ThreadSizing,
  { readThreads, blocks }: {
    readonly readThreads: number;
    readonly blocks: boolean;
  },
): number {
  const threads = cpuCount *
    (blocks ? BLOCKING_THREADS_PER_CPU : OTHER_THREADS_PER_CPU);
  return Math.max(1, Math.ceil(acceleratorsOnHost * readThreads / threads));
}
