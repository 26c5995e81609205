/**
 * How busy this host's processors were, whoever used them.
 *
 *    /proc/stat            cpu  user nice system idle iowait irq softirq steal ...
 *    /proc/pressure/cpu    some avg10=... avg60=... avg300=... total=<µs>
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

/** Ticks of all processors together since the host was started. */
export interface CpuTicks {
  /** Guests included. */
  readonly user: number;
  readonly nice: number;
  /** In the kernel, interrupts included. */
  readonly system: number;
  readonly ioWait: number;
  readonly steal: number;
  readonly idle: number;
}

/** Reads the ticks by what they were spent on; null where nobody tells. */
export function readCpuTicks(): CpuTicks | null {
  return parseCpuTicks(readSystemFile("/proc/stat").value ?? "");
}

/** Takes them from `/proc/stat`; null if the text has no such line. */
export function parseCpuTicks(text: string): CpuTicks | null {
  const line = /^cpu +(.*)$/m.exec(text)?.[1];
  if (line === undefined) return null;
  // Guest time, fields 9 and 10, is part of user and nice already.
  const [user = 0, nice = 0, kernel = 0, idle = 0, ioWait = 0, ...others] = line
    .split(" ").map(Number);
  const [irq = 0, softIrq = 0, steal = 0] = others;
  const system = kernel + irq + softIrq;
  return { user, nice, system, ioWait, steal, idle };
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
  const ticks = parseCpuTicks(text);
  if (ticks === null) return { busyTicks: null, allTicks: null };
  const { user, nice, system, steal, idle, ioWait } = ticks;
  const busyTicks = user + nice + system + steal;
  return { busyTicks, allTicks: busyTicks + idle + ioWait };
}

/** Takes the total of `some` from `/proc/pressure/cpu`; null without one. */
export function parsePressure(text: string): number | null {
  const total = /^some .*\btotal=(\d+)/m.exec(text)?.[1];
  return total === undefined ? null : Number(total);
}
