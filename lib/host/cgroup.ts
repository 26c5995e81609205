/**
 * What a control group leaves of this host: memory, processors, threads.
 *
 * A container, a batch system or systemd may give a process less than the
 * host has, and the kernel kills it without a word when it takes more. A
 * group is bound by its own limits and by those of every group above it, so
 * the least one counts.
 *
 *    version 2   memory.max  memory.current  cpu.max "200000 100000"
 *                pids.max    pids.current
 *    version 1   memory.limit_in_bytes  memory.usage_in_bytes
 *                cpu.cfs_quota_us / cpu.cfs_period_us   pids.max
 *
 * Spec: Linux, Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/;
 * cgroups(7).
 */
import { type Mount, parseMountInfo } from "./mounts.ts";
import { readSystemFile } from "./system_file.ts";

/** A limit and the file that says so. */
export interface GroupLimit {
  readonly value: number;
  /** "/sys/fs/cgroup/job/memory.max". */
  readonly source: string;
}

/** What the control groups of a process allow; null: no limit. */
export interface GroupLimits {
  readonly memoryBytes: GroupLimit | null;
  /**
   * Bytes until the tightest memory limit is met; page cache that the kernel
   * would give back counts as free.
   */
  readonly memoryFreeBytes: GroupLimit | null;
  /** Processors' worth of time, such as 1.5. */
  readonly cpuCount: GroupLimit | null;
  /** Threads and processes that may still be started. */
  readonly threadsFree: GroupLimit | null;
}

/** Reads a file of the system; null if it is not there. */
export type ReadFile = (path: string) => string | null;

/** What the control groups of this process allow. */
export function readGroupLimits(
  readFile: ReadFile = (path) => readSystemFile(path).value,
): GroupLimits {
  const groups = parseGroups(readFile("/proc/self/cgroup") ?? "");
  const mounts = parseMountInfo(readFile("/proc/self/mountinfo") ?? "");
  const foldersOf = (controller: string) =>
    groupFolders(controller, { groups, mounts });
  const memory = foldersOf("memory").map((folder) =>
    memoryOf(folder, readFile)
  );
  return {
    memoryBytes: least(memory.map(({ limit }) => limit)),
    memoryFreeBytes: least(memory.map(({ free }) => free)),
    cpuCount: least(foldersOf("cpu").map((folder) => cpusOf(folder, readFile))),
    threadsFree: least(
      foldersOf("pids").map((folder) => threadsOf(folder, readFile)),
    ),
  };
}

/**
 * Pressure on the processors as the control group of this process sees it:
 * the text of its `cpu.pressure`.
 *
 * @returns Null where there is none: version 1, and the root of version 2.
 */
export function readGroupCpuPressure(
  readFile: ReadFile = (path) => readSystemFile(path).value,
): string | null {
  const groups = parseGroups(readFile("/proc/self/cgroup") ?? "");
  const mounts = parseMountInfo(readFile("/proc/self/mountinfo") ?? "");
  const own = groupFolders("cpu", { groups, mounts }).at(-1);
  return own === undefined || own.version === 1
    ? null
    : readFile(`${own.path}/cpu.pressure`);
}

/** A line of `/proc/self/cgroup`: "4:memory:/job" or "0::/job". */
interface Group {
  readonly controllers: readonly string[];
  readonly path: string;
}

function parseGroups(text: string): Group[] {
  return [...text.matchAll(/^\d+:([^:]*):(.*)$/gm)].map(
    ([, controllers, path]) => ({
      controllers: controllers === "" ? [] : controllers!.split(","),
      path: path!,
    }),
  );
}

/** Where the files of a group are. */
interface GroupFolder {
  readonly path: string;
  readonly version: 1 | 2;
}

/** Folders of the process's group of a controller and of those above it. */
function groupFolders(
  controller: string,
  { groups, mounts }: {
    readonly groups: readonly Group[];
    readonly mounts: readonly Mount[];
  },
): GroupFolder[] {
  const first = groups.find(({ controllers }) =>
    controllers.includes(controller)
  );
  // Version 1 mounts each controller by itself; version 2 is one for all.
  const version = first === undefined ? 2 : 1;
  const group = first ?? groups.find(({ controllers }) => !controllers.length);
  const mount = mounts.find(({ fileSystemType, options }) =>
    version === 2
      ? fileSystemType === "cgroup2"
      : fileSystemType === "cgroup" && options.includes(controller)
  );
  if (group === undefined || mount === undefined) return [];
  // In a container the mount shows the group itself as its root.
  const root = mount.root === "/" ? "" : mount.root;
  const isBelow = group.path === root || group.path.startsWith(`${root}/`);
  const parts = (isBelow ? group.path.slice(root.length) : "")
    .split("/").filter((part) => part !== "");
  return [...parts.keys(), parts.length].map((count) => ({
    path: [mount.mountPoint, ...parts.slice(0, count)].join("/"),
    version,
  }));
}

function memoryOf(
  { path, version }: GroupFolder,
  readFile: ReadFile,
): { limit: GroupLimit | null; free: GroupLimit | null } {
  const [limitName, usageName, cachePattern] = version === 2
    ? ["memory.max", "memory.current", /^(?:in)?active_file (\d+)$/gm] as const
    : [
      "memory.limit_in_bytes",
      "memory.usage_in_bytes",
      /^total_(?:in)?active_file (\d+)$/gm,
    ] as const;
  const source = `${path}/${limitName}`;
  const bytes = numberIn(readFile(source));
  // Version 1 says "no limit" with a number close to 2^63.
  if (bytes === null || bytes >= 2 ** 60) return { limit: null, free: null };
  const limit = { value: bytes, source };
  const usage = numberIn(readFile(`${path}/${usageName}`));
  if (usage === null) return { limit, free: null };
  const stat = readFile(`${path}/memory.stat`) ?? "";
  const cacheBytes = [...stat.matchAll(cachePattern)]
    .reduce((sum, [, count]) => sum + Number(count), 0);
  const free = Math.max(0, bytes - Math.max(0, usage - cacheBytes));
  return { limit, free: { value: free, source } };
}

function cpusOf(
  { path, version }: GroupFolder,
  readFile: ReadFile,
): GroupLimit | null {
  const source = `${path}/${version === 2 ? "cpu.max" : "cpu.cfs_quota_us"}`;
  const words = (readFile(source) ?? "").trim().split(" ");
  const quota = numberIn(words[0] ?? null);
  const period = version === 2
    ? numberIn(words[1] ?? null)
    : numberIn(readFile(`${path}/cpu.cfs_period_us`));
  if (quota === null || period === null || quota <= 0 || period <= 0) {
    return null;
  }
  return { value: quota / period, source };
}

function threadsOf(
  { path }: GroupFolder,
  readFile: ReadFile,
): GroupLimit | null {
  const source = `${path}/pids.max`;
  const limit = numberIn(readFile(source));
  const current = numberIn(readFile(`${path}/pids.current`));
  if (limit === null || current === null) return null;
  return { value: Math.max(0, limit - current), source };
}

/** Null for "max", for -1 and for what is not there. */
function numberIn(text: string | null): number | null {
  const word = (text ?? "").trim();
  return /^\d+$/.test(word) ? Number(word) : null;
}

function least(limits: readonly (GroupLimit | null)[]): GroupLimit | null {
  let best: GroupLimit | null = null;
  for (const limit of limits) {
    if (limit === null) continue;
    if (best === null || limit.value < best.value) best = limit;
  }
  return best;
}
