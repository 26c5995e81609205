/**
 * What is measured at one load: short runs of the same settings, and what
 * they come to together.
 */
import type { LimitKind } from "../metrics/verdict/verdict.ts";

/** Points of AU that the runs of a probe may differ by. */
export const SPREAD_POINTS = 2;
/** Runs that a probe has at least: one has no spread. */
export const MIN_RUNS = 2;

/** Figures of one run, of its steady part where it has steps. */
export interface ProbeRun {
  /** AU of the steps that count. */
  readonly auPercent: number;
  /** Steps of each accelerator that count. */
  readonly steps: number;
  /** Bytes that were really read per second, in MiB. */
  readonly mibPerSecond: number;
  /** Of single reads or requests; null: there were none. */
  readonly latencyP99Ms: number | null;
  /**
   * How busy the processors that Stoker may use were, whoever used them,
   * 0…100; null: not known.
   */
  readonly cpuPercent: number | null;
  /** Processor time of Stoker for 10⁹ bytes; null: not known. */
  readonly cpuSecondsPerGb: number | null;
  /** Bytes that did not come from the device, 0…100; null: not known. */
  readonly memoryPercent: number | null;
  /** By the run's verdict, and how sure that is, 0…1. */
  readonly limit: LimitKind;
  readonly confidence: number;
  /** It was ended as soon as enough was known of it. */
  readonly wasCut: boolean;
  /** Its results. */
  readonly folder: string | null;
}

/** One load, and what its runs come to. */
export interface ProbePoint extends
  Omit<
    ProbeRun,
    "steps" | "wasCut" | "folder"
  > {
  /** Accelerators, or the value of the setting that is searched over. */
  readonly value: number;
  readonly runs: readonly ProbeRun[];
  /** The largest difference between two runs, points of AU. */
  readonly auSpread: number;
  readonly meetsGoal: boolean;
}

/**
 * Puts the runs of one load together: means, and the limit that most of them
 * name.
 *
 * @param value The load.
 * @param runs At least one.
 * @param goalPercent AU to reach.
 */
export function probePoint(
  value: number,
  runs: readonly ProbeRun[],
  goalPercent: number,
): ProbePoint {
  const auPercent = meanOf(runs.map((run) => run.auPercent)) ?? 0;
  const meetsGoal = auPercent >= goalPercent;
  return {
    value,
    runs,
    auPercent,
    auSpread: spreadOf(runs),
    mibPerSecond: meanOf(runs.map((run) => run.mibPerSecond)) ?? 0,
    latencyP99Ms: meanOf(runs.map((run) => run.latencyP99Ms)),
    cpuPercent: meanOf(runs.map((run) => run.cpuPercent)),
    cpuSecondsPerGb: meanOf(runs.map((run) => run.cpuSecondsPerGb)),
    memoryPercent: meanOf(runs.map((run) => run.memoryPercent)),
    meetsGoal,
    ...(meetsGoal ? { limit: "none", confidence: 1 } : namedLimit(runs)),
  };
}

/**
 * Whether a load needs no further run: they agree, or all are farther from the
 * goal than from each other.
 *
 * @param runs Those of this probe.
 * @param options `goalPercent`: AU to reach; `maxRuns`: most runs.
 */
export function isEnough(
  runs: readonly Pick<ProbeRun, "auPercent">[],
  { goalPercent, maxRuns }: {
    readonly goalPercent: number;
    readonly maxRuns: number;
  },
): boolean {
  if (runs.length >= maxRuns) return true;
  if (runs.length < MIN_RUNS) return false;
  const spread = spreadOf(runs);
  const nearest = Math.min(
    ...runs.map(({ auPercent }) => Math.abs(auPercent - goalPercent)),
  );
  const sides = new Set(
    runs.map(({ auPercent }) => auPercent >= goalPercent),
  );
  return spread <= SPREAD_POINTS || sides.size === 1 && nearest > spread;
}

function spreadOf(runs: readonly Pick<ProbeRun, "auPercent">[]): number {
  const values = runs.map(({ auPercent }) => auPercent);
  return Math.max(...values) - Math.min(...values);
}

/** Of what is known; null if nothing is. */
function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0
    ? null
    : known.reduce((sum, value) => sum + value, 0) / known.length;
}

/** What most runs name, `unknown` among them; and how sure they are of it. */
function namedLimit(
  runs: readonly ProbeRun[],
): Pick<ProbePoint, "limit" | "confidence"> {
  const named = new Map<LimitKind, { count: number; sum: number }>();
  for (const { limit, confidence } of runs) {
    // A run may meet the goal that all together miss.
    const kind = limit === "none" ? "unknown" : limit;
    const { count, sum } = named.get(kind) ?? { count: 0, sum: 0 };
    named.set(kind, { count: count + 1, sum: sum + confidence });
  }
  const [most] = [...named].sort(([, a], [, b]) =>
    b.count - a.count || b.sum - a.sum
  );
  if (most === undefined || most[0] === "unknown") {
    return { limit: "unknown", confidence: 0 };
  }
  const [limit, { sum }] = most;
  return { limit, confidence: sum / runs.length };
}
