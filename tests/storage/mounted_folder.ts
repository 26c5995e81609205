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
export type MountKind = "tmpfs" | "ext4";

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
      : run("mount", "-o", "loop", image, path);
  if (kind === "ext4") {
    await Deno.writeFile(image, new Uint8Array());
    await Deno.truncate(image, sizeBytes);
    // Without a journal and checks at mount, so that a cut image mounts.
    run("mkfs.ext4", "-q", "-m", "0", "-O", "^has_journal", image);
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

/** Runs a program; throws what it said if it failed. */
function run(program: string, ...args: string[]): void {
  const { success, stderr } = new Deno.Command(program, {
    args,
    stdout: "null",
    stderr: "piped",
  }).outputSync();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}
