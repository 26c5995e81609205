/**
 * What the kernel counted of each block device: disks, partitions, and what
 * is made of them (LVM, device mapper, md, loop).
 *
 *    254 0 vda 1057680 74642 87137122 4994488 1008417 … 0 796916 11623759 …
 *    major minor name reads merged sectors ms writes merged sectors ms
 *                in-flight busy-ms queue-ms
 *
 * A sector is 512 bytes whatever the device has. `busy` is the time in which
 * at least one request was in flight, `queue` that time for each of them, so
 * that queue / time is the mean number in flight: `%util` and `aqu-sz` of
 * iostat(1).
 *
 * Spec: Linux, Documentation/admin-guide/iostats.rst.
 */
import { type Reading, readSystemFile } from "./system_file.ts";

const SECTOR_BYTES = 512;
const DISK_STATS_PATH = "/proc/diskstats";
/** Fields up to the weighted time, which Linux has had since 2.6. */
const MIN_FIELDS = 14;

/** Counters of one device since the host was started. */
export interface DiskStats {
  /** "vda", "nvme0n1p1", "dm-0". */
  readonly name: string;
  readonly reads: number;
  readonly mergedReads: number;
  readonly readBytes: number;
  /** Of all reads together. */
  readonly readMs: number;
  readonly writes: number;
  readonly mergedWrites: number;
  readonly writeBytes: number;
  readonly writeMs: number;
  /** Requests in flight now: no counter. */
  readonly inFlight: number;
  /** At least one request was in flight. */
  readonly busyMs: number;
  /** Sum over the requests in flight. */
  readonly queueMs: number;
}

/** Reads the counters of all devices: 50 to 100 µs. */
export function readDiskStats(): Reading<ReadonlyMap<string, DiskStats>> {
  const text = readSystemFile(DISK_STATS_PATH);
  return text.value === null
    ? text
    : { value: parseDiskStats(text.value), reason: null };
}

/**
 * Takes `/proc/diskstats` apart; unreadable lines are left out.
 *
 * @returns "major:minor" to counters.
 */
export function parseDiskStats(text: string): Map<string, DiskStats> {
  const devices = new Map<string, DiskStats>();
  for (const line of text.split("\n")) {
    const fields = line.trim().split(/\s+/);
    if (fields.length < MIN_FIELDS) continue;
    const [major = "", minor = "", name = ""] = fields;
    const count = (index: number) => Number(fields[index]);
    devices.set(`${major}:${minor}`, {
      name,
      reads: count(3),
      mergedReads: count(4),
      readBytes: count(5) * SECTOR_BYTES,
      readMs: count(6),
      writes: count(7),
      mergedWrites: count(8),
      writeBytes: count(9) * SECTOR_BYTES,
      writeMs: count(10),
      inFlight: count(11),
      busyMs: count(12),
      queueMs: count(13),
    });
  }
  return devices;
}
