/**
 * Which block devices a folder's files are on, so that their counters in
 * `/proc/diskstats` can be asked.
 *
 * The mount names its device by number. Where several file systems share one
 * number of the kernel's own (btrfs), its name is looked for instead. A device
 * made of others (LVM, device mapper, md) has those as `slaves` in `/sys`:
 * bytes are counted at the top, how busy it is at the disks below, since a
 * single busy disk is the limit of all.
 *
 * Spec: proc_pid_mountinfo(5); Linux, Documentation/ABI/stable/sysfs-block.
 */
import { resolve } from "node:path";
import { type DiskStats, parseDiskStats } from "./disk_stats.ts";
import { fileSystemOf, withoutLinks } from "./file_system.ts";
import { nearestExisting } from "./free_space.ts";
import { type Mount, mountOf, parseMountInfo } from "./mounts.ts";
import { type Reading, readSystemFile } from "./system_file.ts";

/** Reads a file of `/proc` or `/sys`; null if there is none. */
export type ReadFile = (path: string) => string | null;

/** A device and the disks that it is made of. */
export interface BlockDevice {
  /** "vda1": for people. */
  readonly name: string;
  /** "254:1": the one that counts bytes. */
  readonly number: string;
  /** Numbers of the disks below it; itself if there are none. */
  readonly disks: readonly string[];
}

const readFile: ReadFile = (path) => readSystemFile(path).value;

/** Devices that are made of others that are made of others … end here. */
const DEPTH_MAX = 8;

/**
 * The device under a folder.
 *
 * @param path The nearest folder above it counts while it does not exist.
 * @param read Reads a file; for tests.
 * @returns The device, or why there is none: a server, memory, a program.
 */
export function findBlockDevice(
  path: string,
  read: ReadFile = readFile,
): Reading<BlockDevice> {
  const mounts = parseMountInfo(read("/proc/self/mountinfo") ?? "");
  const mount = mountOf(withoutLinks(nearestExisting(resolve(path))), mounts);
  if (mount === null) return unknown(`no mount is known for ${path}`);
  const stats = parseDiskStats(read("/proc/diskstats") ?? "");
  const number = numberOf(mount, stats, read);
  const device = number === null ? undefined : stats.get(number);
  if (number === null || device === undefined) {
    return unknown(noDeviceReason(mount));
  }
  const disks = disksOf(number, { stats, read, depth: 0 });
  return { value: { name: device.name, number, disks }, reason: null };
}

function unknown(reason: string): { value: null; reason: string } {
  return { value: null, reason };
}

function noDeviceReason(mount: Mount): string {
  const { type, isMemory, uncountedReason } = fileSystemOf(mount);
  if (isMemory) return `${type} keeps its files in memory: it has no device`;
  if (uncountedReason !== null) return uncountedReason;
  return `${type} on ${mount.device} (${mount.deviceNumber}) is not in ` +
    "/proc/diskstats";
}

/** Null if `/proc/diskstats` does not know the mount's device. */
function numberOf(
  { deviceNumber, device }: Mount,
  stats: ReadonlyMap<string, DiskStats>,
  read: ReadFile,
): string | null {
  if (stats.has(deviceNumber)) return deviceNumber;
  const name = /^\/dev\/(?:mapper\/)?(.+)$/.exec(device)?.[1];
  if (name !== undefined) {
    for (const [number, known] of stats) {
      if (known.name === name) return number;
      const mapped = read(`/sys/dev/block/${number}/dm/name`);
      if (mapped?.trim() === name) return number;
    }
  }
  // Of a partition that is not counted: the whole disk, its folder's parent.
  const disk = read(`/sys/dev/block/${deviceNumber}/../dev`)?.trim();
  return disk !== undefined && stats.has(disk) ? disk : null;
}

/** The disks that a device is made of; itself if it is made of none. */
function disksOf(
  number: string,
  { stats, read, depth }: {
    readonly stats: ReadonlyMap<string, DiskStats>;
    readonly read: ReadFile;
    readonly depth: number;
  },
): string[] {
  if (depth >= DEPTH_MAX) return [number];
  // Deno does not list folders of /sys: each known device is asked for.
  const below = [...stats].filter(([other, { name }]) =>
    other !== number &&
    read(`/sys/dev/block/${number}/slaves/${name}/dev`) !== null
  ).flatMap(([other]) => disksOf(other, { stats, read, depth: depth + 1 }));
  return below.length === 0 ? [number] : [...new Set(below)];
}
