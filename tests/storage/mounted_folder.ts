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

/** Why a kind of file system cannot be mounted; null if it can. */
function mountProblem(kind: MountKind): string | null {
  if (Deno.build.os !== "linux") return "only Linux has what they need";
  if (kind === "ext4") {
    if (programPath("mkfs.ext4") === null) {
      return `mkfs.ext4 (e2fsprogs) is neither on the PATH nor in ${
        PROGRAM_FOLDERS.join(", ")
      }`;
    }
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
    makeImage(image, 1 << 20);
    run("mount", "-o", "loop", image, path);
  }
  run("umount", path);
}

function makeImage(image: string, sizeBytes: number): void {
  Deno.writeFileSync(image, new Uint8Array());
  Deno.truncateSync(image, sizeBytes);
  // Without a journal and checks at mount, so that a cut image mounts.
  run("mkfs.ext4", "-q", "-m", "0", "-O", "^has_journal", image);
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
      : run("mount", "-o", "loop", image, path);
  if (kind === "ext4") makeImage(image, sizeBytes);
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
  const path = programPath(program);
  if (path === null) throw new Error(`there is no program ${program}`);
  const { success, stderr } = new Deno.Command(path, {
    args,
    stdout: "null",
    stderr: "piped",
  }).outputSync();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}
