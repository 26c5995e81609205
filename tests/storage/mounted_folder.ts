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

/** Where administrators' programs are, also where PATH does not say so. */
const PROGRAM_FOLDERS = ["/usr/sbin", "/sbin", "/usr/local/sbin"];

/** What was found out, so that it is found out and said once a process. */
const problems = new Map<MountKind, string | null>();

/**
 * Whether this user can mount such file systems here; says once why not, for
 * whoever wonders about ignored tests.
 */
export function mayMount(...kinds: readonly MountKind[]): boolean {
  return (kinds.length === 0 ? ["tmpfs"] as const : kinds).every((kind) => {
    let problem = problems.get(kind);
    if (problem === undefined) {
      problem = mountProblem(kind);
      problems.set(kind, problem);
      if (problem !== null) {
        const text = `Tests that mount ${kind} are skipped: ${problem}\n`;
        Deno.stderr.writeSync(new TextEncoder().encode(text));
      }
    }
    return problem === null;
  });
}

/**
 * Why this user cannot have a file system of a kind.
 *
 * @returns Null if nothing is in the way.
 */
export function mountProblem(kind: MountKind): string | null {
  if (Deno.build.os !== "linux") return "only Linux has what they need";
  if (kind !== "tmpfs" && programPath(`mkfs.${kind}`) === null) {
    return `mkfs.${kind} is neither on the PATH nor in ${
      PROGRAM_FOLDERS.join(", ")
    }`;
  }
  const folder = Deno.makeTempDirSync();
  try {
    mountSmall(kind, folder);
    return null;
  } catch (error) {
    const [text = ""] = String(error).trim().split("\n");
    return `it may not be mounted here (${text})`;
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** Mounts one in a folder and takes it away again. */
function mountSmall(kind: MountKind, folder: string): void {
  const path = `${folder}/mounted`;
  Deno.mkdirSync(path);
  if (kind === "tmpfs") {
    run("mount", "-t", "tmpfs", "-o", "size=64k", "none", path);
  } else {
    const image = `${folder}/image`;
    makeImage(kind, image, SMALLEST_BYTES[kind]);
    run("mount", "-o", `loop${MOUNT_OPTIONS[kind]}`, image, path);
  }
  run("umount", path);
}

function makeImage(
  kind: Exclude<MountKind, "tmpfs">,
  image: string,
  sizeBytes: number,
): void {
  Deno.writeFileSync(image, new Uint8Array());
  Deno.truncateSync(image, sizeBytes);
  run(`mkfs.${kind}`, ...MKFS_FLAGS[kind], image);
}

/** The path of a program, null if there is none. */
function programPath(program: string): string | null {
  const folders = [
    ...(Deno.env.get("PATH") ?? "").split(":"),
    ...PROGRAM_FOLDERS,
  ];
  for (const folder of folders) {
    try {
      if (Deno.statSync(`${folder}/${program}`).isFile) {
        return `${folder}/${program}`;
      }
    } catch {
      // Not there, or not to be looked at.
    }
  }
  return null;
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
  if (kind !== "tmpfs") makeImage(kind, image, sizeBytes);
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

const SMALLEST_BYTES = {
  ext4: 1 << 20,
  xfs: SMALLEST_XFS_BYTES,
  btrfs: SMALLEST_BTRFS_BYTES,
} as const;

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
  const path = programPath(program);
  if (path === null) throw new Error(`there is no program ${program}`);
  const { success, stderr } = new Deno.Command(path, {
    args,
    stdout: "null",
    stderr: "piped",
  }).outputSync();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}
