/**
 * What the type and the options of a file system say about its device:
 * whether the kernel counts what the device moves, and what may keep bytes
 * away from it.
 *
 * The kernel counts reads where a file system hands them to a block device
 * (`submit_bio` calls `task_io_account_read`). Others count what their calls
 * return or ask a server for (ZFS, NFS, netfs, BeeGFS), or nothing at all
 * (FUSE): their counters say nothing about a device.
 *
 * Spec: proc_pid_io(5), statfs(2), open(2) on O_DIRECT; options: ext4(5),
 * btrfs(5), Linux Documentation/filesystems/{f2fs,dax}.rst.
 */
import fs from "node:fs";
import { resolve } from "node:path";
import { nearestExisting } from "./free_space.ts";
import type { Reading } from "../libc/reading.ts";
import { type Mount, readMountOf } from "./mounts.ts";

/** What is known of a file system by its mount. */
export interface FileSystem {
  /** "xfs", "nfs4", "tmpfs" ... */
  readonly type: string;
  /**
   * Null: what the kernel counts for a thread is what the device moves. Else
   * why that is not known.
   */
  readonly uncountedReason: string | null;
  /** Its files are in memory and nowhere else. */
  readonly isMemory: boolean;
  /** The option that compresses files: "compress=zstd:3"; null: none is set. */
  readonly compression: string | null;
  /** The option that sends O_DIRECT through the page cache; null: none does. */
  readonly cachesDirect: string | null;
}

/** Their files are pages of the page cache; swap is no storage. */
const MEMORY_TYPES: readonly string[] = [
  "tmpfs",
  "ramfs",
  "devtmpfs",
  "hugetlbfs",
  "rootfs",
];

/**
 * They read through `submit_bio` of the calling thread. An overlay passes
 * calls on to the file system below, which counts.
 */
const BLOCK_TYPES: readonly string[] = [
  "ext2",
  "ext3",
  "ext4",
  "xfs",
  "btrfs",
  "f2fs",
  "bcachefs",
  "jfs",
  "nilfs2",
  "reiserfs",
  "gfs2",
  "ocfs2",
  "ntfs3",
  "exfat",
  "vfat",
  "msdos",
  "hfsplus",
  "udf",
  "iso9660",
  "squashfs",
  "erofs",
  "overlay",
];

/** They ask a server: its memory and its devices are not this host's. */
const NETWORK_TYPES: readonly string[] = [
  "nfs",
  "nfs4",
  "cifs",
  "smb3",
  "9p",
  "ceph",
  "afs",
  "lustre",
  "beegfs",
  "gpfs",
  "glusterfs",
  "wekafs",
  "pvfs2",
  "virtiofs",
  "vboxsf",
];

/** What `compress` and its like are called in mount options. */
const COMPRESSION_OPTION = /^(compress|compress-force|compress_algorithm)(=|$)/;
const NO_COMPRESSION = /=(no|none)$/;
/** Memory that programs reach without block requests, which nobody counts. */
const DAX_OPTION = /^dax(=always)?$/;

/**
 * Judges a mount.
 *
 * @param mount A line of the kernel's table.
 */
export function fileSystemOf(mount: Mount): FileSystem {
  const { fileSystemType: type, options } = mount;
  const compression = options.find((option) =>
    COMPRESSION_OPTION.test(option) && !NO_COMPRESSION.test(option)
  );
  const isJournal = /^ext[34]$/.test(type) && options.includes("data=journal");
  return {
    type,
    uncountedReason: uncountedReason(mount),
    isMemory: MEMORY_TYPES.includes(type),
    compression: compression ?? null,
    cachesDirect: isJournal ? "data=journal" : null,
  };
}

/**
 * Judges the file system of a file or folder.
 *
 * @param path The nearest folder above it counts while it does not exist.
 * @returns What is known, or why this host does not tell.
 */
export function readFileSystem(path: string): Reading<FileSystem> {
  const mount = readMountOf(withoutLinks(nearestExisting(resolve(path))));
  return mount.value === null
    ? mount
    : { value: fileSystemOf(mount.value), reason: null };
}

/**
 * A path as the kernel's table of mounts has it.
 *
 * @param path Absolute; it exists.
 */
export function withoutLinks(path: string): string {
  try {
    return fs.realpathSync(path);
  } catch {
    // Not permitted: the path as it is names the mount in all but odd cases.
    return path;
  }
}

/**
 * Why figures with O_DIRECT would not be those of a device.
 *
 * @returns One clause; null if nothing is known against it.
 */
export function directDoubt(fileSystem: FileSystem): string | null {
  const { type, isMemory, compression, cachesDirect } = fileSystem;
  if (isMemory) {
    return `${type} keeps files in memory, there is no device to measure`;
  }
  if (cachesDirect !== null) {
    return `${type} with ${cachesDirect} sends O_DIRECT through the page cache`;
  }
  if (compression !== null) {
    return `${type} with ${compression} reads compressed files through the ` +
      `page cache, and its device moves fewer bytes than are asked for`;
  }
  return null;
}

function uncountedReason({ fileSystemType: type, options }: Mount) {
  if (/^fuse/.test(type)) {
    return `${type}: a program serves the files, and the kernel does not ` +
      `count what it reads for them`;
  }
  if (NETWORK_TYPES.includes(type)) {
    return `${type}: a server has the files, and the kernel does not count ` +
      `what its devices move`;
  }
  if (type === "zfs") {
    return "zfs: it counts what calls return, whether from memory or a device";
  }
  const dax = options.find((option) => DAX_OPTION.test(option));
  if (dax !== undefined) {
    return `${type} with ${dax}: the kernel does not count what programs take ` +
      `out of persistent memory`;
  }
  if (MEMORY_TYPES.includes(type) || BLOCK_TYPES.includes(type)) return null;
  return `${type}: Stoker does not know whether the kernel counts what its ` +
    `device moves`;
}
