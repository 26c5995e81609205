/**
 * The series of several processes of one phase -> one series.
 *
 *    bytes, operations, samples, cpuSeconds      sums over processes
 *    device and network bytes, deviceQueue       sums over hosts: processes of
 *                                                a host see the same counters
 *    auPercent                                   mean, by accelerators
 *    latencyP50Ms                                mean, by operations
 *    latencyP99Ms, latencyMaxMs                  highest of a process: counts
 *                                                of an interval are not kept
 *    busy and pressure fractions                 those of the busiest host
 *
 * Entries of processes are laid over each other as they are numbered: phases
 * begin together. Where intervals differ the longest one holds.
 */
import type { PhaseSeries } from "./phase_series.ts";
import type { PhaseRecord } from "./run_record.ts";

/** How the entries of a list become one. */
type Merging = "sum" | "hostSum" | "hostMax" | "max" | "byRanks" | "byCalls";

/** The lists of a series by how they are merged. */
const MERGINGS = {
  bytes: "sum",
  operations: "sum",
  samples: "sum",
  cpuSeconds: "sum",
  auPercent: "byRanks",
  latencyP50Ms: "byCalls",
  latencyP99Ms: "max",
  latencyMaxMs: "max",
  deviceReadBytes: "hostSum",
  deviceWriteBytes: "hostSum",
  deviceQueue: "hostSum",
  networkBytes: "hostSum",
  deviceBusyFraction: "hostMax",
  hostCpuBusyFraction: "hostMax",
  hostCpuPressureFraction: "hostMax",
  hostIoPressureFraction: "hostMax",
} as const satisfies Partial<Record<keyof PhaseSeries, Merging>>;

type ListName = keyof typeof MERGINGS;

/** Between what several hosts say. */
const SEPARATOR = "; ";

/** Lists that are added up when neighbours become one entry. */
const ADDED: ReadonlySet<Merging> = new Set(["sum", "hostSum"]);

/** A series with what its entries weigh. */
interface Part {
  readonly series: PhaseSeries;
  readonly rankCount: number;
  /** Whether no part before it is of the same host. */
  readonly isFirstOfHost: boolean;
}

/**
 * Merges the series of a phase.
 *
 * @param records One of each process, or results of earlier merges, in their
 *   order; a record that shares a host with one before it adds nothing to
 *   what is of hosts.
 * @returns No key if one of them has none.
 */
export function mergeSeries(
  records: readonly PhaseRecord[],
): Pick<PhaseRecord, "series"> {
  const seen = new Set<string>();
  const parts: Part[] = [];
  for (const { series, ranks, hosts } of records) {
    if (series === undefined) return {};
    const names = hosts.map(({ host }) => host);
    const isFirstOfHost = !names.some((name) => seen.has(name));
    parts.push({ series, rankCount: ranks.length, isFirstOfHost });
    for (const name of names) seen.add(name);
  }
  const intervalSeconds = Math.max(
    ...parts.map(({ series }) => series.intervalSeconds),
  );
  const aligned = parts.map((part) => ({
    ...part,
    series: widened(part.series, intervalSeconds),
  }));
  const length = Math.max(...aligned.map(({ series }) => series.bytes.length));
  const lists: Partial<Record<ListName, Float64Array>> = {};
  for (const name of Object.keys(MERGINGS) as ListName[]) {
    if (aligned.some(({ series }) => series[name] === undefined)) continue;
    lists[name] = mergeList(name, aligned, length);
  }
  return {
    series: {
      // Every list but those of pressure is in every series.
      ...lists as Record<ListName, Float64Array>,
      intervalSeconds,
      ...sourcesOf(parts),
    },
  };
}

function sourcesOf(parts: readonly Part[]): Partial<PhaseSeries> {
  const ofHosts = parts.filter(({ isFirstOfHost }) => isFirstOfHost);
  const sources = (key: "deviceSource" | "networkSource") => {
    const texts = ofHosts.flatMap(({ series }) => series[key] ?? []);
    const distinct = new Set(texts.flatMap((text) => text.split(SEPARATOR)));
    return texts.length === 0 ? {} : { [key]: [...distinct].join(SEPARATOR) };
  };
  const limits = ofHosts.flatMap(({ series }) =>
    series.networkLimitBytesPerSecond ?? []
  );
  return {
    ...sources("deviceSource"),
    ...sources("networkSource"),
    ...(limits.length === ofHosts.length
      ? {
        networkLimitBytesPerSecond: limits.reduce((sum, one) => sum + one, 0),
      }
      : {}),
  };
}

function mergeList(
  name: ListName,
  parts: readonly Part[],
  length: number,
): Float64Array {
  const merging = MERGINGS[name];
  const isOfHost = merging === "hostSum" || merging === "hostMax";
  const merged = new Float64Array(length);
  for (let entry = 0; entry < length; entry++) {
    const values: [value: number, weight: number][] = [];
    for (const { series, rankCount, isFirstOfHost } of parts) {
      // One that had ended before did nothing more.
      const value = series[name]?.[entry];
      if (value === undefined || isOfHost && !isFirstOfHost) continue;
      const weight = merging === "byRanks"
        ? rankCount
        : series.operations[entry] ?? 0;
      values.push([value, weight]);
    }
    merged[entry] = mergeValues(merging, values);
  }
  return merged;
}

function mergeValues(
  merging: Merging,
  values: readonly (readonly [value: number, weight: number])[],
): number {
  // Where one host does not tell, the sum is not known.
  if (ADDED.has(merging)) return values.reduce((sum, [v]) => sum + v, 0);
  const known = values.filter(([value]) => !Number.isNaN(value));
  if (known.length === 0) return NaN;
  if (merging === "max" || merging === "hostMax") {
    return Math.max(...known.map(([value]) => value));
  }
  const weight = known.reduce((sum, [, each]) => sum + each, 0);
  if (weight === 0) return NaN;
  return known.reduce((sum, [value, each]) => sum + value * each, 0) / weight;
}

/** Neighbours become one entry until entries are that long. */
function widened(series: PhaseSeries, intervalSeconds: number): PhaseSeries {
  if (series.intervalSeconds >= intervalSeconds) return series;
  const lists: Partial<Record<ListName, Float64Array>> = {};
  for (const name of Object.keys(MERGINGS) as ListName[]) {
    const list = series[name];
    if (list === undefined) continue;
    const merging = MERGINGS[name];
    lists[name] = Float64Array.from(
      { length: Math.ceil(list.length / 2) },
      (_, entry) => {
        const pair = [2 * entry, 2 * entry + 1].filter((at) => at < list.length)
          .map((at) => [list[at] ?? NaN, series.operations[at] ?? 0] as const);
        const isQueue = name === "deviceQueue";
        if (!ADDED.has(merging) || isQueue) {
          // Means over time count alike; the rest as between processes.
          const weights = merging === "byRanks" || isQueue
            ? pair.map(([value]) => [value, 1] as const)
            : pair;
          return mergeValues(isQueue ? "byRanks" : merging, weights);
        }
        return mergeValues(merging, pair);
      },
    );
  }
  return widened({
    ...series,
    ...lists,
    intervalSeconds: 2 * series.intervalSeconds,
  }, intervalSeconds);
}
