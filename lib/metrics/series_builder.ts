/**
 * Builds a {@linkcode PhaseSeries} from looks at counters that only grow.
 *
 *    look:    |--------|--------|----- ... ---|---|      at least one a second
 *    entry:   |    0   |    1   |    2 ...        |      from difference to
 *                                                      difference
 *
 * A look that comes late, since the main thread was held up, covers several
 * entries: sums are spread evenly, latencies go to the last of them. What is
 * left when the phase ends becomes an entry of its own if it is half an
 * interval or longer; else it belongs to the entry before.
 *
 * Latencies of an entry are kept as the groups that have a count, so that
 * merged neighbours have exact percentiles: 10 bytes a group, 2 MB for 2,000
 * entries of 100 groups each.
 */
import {
  groupCount,
  groupStartUs,
  HISTOGRAM_GROUPS,
  HISTOGRAM_SLOTS,
  histogramTotals,
  setHistogram,
} from "./histogram.ts";
import { percentileUs } from "./latency.ts";
import { type PhaseSeries, SERIES_ENTRIES_MAX } from "./phase_series.ts";

/** Counters that are added up; each is as large as it was since a while. */
export const SERIES_COUNTERS = [
  "bytes",
  "operations",
  "samples",
  "askedMs",
  "stepMs",
  "deviceReadBytes",
  "deviceWriteBytes",
  "deviceBusyMs",
  "deviceQueueMs",
  "networkBytes",
  "cpuMs",
  "hostBusyTicks",
  "hostAllTicks",
  "cpuPressureUs",
  "ioPressureUs",
] as const;

/** Name of such a counter. */
export type SeriesCounter = (typeof SERIES_COUNTERS)[number];

/** A look: NaN where a counter is not known. */
export interface SeriesLook {
  readonly elapsedSeconds: number;
  readonly counters: Readonly<Record<SeriesCounter, number>>;
  /** Counts of the phase so far; the builder copies what it keeps. */
  readonly latency: Float64Array;
}

/** Latencies of one entry: groups with a count, and the greatest. */
interface EntryLatency {
  readonly groups: Uint16Array;
  readonly counts: Float64Array;
  readonly maxMs: number;
}

const NO_LATENCY: EntryLatency = {
  groups: new Uint16Array(),
  counts: new Float64Array(),
  maxMs: 0,
};

/** See the file header. */
export class SeriesBuilder {
  readonly #first: SeriesLook["counters"];
  readonly #entriesMax: number;
  #intervalSeconds = 1;
  #before: SeriesLook["counters"];
  #beforeLatency = new Float64Array(HISTOGRAM_SLOTS);
  /** One list of differences for each counter. */
  #sums: Record<SeriesCounter, number[]> = emptySums();
  #seconds: number[] = [];
  #latencies: EntryLatency[] = [];
  #endSeconds = 0;

  /**
   * @param first Counters when the phase begins; its latencies are none.
   * @param entriesMax Even; smaller in tests.
   */
  constructor(
    first: SeriesLook["counters"],
    entriesMax = SERIES_ENTRIES_MAX,
  ) {
    this.#first = first;
    this.#before = first;
    this.#entriesMax = entriesMax;
  }

  /** When the next look is due, seconds since the phase began. */
  get dueSeconds(): number {
    return (this.#seconds.length + 1) * this.#intervalSeconds;
  }

  /** Takes a look that is due; earlier ones are no looks. */
  add(look: SeriesLook): void {
    const { elapsedSeconds } = look;
    if (elapsedSeconds < this.dueSeconds) return;
    const endIndex = Math.floor(elapsedSeconds / this.#intervalSeconds);
    this.#append(look, Math.max(1, endIndex - this.#seconds.length));
    // An odd one waits for its neighbour.
    while (
      this.#seconds.length >= this.#entriesMax && this.#seconds.length % 2 === 0
    ) this.#mergeNeighbours();
  }

  /**
   * The series of a phase that is over.
   *
   * @param look The last one.
   * @returns Undefined if the phase was shorter than an interval.
   */
  finish(look: SeriesLook): PhaseSeries | undefined {
    const intervals = look.elapsedSeconds / this.#intervalSeconds;
    const missing = Math.max(1, Math.round(intervals)) - this.#seconds.length;
    if (this.#seconds.length === 0 && intervals < 1) return undefined;
    this.#append(look, Math.max(1, missing));
    if (missing < 1) this.#mergeLastTwo();
    while (this.#seconds.length > this.#entriesMax) {
      if (this.#seconds.length % 2 === 1) this.#mergeLastTwo();
      this.#mergeNeighbours();
    }
    return this.#series();
  }

  #append({ elapsedSeconds, counters, latency }: SeriesLook, n: number): void {
    for (const name of SERIES_COUNTERS) {
      const difference = counters[name] - this.#before[name];
      // A counter of the kernel that began anew tells nothing.
      const part = difference >= 0 ? difference / n : NaN;
      for (let i = 0; i < n; i++) this.#sums[name].push(part);
    }
    const seconds = Math.max(0, elapsedSeconds - this.#endSeconds) / n;
    for (let i = 0; i < n; i++) {
      this.#seconds.push(seconds);
      if (i < n - 1) this.#latencies.push(NO_LATENCY);
    }
    this.#latencies.push(latencySince(this.#beforeLatency, latency));
    this.#before = counters;
    this.#beforeLatency.set(latency);
    this.#endSeconds = elapsedSeconds;
  }

  #mergeNeighbours(): void {
    const sums = emptySums();
    const length = this.#seconds.length / 2;
    const pairs = (values: readonly number[]) =>
      Array.from(
        { length },
        (_, i) => (values[2 * i] ?? 0) + (values[2 * i + 1] ?? 0),
      );
    for (const name of SERIES_COUNTERS) sums[name] = pairs(this.#sums[name]);
    this.#sums = sums;
    this.#seconds = pairs(this.#seconds);
    this.#latencies = Array.from(
      { length },
      (_, i) =>
        mergedLatency(
          this.#latencies[2 * i] ?? NO_LATENCY,
          this.#latencies[2 * i + 1] ?? NO_LATENCY,
        ),
    );
    this.#intervalSeconds *= 2;
  }

  #mergeLastTwo(): void {
    for (const name of SERIES_COUNTERS) addLast(this.#sums[name]);
    addLast(this.#seconds);
    const last = this.#latencies.pop() ?? NO_LATENCY;
    const before = this.#latencies.pop() ?? NO_LATENCY;
    this.#latencies.push(mergedLatency(before, last));
  }

  #series(): PhaseSeries {
    const sum = (name: SeriesCounter) => Float64Array.from(this.#sums[name]);
    const { askedMs, stepMs, deviceBusyMs, deviceQueueMs } = this.#sums;
    const { hostBusyTicks, hostAllTicks } = this.#sums;
    const milliseconds = this.#seconds.map((seconds) => 1000 * seconds);
    const percentiles = this.#latencies.map(percentilesOf);
    return {
      intervalSeconds: this.#intervalSeconds,
      bytes: sum("bytes"),
      operations: sum("operations"),
      samples: sum("samples"),
      auPercent: quotients(askedMs, stepMs).map((part) => 100 * part),
      latencyP50Ms: Float64Array.from(percentiles, ({ p50 }) => p50),
      latencyP99Ms: Float64Array.from(percentiles, ({ p99 }) => p99),
      latencyMaxMs: Float64Array.from(percentiles, ({ max }) => max),
      deviceReadBytes: sum("deviceReadBytes"),
      deviceWriteBytes: sum("deviceWriteBytes"),
      deviceBusyFraction: fractions(deviceBusyMs, milliseconds),
      deviceQueue: quotients(deviceQueueMs, milliseconds),
      networkBytes: sum("networkBytes"),
      cpuSeconds: sum("cpuMs").map((ms) => ms / 1000),
      hostCpuBusyFraction: fractions(hostBusyTicks, hostAllTicks),
      ...this.#pressure("hostCpuPressureFraction", "cpuPressureUs"),
      ...this.#pressure("hostIoPressureFraction", "ioPressureUs"),
    };
  }

  #pressure(
    key: "hostCpuPressureFraction" | "hostIoPressureFraction",
    counter: SeriesCounter,
  ): Partial<PhaseSeries> {
    if (Number.isNaN(this.#first[counter])) return {};
    const microseconds = this.#seconds.map((seconds) => 1e6 * seconds);
    return { [key]: fractions(this.#sums[counter], microseconds) };
  }
}

function emptySums(): Record<SeriesCounter, number[]> {
  const entries = SERIES_COUNTERS.map((name) => [name, [] as number[]]);
  return Object.fromEntries(entries) as Record<SeriesCounter, number[]>;
}

function addLast(values: number[]): void {
  const last = values.pop() ?? 0;
  const before = values.pop() ?? 0;
  values.push(before + last);
}

/** NaN where the divisor is not above 0. */
function quotients(
  parts: readonly number[],
  wholes: readonly number[],
): Float64Array {
  return Float64Array.from(parts, (part, i) => {
    const whole = wholes[i] ?? NaN;
    return whole > 0 ? part / whole : NaN;
  });
}

/** Clocks of two sources differ by a little: 0 to 1 all the same. */
function fractions(
  parts: readonly number[],
  wholes: readonly number[],
): Float64Array {
  return quotients(parts, wholes)
    .map((value) => Math.min(1, Math.max(0, value)));
}

/** What was counted between two looks. */
function latencySince(
  before: Float64Array,
  now: Float64Array,
): EntryLatency {
  const groups: number[] = [];
  const counts: number[] = [];
  for (let group = 0; group < HISTOGRAM_GROUPS; group++) {
    const count = groupCount(now, group) - groupCount(before, group);
    if (count <= 0) continue;
    groups.push(group);
    counts.push(count);
  }
  const last = groups.at(-1);
  if (last === undefined) return NO_LATENCY;
  const maxMs = histogramTotals(now).maxMs;
  const middleMs = (groupStartUs(last) + groupStartUs(last + 1)) / 2 / 1000;
  return {
    groups: Uint16Array.from(groups),
    counts: Float64Array.from(counts),
    maxMs: maxMs > histogramTotals(before).maxMs
      ? maxMs
      : Math.min(maxMs, middleMs),
  };
}

function mergedLatency(one: EntryLatency, other: EntryLatency): EntryLatency {
  if (other.groups.length === 0) return one;
  if (one.groups.length === 0) return other;
  const counts = new Map<number, number>();
  for (const { groups, counts: own } of [one, other]) {
    for (const [i, group] of groups.entries()) {
      counts.set(group, (counts.get(group) ?? 0) + (own[i] ?? 0));
    }
  }
  const sorted = [...counts].sort(([a], [b]) => a - b);
  return {
    groups: Uint16Array.from(sorted, ([group]) => group),
    counts: Float64Array.from(sorted, ([, count]) => count),
    maxMs: Math.max(one.maxMs, other.maxMs),
  };
}

function percentilesOf(
  { groups, counts, maxMs }: EntryLatency,
): { readonly p50: number; readonly p99: number; readonly max: number } {
  const count = counts.reduce((sum, one) => sum + one, 0);
  if (count === 0) return { p50: NaN, p99: NaN, max: NaN };
  const slots = new Float64Array(HISTOGRAM_SLOTS);
  setHistogram(slots, {
    totals: { count, sumMs: 0, minMs: 0, maxMs },
    groups: Array.from(groups, (group, i) => [group, counts[i] ?? 0] as const),
  });
  const ms = (fraction: number) =>
    (percentileUs(slots, fraction) ?? NaN) / 1000;
  return { p50: ms(0.5), p99: ms(0.99), max: maxMs };
}
