/**
 * Which file system a path is on: a local disk and NFS give different results.
 *
 * Spec: proc_pid_mountinfo(5).
 *
 *    36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=...
 *    id parent dev root point options  optional... -  type device super options
 */
import { type Reading, readSystemFile } from "./system_file.ts";

/** One mounted file system. */
export interface Mount {
  /** "98:0": major and minor number of its device; major 0: it has none. */
  readonly deviceNumber: string;
  /** Folder of the file system that is mounted; "/" is all of it. */
  readonly root: string;
  /** Folder where it is mounted. */
  readonly mountPoint: string;
  /** "ext4", "xfs", "nfs4", "tmpfs", "lustre" ... */
  readonly fileSystemType: string;
  /** "/dev/nvme0n1p1", "server:/export" ... */
  readonly device: string;
  /** Of the mount and of the file system, in this order. */
  readonly options: readonly string[];
}

/** Where the table is. */
const MOUNT_INFO_PATH = "/proc/self/mountinfo";

/**
 * The mount that holds a path.
 *
 * @param path Absolute, without symbolic links.
 */
export function readMountOf(path: string): Reading<Mount> {
  const text = readSystemFile(MOUNT_INFO_PATH);
  if (text.value === null) return text;
  const mount = mountOf(path, parseMountInfo(text.value));
  return mount === null
    ? { value: null, reason: `${MOUNT_INFO_PATH} has no mount for ${path}` }
    : { value: mount, reason: null };
}

/** Takes the kernel's table of mounts apart; unreadable lines are left out. */
export function parseMountInfo(text: string): Mount[] {
  const mounts: Mount[] = [];
  for (const line of text.split("\n")) {
    // The number of optional fields varies; " - " ends them.
    const [left, right] = line.split(" - ", 2);
    if (left === undefined || right === undefined) continue;
    const [, , deviceNumber, root, mountPoint, mountOptions] = left.split(" ");
    const [fileSystemType, device, superOptions] = right.split(" ");
    if (mountPoint === undefined || fileSystemType === undefined) continue;
    mounts.push({
      deviceNumber: deviceNumber ?? "",
      root: unescape(root ?? "/"),
      mountPoint: unescape(mountPoint),
      fileSystemType,
      device: unescape(device ?? ""),
      options: `${mountOptions ?? ""},${superOptions ?? ""}`.split(",")
        .filter((option) => option !== ""),
    });
  }
  return mounts;
}

/**
 * The mount with the longest mount point above `path`; of two on the same
 * point the later one, which hides the earlier.
 *
 * @returns Null if no mount point is above it.
 */
export function mountOf(
  path: string,
  mounts: readonly Mount[],
): Mount | null {
  let best: Mount | null = null;
  for (const mount of mounts) {
    const { mountPoint } = mount;
    const folder = mountPoint.endsWith("/") ? mountPoint : `${mountPoint}/`;
    if (path !== mountPoint && !path.startsWith(folder)) continue;
    if (best === null || mountPoint.length >= best.mountPoint.length) {
      best = mount;
    }
  }
  return best;
}

/** Blanks, tabs, newlines and backslashes come as `\040` and the like. */
function unescape(field: string): string {
  return field.replace(
    /\\([0-7]{3})/g,
    (_, octal: string) => String.fromCharCode(parseInt(octal, 8)),
  );
}
