/**
 * How busy this host's processors were, whoever used them.
 *
 *    /proc/stat            cpu  user nice system idle iowait irq softirq steal …
 *    /proc/pressure/cpu    some avg10=… avg60=… avg300=… total=<µs>
 *
 * A processor is busy when it is neither idle nor waits for input or output;
 * time that a hypervisor took away (steal) counts as busy. `some` is the time
 * in which at least one thread waited for a processor.
 *
 * Spec: proc_stat(5); Linux, Documentation/accounting/psi.rst.
 */
import { readSystemFile } from "./system_file.ts";

/** Counters since the host was started; null where nobody tells. */
export interface HostCpuCounters {
  /** Ticks in which a processor was busy, all processors together. */
  readonly busyTicks: number | null;
  /** All ticks of all processors. */
  readonly allTicks: number | null;
  /** Microseconds in which a thread waited for a processor. */
  readonly pressureUs: number | null;
}

/** Reads the counters: 50 µs or so. */
export function readHostCpu(): HostCpuCounters {
  return {
    ...parseStat(readSystemFile("/proc/stat").value ?? ""),
    pressureUs: parsePressure(readSystemFile("/proc/pressure/cpu").value ?? ""),
  };
}

/**
 * Takes the ticks of all processors from `/proc/stat`.
 *
 * @returns Null twice if the text has no such line.
 */
export function parseStat(
  text: string,
): Pick<HostCpuCounters, "busyTicks" | "allTicks"> {
  const line = /^cpu +(.*)$/m.exec(text)?.[1];
  if (line === undefined) return { busyTicks: null, allTicks: null };
  // Guest time, fields 9 and 10, is part of user and nice already.
  const ticks = line.split(" ").slice(0, 8).map(Number);
  const allTicks = ticks.reduce((sum, count) => sum + count, 0);
  const [, , , idle = 0, ioWait = 0] = ticks;
  return { busyTicks: allTicks - idle - ioWait, allTicks };
}

/** Takes the total of `some` from `/proc/pressure/cpu`; null without one. */
export function parsePressure(text: string): number | null {
  const total = /^some .*\btotal=(\d+)/m.exec(text)?.[1];
  return total === undefined ? null : Number(total);
}
