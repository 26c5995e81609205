/**
 * CPU truth: what processor time a kind of phase took, who took it, and how
 * much of what Stoker may use that was.
 *
 *    per GB, per sample   seconds / (bytes moved / 1e9), seconds / samples
 *    used fraction        sum of seconds of its processes / sum over hosts of
 *                         (processors that they may use · time)
 *    other                seconds of the processes that no thread of a role
 *                         took: the main thread, threads of the runtime
 *
 * The processors that may be used are those of the host, or fewer where an
 * affinity or a control group allows fewer. Bytes and samples are those of the
 * phase, whoever moved them: the costs of roles add up to that of the whole.
 */
import type { PhaseRecord, RoleTimes } from "./run_record.ts";

const BYTES_PER_GB = 1e9;
/** Role of what is left. */
const OTHER_ROLE = "other";

/** What one role took. */
export interface RoleCpu {
  /** "reader", "accelerator" ..., "other". */
  readonly role: string;
  /** 0 of "other": nobody counts them. */
  readonly threadCount: number;
  /** Null where nobody tells, as all that follows. */
  readonly seconds: number | null;
  /** Of these, in the kernel. */
  readonly systemSeconds: number | null;
  /** Runnable, while all processors had other threads. */
  readonly waitSeconds: number | null;
  readonly secondsPerGb: number | null;
  readonly secondsPerSample: number | null;
}

/** What all took. */
export interface CpuTruth {
  /** Of all processes; null where nobody tells, as all that follows. */
  readonly seconds: number | null;
  readonly userSeconds: number | null;
  readonly systemSeconds: number | null;
  readonly secondsPerGb: number | null;
  readonly secondsPerSample: number | null;
  /** Processors that the processes may use, sum over hosts. */
  readonly allowedCount: number | null;
  /** What allows no more: "this host", a file of a control group. */
  readonly allowedSource: string | null;
  /** Of these, what was used, 0 to 1. */
  readonly usedFraction: number | null;
  /** How busy all processors were, whoever used them: of the busiest host. */
  readonly hostBusyFraction: number | null;
  /** Time in which a thread waited for a processor: on the host, in its group. */
  readonly pressureFraction: number | null;
  readonly groupPressureFraction: number | null;
  /** Empty where nobody tells. */
  readonly roles: readonly RoleCpu[];
}

/**
 * Derives the truth of some phases.
 *
 * @param phases Phases of one kind.
 */
export function cpuTruth(phases: readonly PhaseRecord[]): CpuTruth {
  const hosts = phases.flatMap((phase) => phase.hosts);
  const userSeconds = sumOf(hosts.map(({ cpu }) => cpu.userSeconds));
  const systemSeconds = sumOf(hosts.map(({ cpu }) => cpu.systemSeconds));
  const seconds = sumOf([userSeconds, systemSeconds]);
  const costOf = costs(phases);
  const allowed = allowedCpus(phases);
  const roles = roleTotals(phases).map((times) => roleCpu(times, costOf));
  return {
    seconds,
    userSeconds,
    systemSeconds,
    ...costOf(seconds),
    allowedCount: allowed?.count ?? null,
    allowedSource: allowed?.source ?? null,
    usedFraction: allowed === null || seconds === null ||
        !(allowed.cpuSeconds > 0)
      ? null
      : Math.min(1, seconds / allowed.cpuSeconds),
    hostBusyFraction: hostMean(phases, ({ hostCpu }) => hostCpu.busyFraction),
    pressureFraction: hostMean(
      phases,
      ({ hostCpu }) => hostCpu.pressureFraction,
    ),
    groupPressureFraction: hostMean(
      phases,
      ({ ownCpus }) => ownCpus?.groupPressureFraction ?? null,
    ),
    roles: [...roles, ...otherRole({ seconds, systemSeconds }, roles, costOf)],
  };
}

/**
 * Sums over phases and processes, one entry for each role.
 *
 * @param phases Phases of one kind.
 */
export function roleTotals(phases: readonly PhaseRecord[]): RoleTimes[] {
  const sums = new Map<string, RoleTimes>();
  for (
    const times of phases.flatMap(({ hosts }) => hosts)
      .flatMap(({ roles = [] }) => roles)
  ) {
    const before = sums.get(times.role);
    sums.set(
      times.role,
      before === undefined ? times : {
        role: times.role,
        threadCount: Math.max(before.threadCount, times.threadCount),
        cpuSeconds: sumOf([before.cpuSeconds, times.cpuSeconds]),
        systemSeconds: sumOf([
          before.systemSeconds ?? null,
          times.systemSeconds ?? null,
        ]),
        cpuWaitSeconds: sumOf([before.cpuWaitSeconds, times.cpuWaitSeconds]),
        ioSeconds: before.ioSeconds + times.ioSeconds,
      },
    );
  }
  return [...sums.values()];
}

/**
 * Mean over phases by their length; of several hosts the greatest.
 *
 * @param phases Phases of one kind.
 * @param valueOf Null where a host does not tell.
 */
export function hostMean(
  phases: readonly PhaseRecord[],
  valueOf: (host: PhaseRecord["hosts"][number]) => number | null,
): number | null {
  let sum = 0;
  let seconds = 0;
  for (const { hosts, durationSeconds } of phases) {
    const known = hosts.map(valueOf).filter((value) => value !== null);
    if (known.length === 0) continue;
    sum += durationSeconds * Math.max(...known);
    seconds += durationSeconds;
  }
  return seconds > 0 ? sum / seconds : null;
}

/** Seconds -> what a GB and a sample cost. */
type CostOf = (
  seconds: number | null,
) => Pick<RoleCpu, "secondsPerGb" | "secondsPerSample">;

function costs(phases: readonly PhaseRecord[]): CostOf {
  const workers = phases.flatMap((phase) => phase.workers);
  const bytes = workers.reduce((sum, worker) => sum + worker.bytes, 0);
  const samples = workers.reduce((sum, worker) => sum + worker.samples, 0);
  return (seconds) => ({
    secondsPerGb: seconds === null || bytes === 0
      ? null
      : seconds / (bytes / BYTES_PER_GB),
    secondsPerSample: seconds === null || samples === 0
      ? null
      : seconds / samples,
  });
}

function roleCpu(times: RoleTimes, costOf: CostOf): RoleCpu {
  return {
    role: times.role,
    threadCount: times.threadCount,
    seconds: times.cpuSeconds,
    systemSeconds: times.systemSeconds ?? null,
    waitSeconds: times.cpuWaitSeconds,
    ...costOf(times.cpuSeconds),
  };
}

/** What is left of the processes' time; none where a part is not known. */
function otherRole(
  all: Pick<CpuTruth, "seconds" | "systemSeconds">,
  roles: readonly RoleCpu[],
  costOf: CostOf,
): RoleCpu[] {
  const taken = sumOf(roles.map((role) => role.seconds));
  if (roles.length === 0 || all.seconds === null || taken === null) return [];
  const inKernel = sumOf(roles.map((role) => role.systemSeconds));
  // The process is counted in ticks, threads to the nanosecond.
  const seconds = Math.max(0, all.seconds - taken);
  return [{
    role: OTHER_ROLE,
    threadCount: 0,
    seconds,
    systemSeconds: inKernel === null || all.systemSeconds === null
      ? null
      : Math.max(0, Math.min(seconds, all.systemSeconds - inKernel)),
    waitSeconds: null,
    ...costOf(seconds),
  }];
}

/** Of the last phase; and what all phases might have used. */
function allowedCpus(
  phases: readonly PhaseRecord[],
): { count: number; source: string; cpuSeconds: number } | null {
  let cpuSeconds = 0;
  let last: { count: number; source: string } | null = null;
  for (const { hosts, durationSeconds } of phases) {
    last = allowedOf(hosts);
    if (last === null) return null;
    cpuSeconds += last.count * durationSeconds;
  }
  return last === null ? null : { ...last, cpuSeconds };
}

/** Processes of one host share its processors. */
function allowedOf(
  hosts: PhaseRecord["hosts"],
): { count: number; source: string } | null {
  const byHost = new Map<string, number>();
  const sources = new Set<string>();
  for (const { host, ownCpus } of hosts) {
    const count = ownCpus?.count ?? null;
    if (ownCpus === undefined || count === null) return null;
    byHost.set(host, Math.max(byHost.get(host) ?? 0, count));
    sources.add(ownCpus.source);
  }
  if (byHost.size === 0) return null;
  return {
    count: [...byHost.values()].reduce((sum, count) => sum + count, 0),
    source: [...sources].join("; "),
  };
}

/** Null if one of them is. */
function sumOf(values: readonly (number | null)[]): number | null {
  let sum = 0;
  for (const value of values) {
    if (value === null) return null;
    sum += value;
  }
  return sum;
}
