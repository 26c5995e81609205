/**
 * How busy a host's processors were between two readings.
 */
import type { HostCpuCounters } from "../../host/host_cpu.ts";
import type { OwnCpus } from "../../host/own_cpus.ts";
import type { HostCpu, OwnCpuTime } from "../../metrics/run_record.ts";

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

/**
 * The processors that the process might use in a phase.
 *
 * @param before What it might use when the phase began.
 * @param after The same when it ended: this is what counts.
 * @param seconds Its length on the monotonic clock.
 */
export function ownCpuTime(
  before: OwnCpus,
  after: OwnCpus,
  seconds: number,
): OwnCpuTime {
  const { count, source } = after;
  const pressure = difference(after.groupPressureUs, before.groupPressureUs);
  return {
    count,
    source,
    groupPressureFraction: fraction(pressure, seconds * 1e6),
  };
}

function difference(after: number | null, before: number | null) {
  return after === null || before === null ? null : after - before;
}

function fraction(part: number | null, whole: number | null): number | null {
  if (part === null || whole === null || !(whole > 0)) return null;
  return Math.min(1, Math.max(0, part / whole));
}
