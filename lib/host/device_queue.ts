/**
 * How many requests the disks under a folder take at a time. What is more
 * waits in the kernel, and that wait looks like the storage's latency.
 *
 *    /sys/block/<disk>/mq/<n>/nr_tags       requests that the driver takes in
 *                                           its hardware queue n
 *    /sys/block/<disk>/queue/nr_requests    requests that the kernel has for
 *                                           each hardware queue
 *    /sys/block/<disk>/device/queue_depth   SCSI and SATA: all of the disk
 *
 * With a scheduler (mq-deadline, bfq, kyber) the kernel has more requests to
 * sort than the driver takes, usually twice as many. Without one (none) they
 * are the driver's own, or fewer if somebody lowered the number. So the lesser
 * of the two counts, for each hardware queue. Those of a SCSI adapter may
 * share one set of tags, which `queue_depth` limits all the same.
 *
 * A partition has the queue of its disk. A volume (LVM, device mapper, md) has
 * none of its own, but those of its disks. Nor has an NVMe device with several
 * paths; by default one path is used at a time, so the shortest counts.
 *
 * Spec: Linux, Documentation/ABI/stable/sysfs-block, block/blk-mq-sysfs.c,
 * drivers/nvme/host/multipath.c.
 */
import { findBlockDevice, folderName, type ReadFile } from "./block_device.ts";
import { parseDiskStats } from "./disk_stats.ts";
import { type Reading, readSystemFile } from "./system_file.ts";

/** What a device takes at a time. */
export interface DeviceQueue {
  /** Requests, of all of its disks together; >= 1. */
  readonly requests: number;
  /** "vda", "dm-0 (sda, sdb)". */
  readonly device: string;
}

/** More hardware queues than a disk has. */
const HARDWARE_QUEUES_MAX = 4096;
/** Controllers of a host that lead to one NVMe device are sought below it. */
const NVME_CONTROLLERS_MAX = 256;

const readFile: ReadFile = (path) => readSystemFile(path).value;

/**
 * The queue of the device under a folder.
 *
 * @param path The nearest folder above it counts while it does not exist.
 * @param read Reads a file of `/proc` or `/sys`; for tests.
 * @returns The queue, or why none is known: a server, memory, a device that
 *   hands requests on.
 */
export function findDeviceQueue(
  path: string,
  read: ReadFile = readFile,
): Reading<DeviceQueue> {
  const found = findBlockDevice(path, read);
  if (found.value === null) return found;
  const { name, disks: parts } = found.value;
  const names = [...parseDiskStats(read("/proc/diskstats") ?? "").keys()];
  const disks = [
    ...new Set(parts.map((part) => diskOf(part, { names, read }))),
  ];
  let requests = 0;
  for (const disk of disks) {
    const taken = requestsOf(disk, read);
    if (taken === null) {
      return {
        value: null,
        reason: `Linux names no queue of ${disk} (/sys/block/${disk}/mq)`,
      };
    }
    requests += taken;
  }
  const [first] = disks;
  const isPlain = disks.length === 1 && first === diskOf(name, { names, read });
  const device = isPlain ? first : `${name} (${disks.join(", ")})`;
  return { value: { requests, device }, reason: null };
}

/** The disk of a partition, as `/sys/block` names it; a disk is its own. */
function diskOf(
  part: string,
  { names, read }: {
    readonly names: readonly string[];
    readonly read: ReadFile;
  },
): string {
  const folder = folderName(part);
  if (read(`/sys/block/${folder}/dev`) !== null) return folder;
  const disk = names.find((name) =>
    read(`/sys/block/${folderName(name)}/${folder}/dev`) !== null
  );
  return disk === undefined ? folder : folderName(disk);
}

/** Null: it has no queue. */
function requestsOf(disk: string, read: ReadFile): number | null {
  const taken = ownRequests(disk, read);
  if (taken > 0) return taken;
  const paths = nvmePaths(disk)
    .map((path) => ownRequests(path, read))
    .filter((requests) => requests > 0);
  return paths.length === 0 ? null : Math.min(...paths);
}

/** 0: it has no queue of its own. */
function ownRequests(disk: string, read: ReadFile): number {
  const count = (file: string) => {
    const text = read(`/sys/block/${disk}/${file}`);
    return text === null ? null : Number(text);
  };
  const allotted = count("queue/nr_requests") ?? Infinity;
  let requests = 0;
  for (let queue = 0; queue < HARDWARE_QUEUES_MAX; queue++) {
    const tags = count(`mq/${queue}/nr_tags`);
    if (tags === null) break;
    requests += Math.min(tags, allotted);
  }
  return Math.min(requests, count("device/queue_depth") ?? Infinity);
}

/** What a path to an NVMe device with several would be called: "nvme0c1n1". */
function nvmePaths(disk: string): string[] {
  const [, subsystem, number] = /^nvme(\d+)n(\d+)$/.exec(disk) ?? [];
  return subsystem === undefined ? [] : Array.from(
    { length: NVME_CONTROLLERS_MAX },
    (_, controller) => `nvme${subsystem}c${controller}n${number}`,
  );
}
