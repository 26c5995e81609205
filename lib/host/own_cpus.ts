/**
 * The processors that this process may use: the host's, fewer where it is
 * bound to some of them, less where a control group gives it a part of their
 * time; and how long its group waited for one.
 *
 *    /proc/stat               cpu0 ... cpuN: processors of the host
 *    /proc/self/status        Cpus_allowed_list: 0-3,8
 *    cpu.max, cpu.cfs_quota_us, cpu.pressure   of its control groups
 *
 * Spec: proc_stat(5); proc_pid_status(5); sched_setaffinity(2); Linux,
 * Documentation/admin-guide/cgroup-v2.rst and Documentation/accounting/psi.rst.
 */
import {
  type ReadFile,
  readGroupCpuPressure,
  readGroupLimits,
} from "./cgroup.ts";
import { parsePressure } from "./host_cpu.ts";
import { readSystemFile } from "./system_file.ts";

/** See the file header. */
export interface OwnCpus {
  /** Processors' worth of time, such as 1.5; null: nobody tells. */
  readonly count: number | null;
  /** "this host", "affinity of this process", or the group's file. */
  readonly source: string;
  /**
   * Microseconds in which a thread of the process's control group waited for a
   * processor, since the group was made; null: nobody tells.
   */
  readonly groupPressureUs: number | null;
}

/** Reads them now: 200 µs or so. */
export function readOwnCpus(
  readFile: ReadFile = (path) => readSystemFile(path).value,
): OwnCpus {
  const host = hostCpuCount(readFile("/proc/stat") ?? "");
  const bound = allowedCpuCount(readFile("/proc/self/status") ?? "");
  const limit = readGroupLimits(readFile).cpuCount;
  const candidates = [
    { count: host, source: "this host" },
    { count: bound, source: "affinity of this process" },
    { count: limit?.value ?? null, source: limit?.source ?? "" },
  ].flatMap(({ count, source }) => count === null ? [] : [{ count, source }]);
  const [first, ...others] = candidates;
  const least = first === undefined ? null : others.reduce(
    (least, one) => one.count < least.count ? one : least,
    first,
  );
  return {
    count: least?.count ?? null,
    source: least?.source ?? "/proc/stat and /proc/self/status tell nothing",
    groupPressureUs: parsePressure(readGroupCpuPressure(readFile) ?? ""),
  };
}

/** Lines "cpu0 ...", "cpu1 ..." of `/proc/stat`; null without one. */
function hostCpuCount(text: string): number | null {
  const count = text.match(/^cpu\d+ /gm)?.length ?? 0;
  return count === 0 ? null : count;
}

/** Processors of "Cpus_allowed_list: 0-3,8"; null without that line. */
export function allowedCpuCount(status: string): number | null {
  const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1];
  if (list === undefined) return null;
  return list.split(",").reduce((sum, range) => {
    const [from = NaN, to = from] = range.split("-").map(Number);
    return sum + to - from + 1;
  }, 0);
}
