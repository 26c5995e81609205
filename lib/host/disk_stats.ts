/**
 * What the kernel counted of every block device since the host was started.
 *
 *    /proc/diskstats    major minor name, then counted from 4:
 *
 *       4  5  6  7    reads: done, merged, sectors, ms
 *       8  9 10 11    writes: the same
 *      12 13 14       requests in flight, ms busy, ms × requests in flight
 *      15 16 17 18    discards: as reads (Linux 4.18)
 *      19 20          flushes: done, ms (Linux 5.5)
 *
 * A sector is 512 bytes, whatever the device's own. Milliseconds wrap around
 * at 2³², see {@linkcode countedMs}.
 *
 * Spec: Linux, Documentation/admin-guide/iostats.rst.
 */
import { type Reading, readSystemFile } from "./system_file.ts";

const DISK_STATS_PATH = "/proc/diskstats";
const SECTOR_BYTES = 512;
const MS_WRAP = 2 ** 32;

/** Requests of one kind since the device is there. */
export interface RequestCounters {
  /** That ended. */
  readonly requests: number;
  /** That became a part of another one before it was sent. */
  readonly merged: number;
  readonly bytes: number;
  /** Sum of the times that requests took. */
  readonly ms: number;
}

/** Counters of one device. */
export interface DiskCounters {
  /** "nvme0n1", "sda", "dm-0". */
  readonly device: string;
  readonly read: RequestCounters;
  readonly write: RequestCounters;
  /** Zeros before Linux 4.18. */
  readonly discard: RequestCounters;
  /** Zeros before Linux 5.5. */
  readonly flush: Pick<RequestCounters, "requests" | "ms">;
  /** Requests that have begun and not ended. */
  readonly inFlight: number;
  /** In which at least one request was in flight. */
  readonly busyMs: number;
  /** Sum over time of the requests in flight. */
  readonly queueMs: number;
}

/** Reads the counters of all devices, by name: 50 µs or so. */
export function readDiskStats(): Reading<ReadonlyMap<string, DiskCounters>> {
  const text = readSystemFile(DISK_STATS_PATH);
  return text.value === null
    ? text
    : { value: parseDiskStats(text.value), reason: null };
}

/**
 * Takes the counters from the text of `/proc/diskstats`.
 *
 * @returns By device, in the order of the text; lines that are shorter than
 *   those of Linux 2.6.25 are left out.
 */
export function parseDiskStats(text: string): Map<string, DiskCounters> {
  const devices = new Map<string, DiskCounters>();
  for (const line of text.split("\n")) {
    const [, , device, ...words] = line.trim().split(/ +/);
    if (device === undefined || words.length < 11) continue;
    const counts = words.map(Number);
    const at = (index: number) => counts[index] ?? 0;
    const requestsAt = (index: number) => ({
      requests: at(index),
      merged: at(index + 1),
      bytes: at(index + 2) * SECTOR_BYTES,
      ms: at(index + 3),
    });
    devices.set(device, {
      device,
      read: requestsAt(0),
      write: requestsAt(4),
      inFlight: at(8),
      busyMs: at(9),
      queueMs: at(10),
      discard: requestsAt(11),
      flush: { requests: at(15), ms: at(16) },
    });
  }
  return devices;
}

/**
 * Milliseconds between two readings of a counter.
 *
 * @returns Of one that wrapped around since, what it went on to count.
 */
export function countedMs(beforeMs: number, afterMs: number): number {
  return afterMs >= beforeMs
    ? afterMs - beforeMs
    : (afterMs - beforeMs + MS_WRAP) % MS_WRAP;
}

/**
 * Whether a device is a whole one, not a partition: the kernel lists those
 * below `/sys/block`, with "!" for "/".
 */
export function isWholeDevice(device: string): boolean {
  const name = device.replaceAll("/", "!");
  return readSystemFile(`/sys/block/${name}/stat`).value !== null;
}
