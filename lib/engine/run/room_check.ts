/**
 * Compares what a run needs with what this host has, before anything starts:
 * a run that cannot fit ends after hours otherwise, or is killed by the
 * kernel without a word.
 */
import type { Awaitable } from "../../bytes/awaitable.ts";
import { formatBytes } from "../../bytes/sizes.ts";
import type { GroupLimit } from "../../host/cgroup.ts";
import type { FreeSpace } from "../../host/free_space.ts";
import type { HostRoom } from "../../host/host_room.ts";
import type { DiskNeed } from "../plan/disk_needs.ts";
import type { HostNeeds } from "../plan/needs.ts";

/** What is left at a folder; null where nobody tells. */
export type SpaceOf = (hostFolder: string) => FreeSpace | null;

/** What does not fit. */
export interface Shortages {
  /** The run would fail. One sentence each. */
  readonly problems: readonly string[];
  /** It may fail, or disturb others. One sentence each. */
  readonly warnings: readonly string[];
}

/**
 * Compares threads and memory.
 *
 * @returns Problems where a limit would be exceeded, a warning where memory
 *   is there but in use by others.
 */
export function hostShortages(needs: HostNeeds, room: HostRoom): Shortages {
  const problems: string[] = [];
  const warnings: string[] = [];
  const run = `the run's ${needs.workers} workers`;
  const remedy = "use fewer accelerators (-n), reader.read_threads or " +
    "reader.write_threads";
  const memory = `${run} need about ${formatBytes(needs.memoryBytes)}`;
  if (needs.memoryBytes > room.memoryBytes.value) {
    problems.push(
      `Cannot run as memory must hold it: ${memory}, ` +
        `${limitText(room.memoryBytes, "has")}; ${remedy}`,
    );
  } else if (needs.memoryBytes > room.memoryFreeBytes.value) {
    warnings.push(
      `Memory may run out: ${memory}, ` +
        `${limitText(room.memoryFreeBytes, "has now")}; ${remedy}`,
    );
  }
  const { threadsFree } = room;
  if (threadsFree !== null && needs.threads > threadsFree.value) {
    problems.push(
      `Cannot run as every worker is a thread: ${run} and the runtime need ` +
        `${needs.threads} threads, ${threadsFree.source} allows ` +
        `${threadsFree.value} more; ${remedy}`,
    );
  }
  return { problems, warnings };
}

function limitText({ value, source }: GroupLimit, has: string): string {
  return source === "this host"
    ? `this host ${has} ${formatBytes(value)}`
    : `the control group ${has} ${formatBytes(value)} (${source})`;
}

/**
 * Asks once for each folder what is left there.
 *
 * @param needs What a run writes.
 * @param freeSpace What is left at a folder; null where nobody tells.
 */
export async function freeSpaces(
  needs: readonly DiskNeed[],
  freeSpace: (hostFolder: string) => Awaitable<FreeSpace | null>,
): Promise<SpaceOf> {
  const spaces = new Map<string, FreeSpace | null>();
  for (const { hostFolder } of needs) {
    if (spaces.has(hostFolder)) continue;
    spaces.set(hostFolder, await freeSpace(hostFolder));
  }
  return (hostFolder) => spaces.get(hostFolder) ?? null;
}

/**
 * Compares what is to be written with what is free; folders on one file
 * system share it.
 *
 * @param needs What a run writes.
 * @param spaceOf What is left at a folder; null where nobody tells.
 */
export function diskProblems(
  needs: readonly DiskNeed[],
  spaceOf: SpaceOf,
): string[] {
  const byDevice = new Map<
    number,
    { space: FreeSpace; needs: DiskNeed[] }
  >();
  for (const need of needs) {
    const space = spaceOf(need.hostFolder);
    if (space === null) continue;
    const group = byDevice.get(space.deviceNumber) ?? { space, needs: [] };
    byDevice.set(space.deviceNumber, group);
    group.needs.push(need);
  }
  return [...byDevice.values()].flatMap(problemsOfDevice);
}

function problemsOfDevice(
  { space, needs }: {
    readonly space: FreeSpace;
    readonly needs: readonly DiskNeed[];
  },
): string[] {
  const bytes = needs.reduce((sum, need) => sum + need.bytes, 0);
  const files = needs.reduce((sum, need) => sum + need.files, 0);
  const what = needs.map((need) => need.what).join(" and ");
  const where = `"${needs[0]?.hostFolder}"`;
  const remedy = needs.map((need) => need.remedy).join("; ");
  const problems: string[] = [];
  if (bytes > space.bytes) {
    problems.push(
      `Cannot write ${what} to ${where} as it must fit: ` +
        `${formatBytes(bytes)} are needed, ${formatBytes(space.bytes)} are ` +
        `free; ${remedy}`,
    );
  }
  if (space.files !== null && files > space.files) {
    problems.push(
      `Cannot write ${what} to ${where} as the file system must have room ` +
        `for its files: ${files} are needed, ${space.files} are free ` +
        `(inodes); ${remedy}`,
    );
  }
  return problems;
}
