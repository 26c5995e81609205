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
import { parseDiskStats } from "./disk_stats.ts";
import { fileSystemOf, withoutLinks } from "./file_system.ts";
import { nearestExisting } from "./free_space.ts";
import { type Mount, mountOf, parseMountInfo } from "./mounts.ts";
import { type Reading, readSystemFile } from "./system_file.ts";

/** Reads a file of `/proc` or `/sys`; null if there is none. */
export type ReadFile = (path: string) => string | null;

/** A device and the disks that it is made of, as `/proc/diskstats` has them. */
export interface BlockDevice {
  /** "vda1": the one that counts bytes. */
  readonly name: string;
  /** Names of the disks below it; itself if there are none. */
  readonly disks: readonly string[];
}

const readFile: ReadFile = (path) => readSystemFile(path).value;

/** Devices that are made of others that are made of others ... end here. */
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
  const known = parseDiskStats(read("/proc/diskstats") ?? "");
  const names = [...known.keys()];
  const name = nameOf(mount, names, read);
  if (name === null) return unknown(noDeviceReason(mount));
  return {
    value: { name, disks: disksOf(name, { names, read }) },
    reason: null,
  };
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

/** Null if `/proc/diskstats` does not have the mount's device. */
function nameOf(
  { deviceNumber, device }: Mount,
  names: readonly string[],
  read: ReadFile,
): string | null {
  const events = read(`/sys/dev/block/${deviceNumber}/uevent`) ?? "";
  const numbered = /^DEVNAME=(.+)$/m.exec(events)?.[1];
  if (numbered !== undefined) {
    if (names.includes(numbered)) return numbered;
    // A partition that is not counted: its whole disk may be.
    const disk = names.find((name) =>
      read(`/sys/block/${folderName(name)}/${folderName(numbered)}/dev`) !==
        null
    );
    if (disk !== undefined) return disk;
  }
  const named = /^\/dev\/(?:mapper\/)?(.+)$/.exec(device)?.[1];
  if (named === undefined) return null;
  if (names.includes(named)) return named;
  return names.find((name) =>
    read(`/sys/block/${folderName(name)}/dm/name`)?.trim() === named
  ) ?? null;
}

/** The disks that a device is made of; itself if it is made of none. */
function disksOf(
  name: string,
  { names, read, depth = 0 }: {
    readonly names: readonly string[];
    readonly read: ReadFile;
    readonly depth?: number;
  },
): string[] {
  if (depth >= DEPTH_MAX) return [name];
  const slaves = `/sys/class/block/${folderName(name)}/slaves`;
  // Deno lists no folders of /sys: each known device is asked for.
  const below = names.filter((other) =>
    other !== name && read(`${slaves}/${folderName(other)}/dev`) !== null
  ).flatMap((other) => disksOf(other, { names, read, depth: depth + 1 }));
  return below.length === 0 ? [name] : [...new Set(below)];
}

/** How `/sys` writes a name: "cciss!c0d0". */
export function folderName(name: string): string {
  return name.replaceAll("/", "!");
}
