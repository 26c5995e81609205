/**
 * Distributions: cumulative curves, percentiles, heat maps.
 */
import { EMPTY_MARKUP, type Markup, markup } from "../../bytes/markup.ts";
import { histogramTotals } from "../../metrics/histogram.ts";
import type { Operation } from "../../metrics/operations.ts";
import { TRANSFERS } from "../../metrics/operations.ts";
import type { PhaseRecord } from "../../metrics/run_record.ts";
import type { ChartData } from "./chart_data.ts";
import {
  cumulativeChart,
  distributionOf,
  type NamedHistogram,
  operationHistograms,
} from "./distributions.ts";
import { chartFigure, figureHtml } from "./figure_html.ts";
import { termHtml } from "./glossary.ts";
import { HeatMap, heatMapHtml } from "./heat_map.ts";
import { type LoadTimes, loadTimes } from "./load_times.ts";
import { inTime, type PageRun } from "./page_run.ts";
import { threeDigits, wholeText } from "./quantity_html.ts";
import { tableHtml } from "./table_html.ts";

/** Fewer operations, or phases, make no heat map. */
const MIN_HEAT_VALUES = 10_000;
const MIN_HEAT_PHASES = 3;
const MAX_HEAT_PHASES = 200;
/** Lines of a chart; the table has all. */
const MAX_LINES = 8;
const US_PER_MS = 1000;

/** The section and the charts in it. */
export interface DistributionSection {
  readonly html: Markup;
  readonly charts: readonly ChartData[];
}

/** Renders the section; nothing where nothing was measured. */
export function distributionSection({ record }: PageRun): DistributionSection {
  const phases = inTime(record.phases);
  const load = loadTimes(phases);
  const operations = operationHistograms(phases);
  const all = [...load.histograms, ...operations];
  if (all.length === 0) return { html: EMPTY_MARKUP, charts: [] };
  const loadChart = cumulativeChart(
    "load-curve",
    load.histograms.filter(({ counts }) => histogramTotals(counts).count > 0),
  );
  const ioChart = cumulativeChart("io-curve", operations.slice(0, MAX_LINES));
  const left = operations.length - MAX_LINES;
  const html =
    markup`<section id="distributions" aria-labelledby="distributions-h">
<h2 id="distributions-h">Distributions</h2>
${percentileTable(all)}${
      loadChart === null
        ? EMPTY_MARKUP
        : chartFigure(loadChart, "How long steps waited for their batches")
    }${
      ioChart === null ? EMPTY_MARKUP : chartFigure(
        ioChart,
        "How long single operations took" +
          (left > 0 ? ` (${left} more in the table above)` : ""),
      )
    }${loadHeat(load)}${operationHeat(phases)}</section>
`;
  const charts = [loadChart, ioChart].filter((chart) => chart !== null);
  return { html, charts };
}

function percentileTable(histograms: readonly NamedHistogram[]): Markup {
  const us = (value: number | undefined) =>
    value === undefined ? null : value / US_PER_MS;
  return markup`<p>${termHtml("percentile")} of all values, in milliseconds.</p>
${
    tableHtml({
      caption: "Percentiles",
      columns: [
        { head: "of", isText: true },
        { head: "count" },
        ...["p50", "p90", "p99", "p99.9", "greatest"].map((head) => ({
          head,
          unit: "ms",
        })),
      ],
      rows: histograms.map(distributionOf).map(({ name, count, latencyUs }) => [
        name,
        markup`${wholeText(count)}`,
        us(latencyUs?.p50),
        us(latencyUs?.p90),
        us(latencyUs?.p99),
        us(latencyUs?.p99_9),
        us(latencyUs?.max),
      ]),
    })
  }`;
}

function loadHeat({ heat }: LoadTimes): Markup {
  if (heat === null) return EMPTY_MARKUP;
  const { map, grid } = heat;
  const end = grid.startSeconds + grid.bucketSeconds * grid.count;
  return figureHtml({
    caption: "Load time of steps over time",
    content: heatMapHtml(
      map,
      "Heat map: how long steps waited, over time. The percentiles are in " +
        "the table above.",
      {
        from: `${threeDigits(grid.startSeconds)} s`,
        to: `${threeDigits(end)} s`,
      },
    ),
  });
}

/** Columns are phases: histograms of operations are kept by phase. */
function operationHeat(phases: readonly PhaseRecord[]): Markup {
  const names = [...TRANSFERS.read, ...TRANSFERS.write];
  return markup`${
    names.map((name) => {
      const own = phases.filter(({ latencies }) =>
        latencies[name] !== undefined
      );
      const count = own.reduce(
        (sum, { latencies }) => sum + histogramTotals(latencies[name]!).count,
        0,
      );
      const isWorth = count > MIN_HEAT_VALUES &&
        own.length >= MIN_HEAT_PHASES && own.length <= MAX_HEAT_PHASES;
      return isWorth ? operationMap(name, own) : EMPTY_MARKUP;
    })
  }`;
}

function operationMap(
  name: Operation,
  phases: readonly PhaseRecord[],
): Markup {
  const map = new HeatMap(phases.length);
  phases.forEach(({ latencies }, column) => {
    map.addHistogram(column, latencies[name]!);
  });
  return figureHtml({
    caption: `Latency of ${name} by phase, in the order of time`,
    content: heatMapHtml(
      map,
      `Heat map: latency of ${name}, a column for each phase. The ` +
        "percentiles are in the table above.",
      { from: "first phase", to: "last phase" },
    ),
  });
}
