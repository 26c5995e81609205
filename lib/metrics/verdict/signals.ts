/**
 * The numbers that speak for one limit or another, of some phases of one
 * kind together. Null where nobody tells.
 *
 *    waiting   = sum of time in calls / sum of time of the threads, at most 1, without
 *                what they were on a processor, or waited for one
 *    on CPU    = sum of (on a processor + waiting for one) / sum of time of the threads
 *
 * A call that copies from memory takes processor time and no more; one that
 * waits for a device takes none. So what is left of the calls is waiting.
 */
import { cpuTruth, roleTotals } from "../cpu_truth.ts";
import { histogramTotals, mergeHistogram } from "../histogram.ts";
import { HISTOGRAM_SLOTS } from "../histogram.ts";
import { entrySeconds, type PhaseSeries } from "../phase_series.ts";
import type { PhaseRecord, RoleTimes } from "../run_record.ts";

/** An endpoint that is this much slower than the others is named. */
const SLOW_ENDPOINT_RATIO = 2;

/** How threads that read or write spent their time. */
export interface ThreadShares {
  /** "reader". */
  readonly role: string;
  readonly threadCount: number;
  /** In calls of input and output; mean calls in flight, may be above 1. */
  readonly inCalls: number;
  /** On a processor, or waiting for one, 0 to 1; null: not known. */
  readonly onCpu: number | null;
  /** Of `onCpu`, waiting for a processor. */
  readonly cpuWait: number | null;
  /** In calls, but not on a processor: waiting for storage, 0 to 1. */
  readonly waiting: number;
}

/** An endpoint whose requests took longer than those of the others. */
export interface SlowEndpoint {
  readonly address: string;
  readonly meanMs: number;
  readonly othersMeanMs: number;
}

/** See the file header. */
export interface Signals {
  readonly durationSeconds: number;
  /** Of the role that moved the bytes; null if none did, or nobody tells. */
  readonly threads: ThreadShares | null;
  /** Seconds for which accelerators waited for a processor, mean of them. */
  readonly acceleratorCpuWaitSeconds: number | null;
  readonly deviceSource: string | null;
  /** 0 to 1. */
  readonly deviceBusyFraction: number | null;
  readonly deviceQueue: number | null;
  readonly networkBytesPerSecond: number | null;
  readonly networkLimitBytesPerSecond: number | null;
  readonly hostCpuBusyFraction: number | null;
  /** Of the control group, or else of the host. */
  readonly cpuPressureFraction: number | null;
  /** Of this process. */
  readonly cpuSeconds: number | null;
  /** Of the processors that Stoker may use, 0 to 1: what it used. */
  readonly ownCpuFraction: number | null;
  readonly ownCpuCount: number | null;
  readonly ownCpuSource: string | null;
  readonly slowEndpoint: SlowEndpoint | null;
}

/**
 * Derives the signals of some phases.
 *
 * @param phases Phases of one kind.
 */
export function signalsOf(phases: readonly PhaseRecord[]): Signals {
  const durationSeconds = phases.reduce((sum, p) => sum + p.durationSeconds, 0);
  const roles = roleTotals(phases);
  const cpu = cpuTruth(phases);
  return {
    durationSeconds,
    threads: threadShares(roles, phases),
    acceleratorCpuWaitSeconds: perThread(
      roles.find(({ role }) => role === "accelerator"),
    ),
    deviceSource:
      phases.find(({ series }) => series?.deviceSource !== undefined)
        ?.series?.deviceSource ?? null,
    deviceBusyFraction: seriesMean(phases, (s) => s.deviceBusyFraction),
    deviceQueue: seriesMean(phases, (s) => s.deviceQueue),
    networkBytesPerSecond: seriesRate(phases, (s) => s.networkBytes),
    networkLimitBytesPerSecond:
      phases.map(({ series }) => series?.networkLimitBytesPerSecond).find((
        limit,
      ) => limit !== undefined) ?? null,
    hostCpuBusyFraction: cpu.hostBusyFraction,
    cpuPressureFraction: cpu.groupPressureFraction ?? cpu.pressureFraction,
    cpuSeconds: cpu.seconds,
    ownCpuFraction: cpu.usedFraction,
    ownCpuCount: cpu.allowedCount,
    ownCpuSource: cpu.allowedSource,
    slowEndpoint: slowEndpointOf(phases),
  };
}

function perThread(times: RoleTimes | undefined): number | null {
  if (times === undefined || times.cpuWaitSeconds === null) return null;
  return times.cpuWaitSeconds / Math.max(1, times.threadCount);
}

/** Of the role with most time in calls. */
function threadShares(
  roles: readonly RoleTimes[],
  phases: readonly PhaseRecord[],
): ThreadShares | null {
  const [most] = [...roles].sort((a, b) => b.ioSeconds - a.ioSeconds);
  if (most === undefined || !(most.ioSeconds > 0)) return null;
  const isInline = most.role === "accelerator";
  const threadSeconds = isInline
    // They read in the time that they wait for their batches.
    ? loadSeconds(phases)
    : phases.reduce(
      (sum, { hosts, durationSeconds }) =>
        sum + durationSeconds * threadCountOf(hosts, most.role),
      0,
    );
  if (!(threadSeconds > 0)) return null;
  const inCalls = most.ioSeconds / threadSeconds;
  // The same thread computes too: its processor time is of both.
  const isKnown = !isInline && most.cpuSeconds !== null &&
    most.cpuWaitSeconds !== null;
  const share = (seconds: number | null) =>
    isKnown ? Math.min(1, (seconds ?? 0) / threadSeconds) : null;
  const cpuWait = share(most.cpuWaitSeconds);
  const onCpu = isKnown
    ? Math.min(1, (share(most.cpuSeconds) ?? 0) + (cpuWait ?? 0))
    : null;
  return {
    role: most.role,
    threadCount: most.threadCount,
    inCalls,
    onCpu,
    cpuWait,
    waiting: Math.max(0, Math.min(1, inCalls) - (onCpu ?? 0)),
  };
}

function threadCountOf(hosts: PhaseRecord["hosts"], role: string): number {
  return hosts.flatMap(({ roles = [] }) => roles)
    .filter((times) => times.role === role)
    .reduce((sum, { threadCount }) => sum + threadCount, 0);
}

function loadSeconds(phases: readonly PhaseRecord[]): number {
  return phases.flatMap(({ ranks }) => ranks)
    .reduce(
      (sum, rank) => sum + rank.loadSeconds.reduce((a, b) => a + b, 0),
      0,
    );
}

/** Mean over the entries of all phases, by their length. */
function seriesMean(
  phases: readonly PhaseRecord[],
  valuesOf: (series: PhaseSeries) => Float64Array,
): number | null {
  return perSecond(phases, valuesOf, (value, seconds) => value * seconds);
}

/** What entries of all phases add up to, per second. */
function seriesRate(
  phases: readonly PhaseRecord[],
  valuesOf: (series: PhaseSeries) => Float64Array,
): number | null {
  return perSecond(phases, valuesOf, (value) => value);
}

/** A sum over known entries by their length; null: none is known. */
function perSecond(
  phases: readonly PhaseRecord[],
  valuesOf: (series: PhaseSeries) => Float64Array,
  amountOf: (value: number, seconds: number) => number,
): number | null {
  let sum = 0;
  let seconds = 0;
  for (const { series, durationSeconds } of phases) {
    if (series === undefined) continue;
    for (const [index, value] of valuesOf(series).entries()) {
      if (Number.isNaN(value)) continue;
      const length = entrySeconds(series, index, durationSeconds);
      sum += amountOf(value, length);
      seconds += length;
    }
  }
  return seconds > 0 ? sum / seconds : null;
}

/** Requests of an endpoint in all phases: the slowest against the others. */
function slowEndpointOf(phases: readonly PhaseRecord[]): SlowEndpoint | null {
  const merged = new Map<string, Float64Array>();
  for (const { address, latency } of phases.flatMap((p) => p.endpoints ?? [])) {
    const counts = merged.get(address) ?? new Float64Array(HISTOGRAM_SLOTS);
    mergeHistogram(counts, latency);
    merged.set(address, counts);
  }
  const endpoints = [...merged].flatMap(([address, counts]) => {
    const { count, sumMs } = histogramTotals(counts);
    return count === 0
      ? []
      : [{ address, count, sumMs, meanMs: sumMs / count }];
  }).sort((a, b) => b.meanMs - a.meanMs);
  const [slowest, ...others] = endpoints;
  if (slowest === undefined || others.length === 0) return null;
  const othersMeanMs = others.reduce((sum, { sumMs }) => sum + sumMs, 0) /
    others.reduce((sum, { count }) => sum + count, 0);
  return slowest.meanMs >= SLOW_ENDPOINT_RATIO * othersMeanMs
    ? { address: slowest.address, meanMs: slowest.meanMs, othersMeanMs }
    : null;
}
