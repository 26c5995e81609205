/**
 * How busy a host's processors were between two readings.
 */
import type { HostCpuCounters } from "../../host/host_cpu.ts";
import type { HostCpu } from "../../metrics/run_record.ts";

/**
 * Derives the fractions of a phase.
 *
 * @param before Counters when it began.
 * @param after Counters when it ended.
 * @param seconds Its length on the monotonic clock.
 * @returns Null where a counter is missing or no time passed.
 */
export function hostCpuUse(
  before: HostCpuCounters,
  after: HostCpuCounters,
  seconds: number,
): HostCpu {
  const ticks = difference(after.allTicks, before.allTicks);
  const busy = difference(after.busyTicks, before.busyTicks);
  const pressure = difference(after.pressureUs, before.pressureUs);
  return {
    busyFraction: fraction(busy, ticks),
    pressureFraction: fraction(pressure, seconds * 1e6),
  };
}

function difference(after: number | null, before: number | null) {
  return after === null || before === null ? null : after - before;
}

function fraction(part: number | null, whole: number | null): number | null {
  if (part === null || whole === null || !(whole > 0)) return null;
  return Math.min(1, Math.max(0, part / whole));
}
