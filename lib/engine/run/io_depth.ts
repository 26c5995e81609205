/**
 * How many requests a thread has in flight (`reader.io_depth`), where it uses
 * io_uring. A number that is given stays what it is. Else:
 *
 *    O_DIRECT, and Linux knows the device   requests that its queue takes
 *                                           / sharers of this host, 4 ... 64
 *    all else                               64, as DLIO's O_DIRECT reader
 *
 * Requests beyond what the queue takes bring nothing: they wait in the kernel
 * and are counted as the storage's latency. A sharer has 4 all the same, since
 * at the end of a step the others may have nothing to do. A long read that
 * Linux divides counts once, so that the queue is rather too full than empty.
 */
import type { DeviceQueue } from "../../host/device_queue.ts";
import type { Reading } from "../../host/system_file.ts";
import { STORAGE_KINDS } from "../../storage/kinds.ts";
import type { StorageSettings } from "../../storage/storage.ts";
import { hostFolderOf } from "../plan/run_needs.ts";

/** Where no queue is known, and most of all. */
export const AUTO_DEPTH_MAX = 64;
/** Where those who share a queue are many. */
export const AUTO_DEPTH_MIN = 4;

/** A folder of a storage. */
export interface FilesFolder {
  readonly storage: StorageSettings;
  readonly folder: string;
}

/** Who shares a device's queue on this host. */
export interface Sharers {
  readonly count: number;
  /** "reader", "readers" and so on. */
  readonly one: string;
  readonly many: string;
}

/** The queue of the device under a folder of this host. */
export type QueueOf = (hostFolder: string) => Reading<DeviceQueue>;

/** A number of requests, and how it was found. */
export interface ChosenDepth {
  readonly depth: number;
  readonly reason: string;
}

/**
 * Requests in flight of each of those who share a device.
 *
 * @param given `reader.io_depth`; null: it is to be found.
 */
export function chooseDepth(
  given: number | null,
  { files, sharers, queueOf }: {
    readonly files: FilesFolder;
    readonly sharers: Sharers;
    readonly queueOf: QueueOf;
  },
): ChosenDepth {
  if (given !== null) {
    return { depth: given, reason: `reader.io_depth = ${given}` };
  }
  const folder = directFolderOf(files);
  if (folder === null) {
    return unknownDepth("what passes the page cache waits for no queue");
  }
  const queue = queueOf(folder);
  if (queue.value === null) {
    return unknownDepth(`the device's queue is not known: ${queue.reason}`);
  }
  const { requests, device } = queue.value;
  const { count, one, many } = sharers;
  const share = Math.floor(requests / count);
  return {
    depth: Math.min(AUTO_DEPTH_MAX, Math.max(AUTO_DEPTH_MIN, share)),
    reason: `auto: ${device} takes ${requests} requests / ${count} ` +
      `${count === 1 ? one : many} of this host, at most ${AUTO_DEPTH_MAX}, ` +
      `at least ${AUTO_DEPTH_MIN}`,
  };
}

function unknownDepth(why: string): ChosenDepth {
  return {
    depth: AUTO_DEPTH_MAX,
    reason: `auto: ${AUTO_DEPTH_MAX}, as ${why}`,
  };
}

/**
 * A depth that something else limits.
 *
 * @param most The limit.
 * @param why For people: "all of them together have buffers of 32 MiB".
 */
export function limitedDepth(
  { depth, reason }: ChosenDepth,
  most: number,
  why: string,
): ChosenDepth {
  return depth <= most
    ? { depth, reason }
    : { depth: most, reason: `${reason}; at most ${most}, as ${why}` };
}

/**
 * A folder whose device's queue decides, as this host's file systems call it.
 *
 * @returns Null where nothing goes to a device of this host past the cache.
 */
export function directFolderOf(
  { storage, folder }: FilesFolder,
): string | null {
  const kind = STORAGE_KINDS[storage.kind];
  return kind !== undefined && kind.directKind === kind.name
    ? hostFolderOf(storage, folder)
    : null;
}

/**
 * Asks once for each folder for the queue of its device.
 *
 * @param hostFolders As {@linkcode directFolderOf} names them.
 * @param ask Looks at a folder.
 */
export async function deviceQueues(
  hostFolders: readonly string[],
  ask: (hostFolder: string) => Promise<Reading<DeviceQueue>>,
): Promise<QueueOf> {
  const queues = new Map<string, Reading<DeviceQueue>>();
  for (const folder of new Set(hostFolders)) {
    queues.set(folder, await ask(folder));
  }
  return (folder) =>
    queues.get(folder) ?? { value: null, reason: "it was not asked for" };
}
