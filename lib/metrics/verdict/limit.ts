/**
 * What was the limit: which part of the lost time each candidate explains.
 *
 *    load      -> storage : client CPU = waiting : on CPU of the threads that
 *                read; as far as both are less than half of their time,
 *                nothing is known of it
 *    overrun   -> client CPU
 *    barrier   -> client CPU as far as accelerators waited for a processor,
 *                else barrier
 *    a slow rank takes its part from the load to the barrier; where one
 *    endpoint is slow, all of that part is the storage's
 *    storage   -> client CPU, where Stoker used 90 % of the processors that it
 *                may use: threads that wait in calls wait for others of it
 *              -> network, where the network's ports carried 90 % of what
 *                they can
 *
 * The limit is the candidate that explains most of the lost time, if that is
 * half of it or more; its part is the confidence. A device that was busy 90 %
 * of the time halves the doubt that is left of the storage.
 */
import type { LostTime } from "./lost_time.ts";
import type { Signals } from "./signals.ts";
import type { LimitKind } from "./verdict.ts";

/** A device, a network or processors that are said to be at their limit. */
export const FULL_FRACTION = 0.9;
/** Of their time that threads have to be seen at work. */
const SEEN_FRACTION = 0.5;
/** Of the lost time that a limit has to explain. */
const LIMIT_PART = 0.5;

/** Candidates and what they explain of the lost time; the sum is 1. */
export type LimitParts = Readonly<
  Record<"storage" | "client_cpu" | "network" | "barrier" | "unknown", number>
>;

/** The limit, and the parts of all candidates. */
export interface FoundLimit {
  readonly limit: LimitKind;
  readonly confidence: number;
  readonly parts: LimitParts;
}

/** Shares of the time in which threads that read or write were at work. */
function workShares({ threads, hostCpuBusyFraction }: Signals) {
  if (threads === null) return { storage: 0, cpu: 0, unknown: 1 };
  const hostBusy = hostCpuBusyFraction ?? 0;
  // Where threads' own times are not known: those of the host.
  const cpu = threads.onCpu ?? (hostBusy >= FULL_FRACTION ? hostBusy : 0);
  const storage = threads.onCpu === null
    ? Math.min(1, threads.inCalls) * (1 - cpu)
    : threads.waiting;
  const seen = storage + cpu;
  const unknown = Math.max(0, SEEN_FRACTION - seen) / SEEN_FRACTION;
  if (!(seen > 0)) return { storage: 0, cpu: 0, unknown: 1 };
  return {
    storage: (1 - unknown) * storage / seen,
    cpu: (1 - unknown) * cpu / seen,
    unknown,
  };
}

/**
 * What explains the time that steps lost.
 *
 * @param lost The lost time of some phases of steps.
 * @param signals Of the same phases.
 */
export function limitOfSteps(lost: LostTime, signals: Signals): FoundLimit {
  const { slowEndpoint, acceleratorCpuWaitSeconds } = signals;
  const slowLoad = Math.min(lost.load, lost.slowRank?.part ?? 0);
  const lateSeconds = (acceleratorCpuWaitSeconds ?? 0) -
    lost.overrun * lost.seconds;
  const late = lost.seconds > 0
    ? Math.min(lost.barrier, Math.max(0, lateSeconds / lost.seconds))
    : 0;
  const shares = workShares(signals);
  const load = lost.load - slowLoad;
  return chosen(signals, {
    // The others' readers were idle: their shares say nothing of this part.
    storage: load * shares.storage + (slowEndpoint === null ? 0 : slowLoad),
    client_cpu: load * shares.cpu + lost.overrun + late,
    barrier: lost.barrier - late + (slowEndpoint === null ? slowLoad : 0),
    unknown: load * shares.unknown,
  });
}

/**
 * What explains the time of phases without steps: checkpoints.
 *
 * @param signals Of these phases.
 */
export function limitOfTransfers(signals: Signals): FoundLimit {
  const { storage, cpu, unknown } = workShares(signals);
  return chosen(signals, { storage, client_cpu: cpu, barrier: 0, unknown });
}

function chosen(
  signals: Signals,
  before: Omit<LimitParts, "network">,
): FoundLimit {
  const used = networkUse(signals);
  const ownCpu = signals.ownCpuFraction ?? 0;
  const late = ownCpu >= FULL_FRACTION ? before.storage : 0;
  const storage = before.storage - late;
  const network = used !== null && used >= FULL_FRACTION ? storage : 0;
  const parts = {
    ...before,
    client_cpu: before.client_cpu + late,
    storage: storage - network,
    network,
  };
  const [most = "unknown", part = 0] = Object.entries(parts)
    .sort(([, a], [, b]) => b - a)[0] ?? [];
  if (part < LIMIT_PART) return { limit: "unknown", confidence: 0, parts };
  const isFull = most === "storage" &&
    (signals.deviceBusyFraction ?? 0) >= FULL_FRACTION;
  return {
    limit: most as LimitKind,
    confidence: most === "unknown" ? 0 : isFull ? (1 + part) / 2 : part,
    parts,
  };
}

/** Part of what the network's ports can carry, 0 to 1; null: not known. */
export function networkUse(
  { networkBytesPerSecond, networkLimitBytesPerSecond }: Signals,
): number | null {
  return networkBytesPerSecond === null || networkLimitBytesPerSecond === null
    ? null
    : networkBytesPerSecond / networkLimitBytesPerSecond;
}
