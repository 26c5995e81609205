/**
 * Small file systems of a test's own, to run out of space and to fail on
 * purpose: root alone may mount them.
 */

/** A file system of its own. */
export interface MountedFolder {
  readonly path: string;
  /**
   * From now on the device answers reads behind this many bytes with an
   * input/output error; only of a device.
   */
  breakDevice(goodBytes: number): Promise<void>;
  /** From now on nothing can be written. */
  makeReadOnly(): void;
}

/** Kinds of file system that can be mounted. */
export type MountKind = "tmpfs" | "ext4" | "xfs" | "btrfs";

/** Smallest devices that hold the file systems. */
export const SMALLEST_XFS_BYTES = 320 * 2 ** 20;
export const SMALLEST_BTRFS_BYTES = 128 * 2 ** 20;

/**
 * Why this user cannot have a file system of a kind.
 *
 * @returns Null if nothing is in the way.
 */
export function mountProblem(kind: MountKind): string | null {
  if (!mayMount()) return "nothing may be mounted";
  if (kind === "tmpfs") return null;
  try {
    run("which", `mkfs.${kind}`);
  } catch {
    return `mkfs.${kind} is not installed`;
  }
  const known = Deno.readTextFileSync("/proc/filesystems");
  return new RegExp(`\\b${kind}$`, "m").test(known)
    ? null
    : `the kernel has no ${kind}`;
}

/** Whether this user may mount anything. */
export function mayMount(): boolean {
  if (Deno.build.os !== "linux") return false;
  const folder = Deno.makeTempDirSync();
  try {
    run("mount", "-t", "tmpfs", "-o", "size=64k", "none", folder);
    run("umount", folder);
    return true;
  } catch {
    return false;
  } finally {
    Deno.removeSync(folder);
  }
}

/**
 * Runs a test in a file system of some size, removed afterwards.
 *
 * @param imageFolder Where a device's image lies, which takes no space before
 *   it is written: a full folder makes a device that fails to write.
 */
export async function inMountedFolder(
  kind: MountKind,
  sizeBytes: number,
  test: (folder: MountedFolder) => Promise<void>,
  imageFolder?: string,
): Promise<void> {
  const base = await Deno.makeTempDir({
    prefix: "stoker-mount-",
    ...(imageFolder === undefined ? {} : { dir: imageFolder }),
  });
  const path = `${base}/mounted`;
  const image = `${base}/image`;
  await Deno.mkdir(path);
  const mount = () =>
    kind === "tmpfs"
      ? run("mount", "-t", "tmpfs", "-o", `size=${sizeBytes}`, "none", path)
      : run("mount", "-o", `loop${MOUNT_OPTIONS[kind]}`, image, path);
  if (kind !== "tmpfs") {
    await Deno.writeFile(image, new Uint8Array());
    await Deno.truncate(image, sizeBytes);
    run(`mkfs.${kind}`, ...MKFS_FLAGS[kind], image);
  }
  mount();
  try {
    await test({
      path,
      makeReadOnly: () => run("mount", "-o", "remount,ro", path),
      // A loop device ends where its file ends: no dmsetup needed.
      async breakDevice(goodBytes) {
        run("umount", path);
        mount();
        await Deno.truncate(image, goodBytes);
      },
    });
  } finally {
    run("umount", path);
    await Deno.remove(base, { recursive: true });
  }
}

const MKFS_FLAGS = {
  // Without a journal and checks at mount, so that a cut image mounts.
  ext4: ["-q", "-m", "0", "-O", "^has_journal"],
  xfs: ["-q"],
  btrfs: ["-q"],
} as const;

const MOUNT_OPTIONS = {
  ext4: "",
  xfs: "",
  btrfs: ",compress-force=zstd",
} as const;

/** Runs a program; throws what it said if it failed. */
function run(program: string, ...args: string[]): void {
  const { success, stderr } = new Deno.Command(program, {
    args,
    stdout: "null",
    stderr: "piped",
  }).outputSync();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}
