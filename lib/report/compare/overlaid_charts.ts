/**
 * Load times and latencies of groups of runs, laid over each other: a chart
 * for each kind of phase and operation, a line for each group.
 */
import { markup } from "../../bytes/markup.ts";
import type { RunGroup } from "../../compare/run_group.ts";
import { histogramTotals } from "../../metrics/histogram.ts";
import type { ChartData } from "../html/chart_data.ts";
import {
  cumulativeChart,
  distributionOf,
  type NamedHistogram,
  operationHistograms,
} from "../html/distributions.ts";
import { loadTimes } from "../html/load_times.ts";
import { wholeText } from "../html/quantity_html.ts";
import type { Cell } from "../html/table_html.ts";

/** Lines of a chart; the table has all groups. */
const MAX_LINES = 8;
const US_PER_MS = 1000;

/** A chart and what stands above it. */
export interface OverlaidChart {
  readonly caption: string;
  readonly chart: ChartData;
}

/**
 * The charts, those of load times first.
 *
 * @param groups The groups that are compared.
 */
export function overlaidCharts(groups: readonly RunGroup[]): OverlaidChart[] {
  const left = groups.length - MAX_LINES;
  const more = left > 0 ? ` (${left} more groups in the table)` : "";
  return [...histogramsByName(groups)].flatMap(([name, histograms], index) => {
    const chart = cumulativeChart(
      `overlaid-${index}`,
      histograms.slice(0, MAX_LINES),
    );
    return chart === null ? [] : [{ caption: `${name}${more}`, chart }];
  });
}

/**
 * Rows of a table: what, group, count, five percentiles in milliseconds.
 *
 * @param groups The groups that are compared.
 */
export function overlaidPercentiles(groups: readonly RunGroup[]): Cell[][] {
  return [...histogramsByName(groups)].flatMap(([name, histograms]) =>
    histograms.map((histogram): Cell[] => {
      const { name: group, count, latencyUs } = distributionOf(histogram);
      const ms = (us: number | undefined) =>
        us === undefined ? null : us / US_PER_MS;
      return [
        name,
        group,
        markup`${wholeText(count)}`,
        ms(latencyUs?.p50),
        ms(latencyUs?.p90),
        ms(latencyUs?.p99),
        ms(latencyUs?.p99_9),
        ms(latencyUs?.max),
      ];
    })
  );
}

/** What was measured to the histogram of each group, named like it. */
function histogramsByName(
  groups: readonly RunGroup[],
): ReadonlyMap<string, NamedHistogram[]> {
  const byName = new Map<string, NamedHistogram[]>();
  for (const group of groups) {
    const phases = group.runs.flatMap(({ record }) => record.phases);
    const all = [
      ...loadTimes(phases).histograms,
      ...operationHistograms(phases),
    ];
    for (const { name, counts } of all) {
      if (histogramTotals(counts).count === 0) continue;
      byName.set(name, [
        ...byName.get(name) ?? [],
        { name: group.name, counts },
      ]);
    }
  }
  return byName;
}
