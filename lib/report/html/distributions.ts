/**
 * Distributions: how long steps waited for their batches, how long single
 * operations took. As cumulative curves, from histograms; see
 * `metrics/histogram.ts` for their error.
 */
import {
  groupCount,
  groupStartUs,
  HISTOGRAM_GROUPS,
  HISTOGRAM_SLOTS,
  histogramTotals,
  mergeHistogram,
} from "../../metrics/histogram.ts";
import { latencyUs } from "../../metrics/latency.ts";
import { OPERATIONS } from "../../metrics/operations.ts";
import { PHASE_KIND_NAMES, PHASE_KINDS } from "../../metrics/phase_kinds.ts";
import type { PhaseKind } from "../../metrics/phase_kinds.ts";
import type { PhaseRecord } from "../../metrics/run_record.ts";
import type { ChartData, Distribution } from "./chart_data.ts";
import { tidy } from "./time_grid.ts";

const US_PER_MS = 1000;

/** A histogram with its name. */
export interface NamedHistogram {
  readonly name: string;
  readonly counts: Float64Array;
}

/**
 * Latency of single operations, by kind of phase.
 *
 * @param phases All phases of a run.
 * @returns One for each kind and operation that happened.
 */
export function operationHistograms(
  phases: readonly PhaseRecord[],
): NamedHistogram[] {
  const isPreparing = (kind: PhaseKind) =>
    Number(PHASE_KINDS[kind].keyPrefix === null);
  // What the run measured comes before what it prepared.
  const kinds = [...PHASE_KIND_NAMES]
    .sort((a, b) => isPreparing(a) - isPreparing(b));
  return kinds.flatMap((kind) => {
    const own = phases.filter((phase) => phase.kind === kind);
    return OPERATIONS.flatMap((operation) => {
      const counts = new Float64Array(HISTOGRAM_SLOTS);
      for (const { latencies } of own) {
        const part = latencies[operation];
        if (part !== undefined) mergeHistogram(counts, part);
      }
      if (histogramTotals(counts).count === 0) return [];
      const { metricTitle } = PHASE_KINDS[kind];
      return [{
        name: `${metricTitle}: ${operation.replace("_", " ")}`,
        counts,
      }];
    });
  });
}

/** A histogram's row of the table. */
export function distributionOf(
  { name, counts }: NamedHistogram,
): Distribution {
  const { count } = histogramTotals(counts);
  return { name, count, latencyUs: latencyUs(counts) };
}

/**
 * Cumulative curves: how many of all values are not above x.
 *
 * @param id Of the chart.
 * @param histograms At least one value each.
 * @returns Null if there is no histogram.
 */
export function cumulativeChart(
  id: string,
  histograms: readonly NamedHistogram[],
): ChartData | null {
  if (histograms.length === 0) return null;
  let least = HISTOGRAM_GROUPS;
  let greatest = 0;
  for (const { counts } of histograms) {
    for (let group = 0; group < HISTOGRAM_GROUPS; group++) {
      if (groupCount(counts, group) === 0) continue;
      least = Math.min(least, group);
      greatest = Math.max(greatest, group);
    }
  }
  const x: number[] = [];
  for (let group = least; group <= greatest + 1; group++) {
    x.push(tidy(groupStartUs(group) / US_PER_MS));
  }
  return {
    id,
    xName: "ms",
    isLogX: true,
    x,
    yName: "% of all that took no longer",
    yMax: 100,
    lines: histograms.map(({ name, counts }) => ({
      name,
      values: cumulative(counts, least, greatest),
    })),
    bands: [],
    marks: [],
    goal: null,
    group: null,
  };
}

/** Percent below each group's begin, then all. */
function cumulative(
  counts: Float64Array,
  least: number,
  greatest: number,
): number[] {
  const { count } = histogramTotals(counts);
  const values = [0];
  let seen = 0;
  for (let group = least; group <= greatest; group++) {
    seen += groupCount(counts, group);
    // The last percent is the interesting one: it gets its digits.
    values.push(Number((100 * seen / count).toFixed(3)));
  }
  return values;
}
