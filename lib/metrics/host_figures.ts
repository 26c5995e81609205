/**
 * What each host of a run over several processes did: figures by which a slow
 * one is found.
 *
 *    rates            bytes of its threads by the seconds of the phases that
 *                     read, or write
 *    hit fraction     max(0, 1 - bytes from its devices / bytes read), see
 *                     `cache_truth.ts`
 *    waiting          seconds that its accelerators waited for batches by the
 *                     seconds of their steps
 *    slowest rank     of its ranks the one that waited longest; without steps
 *                     the one whose checkpoints took longest
 */
import { PHASE_KINDS } from "./phase_kinds.ts";
import type { HostRecord, PhaseRecord, RunRecord } from "./run_record.ts";

const BYTES_PER_MIB = 2 ** 20;

/** See the file header; null: nobody can tell, or there was none. */
export interface HostFigures {
  readonly hostname: string;
  readonly cpuCount: number;
  readonly memoryBytes: number;
  readonly processCount: number;
  readonly accelerators: number;
  readonly readMibPerSecond: number | null;
  readonly writeMibPerSecond: number | null;
  /** Of the phase in which its processors were busiest, 0 to 1. */
  readonly cpuBusyFraction: number | null;
  /** That its devices moved, in all phases. */
  readonly deviceBytes: number | null;
  readonly hitFraction: number | null;
  readonly waitingFraction: number | null;
  readonly slowestRank: number | null;
  /** Its wall clock less that of process 0's host. */
  readonly clockOffsetSeconds: number;
}

/**
 * Derives the figures of each host.
 *
 * @returns In the order of the hosts; empty of a run with a single process.
 */
export function hostFigures(
  { hosts, phases }: Pick<RunRecord, "hosts" | "phases">,
): HostFigures[] {
  const isShared = hosts.some(({ processCount }) => processCount !== undefined);
  return isShared ? hosts.map((host) => figuresOf(host, phases)) : [];
}

function figuresOf(
  host: HostRecord,
  phases: readonly PhaseRecord[],
): HostFigures {
  const { hostname } = host;
  const own = phases.map((phase) => partOf(phase, hostname));
  const reads = own.filter(({ direction }) => direction === "read");
  const writes = own.filter(({ direction }) => direction === "write");
  const readBytes = sum(reads.map(({ bytes }) => bytes)) ?? 0;
  const readDeviceBytes = sum(reads.map(({ deviceBytes }) => deviceBytes));
  const busy = own.flatMap(({ cpuBusyFraction }) => cpuBusyFraction ?? []);
  return {
    hostname,
    cpuCount: host.cpuCount,
    memoryBytes: host.memoryBytes,
    processCount: host.processCount ?? 1,
    accelerators: host.accelerators ?? 0,
    readMibPerSecond: rateOf(reads),
    writeMibPerSecond: rateOf(writes),
    cpuBusyFraction: busy.length === 0 ? null : Math.max(...busy),
    deviceBytes: sum(own.map(({ deviceBytes }) => deviceBytes)),
    hitFraction: readDeviceBytes === null || readBytes === 0
      ? null
      : Math.max(0, readBytes - readDeviceBytes) / readBytes,
    ...ranksOf(phases, hostname),
    clockOffsetSeconds: host.clockOffsetSeconds ?? 0,
  };
}

/** What a host did in one phase. */
interface HostPart {
  readonly direction: "read" | "write";
  readonly seconds: number;
  readonly bytes: number;
  readonly deviceBytes: number | null;
  readonly cpuBusyFraction: number | null;
}

function partOf(phase: PhaseRecord, hostname: string): HostPart {
  const processes = phase.hosts.filter(({ host }) => host === hostname);
  const busy = processes.flatMap(({ hostCpu }) => hostCpu.busyFraction ?? []);
  return {
    direction: PHASE_KINDS[phase.kind].direction,
    seconds: phase.durationSeconds,
    bytes: phase.workers.filter(({ host }) => host === hostname)
      .reduce((bytes, worker) => bytes + worker.bytes, 0),
    deviceBytes: sum(processes.map(({ device }) => device.bytes)),
    cpuBusyFraction: busy.length === 0 ? null : Math.max(...busy),
  };
}

function rateOf(parts: readonly HostPart[]): number | null {
  const seconds = sum(parts.map((part) => part.seconds)) ?? 0;
  const bytes = sum(parts.map((part) => part.bytes)) ?? 0;
  return seconds > 0 ? bytes / BYTES_PER_MIB / seconds : null;
}

function ranksOf(
  phases: readonly PhaseRecord[],
  hostname: string,
): Pick<HostFigures, "waitingFraction" | "slowestRank"> {
  const loads = new Map<number, number>();
  const saves = new Map<number, number>();
  let stepSeconds = 0;
  for (const { kind, ranks } of phases) {
    const { hasSteps, isCheckpoint } = PHASE_KINDS[kind];
    for (const { rank, host, ...times } of ranks) {
      if (host !== hostname) continue;
      if (hasSteps) {
        stepSeconds += total(times.stepSeconds);
        add(loads, rank, total(times.loadSeconds));
      } else if (isCheckpoint) add(saves, rank, times.doneSeconds);
    }
  }
  const loadSeconds = [...loads.values()].reduce((all, one) => all + one, 0);
  const slowest = [...(loads.size > 0 ? loads : saves)]
    .reduce<[number, number] | null>(
      (worst, one) => worst === null || one[1] > worst[1] ? one : worst,
      null,
    );
  return {
    waitingFraction: stepSeconds > 0 ? loadSeconds / stepSeconds : null,
    slowestRank: slowest?.[0] ?? null,
  };
}

function add(sums: Map<number, number>, rank: number, seconds: number): void {
  sums.set(rank, (sums.get(rank) ?? 0) + seconds);
}

function total(seconds: Float64Array): number {
  return seconds.reduce((all, one) => all + one, 0);
}

/** Null if one of them is. */
function sum(values: readonly (number | null)[]): number | null {
  let all = 0;
  for (const value of values) {
    if (value === null) return null;
    all += value;
  }
  return all;
}
