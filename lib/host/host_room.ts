/**
 * What this host has left for a run: memory, processors, threads. Control
 * groups count, because the kernel kills a process that exceeds them.
 */
import {
  type GroupLimit,
  type GroupLimits,
  readGroupLimits,
} from "./cgroup.ts";
import { readSystemFile } from "./system_file.ts";

/** What is left, and who says so: "this host" or a file of a control group. */
export interface HostRoom {
  /** Memory that this process could ever have, bytes. */
  readonly memoryBytes: GroupLimit;
  /** Memory that it could have now, bytes. */
  readonly memoryFreeBytes: GroupLimit;
  /** Processors' worth of time. */
  readonly cpuCount: GroupLimit;
  /** Threads that may still be started; null if nobody tells. */
  readonly threadsFree: GroupLimit | null;
}

/** Facts of the host alone, without control groups. */
export interface HostAlone {
  readonly memoryBytes: number;
  readonly memoryFreeBytes: number;
  readonly cpuCount: number;
  /** `kernel.threads-max` and those that run; null if nobody tells. */
  readonly threadsFree: number | null;
}

/** Reads what is left now. */
export function readHostRoom(): HostRoom {
  const memory = Deno.systemMemoryInfo();
  return hostRoom({
    memoryBytes: memory.total,
    memoryFreeBytes: memory.available,
    cpuCount: navigator.hardwareConcurrency,
    threadsFree: threadsFree(
      readSystemFile("/proc/sys/kernel/threads-max").value,
      readSystemFile("/proc/loadavg").value,
    ),
  }, readGroupLimits());
}

/** The host's own figures, or those of a group that are tighter. */
export function hostRoom(host: HostAlone, groups: GroupLimits): HostRoom {
  const own = (value: number): GroupLimit => ({ value, source: "this host" });
  const memoryBytes = tighter(own(host.memoryBytes), groups.memoryBytes);
  return {
    memoryBytes,
    memoryFreeBytes: tighter(
      own(host.memoryFreeBytes),
      groups.memoryFreeBytes ?? groups.memoryBytes,
    ),
    cpuCount: tighter(own(host.cpuCount), groups.cpuCount),
    threadsFree: host.threadsFree === null
      ? groups.threadsFree
      : tighter(own(host.threadsFree), groups.threadsFree),
  };
}

function tighter(own: GroupLimit, group: GroupLimit | null): GroupLimit {
  return group !== null && group.value < own.value ? group : own;
}

/**
 * Threads that the kernel would still start.
 *
 * @param threadsMax Text of `/proc/sys/kernel/threads-max`.
 * @param loadAverage Text of `/proc/loadavg`: its fourth word is
 *   "running/all threads", see proc_loadavg(5).
 */
export function threadsFree(
  threadsMax: string | null,
  loadAverage: string | null,
): number | null {
  const most = Number(threadsMax?.trim() || NaN);
  const running = Number(/\/(\d+) /.exec(loadAverage ?? "")?.[1] ?? NaN);
  const free = most - running;
  return Number.isFinite(free) ? Math.max(0, free) : null;
}
