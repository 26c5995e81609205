/**
 * Over time: charts on one axis, and how their series were reduced.
 */
import { EMPTY_MARKUP, type Markup, markup } from "../../bytes/markup.ts";
import { MAX_POINTS } from "./chart_data.ts";
import { chartFigure } from "./figure_html.ts";
import { termHtml } from "./glossary.ts";
import type { OverTime } from "./over_time.ts";
import { threeDigits } from "./quantity_html.ts";
import { tableHtml } from "./table_html.ts";

/** What each chart shows. */
const CAPTIONS: Readonly<Record<string, string>> = {
  throughput: "Really moved: bytes that calls returned or accepted",
  au: "AU of the steps that ended, and the goal",
  latency: "Latency of single reads, writes and requests",
  load: "How long steps waited for their batches",
  device: "The storage device and the network, whoever used them",
  busy: "How busy device and processors were, whoever used them",
};

/**
 * The section.
 *
 * @param time The charts; null: there is nothing to show.
 */
export function timeSection(time: OverTime | null): Markup {
  if (time === null || time.charts.length === 0) return EMPTY_MARKUP;
  const [first] = time.charts;
  return markup`<section id="time" aria-labelledby="time-h">
<h2 id="time-h">Over time</h2>
<p>${reductionText(time)}</p>
<p class="script-only">Drag over a chart to zoom all of them; double-click shows all again. With the keyboard: + and − zoom, arrows move, 0 shows all.</p>
${
    time.charts.map((chart) =>
      chartFigure(chart, CAPTIONS[chart.id] ?? chart.yName)
    )
  }<details><summary>Phases, and what the marks are</summary>
${
    tableHtml({
      caption: "Phases in the order of time",
      columns: [
        { head: "phase", isText: true },
        { head: "began", unit: "s" },
        { head: "ended", unit: "s" },
      ],
      rows: (first?.bands ?? []).map(({ name, from, to }) => [name, from, to]),
    })
  }${
    tableHtml({
      caption: "Marks",
      columns: [{ head: "mark", isText: true }, { head: "at", unit: "s" }],
      rows: (first?.marks ?? []).map(({ name, at }) => [name, at]),
    })
  }</details></section>
`;
}

/** How series became points. */
function reductionText(time: OverTime): Markup {
  const { grid, isReduced, phasesWithoutSeries } = time;
  const bucket = `${threeDigits(grid.bucketSeconds)} s`;
  return markup`A point is a ${
    termHtml("bucket")
  } of ${bucket}; a line has at most ${MAX_POINTS.toLocaleString("en-US")}. ${
    isReduced
      ? "Where several values fall into one, the line is their mean and the " +
        "band reaches from the least to the greatest, so that a single slow " +
        "one stays visible; a percentile is then the mean of percentiles. "
      : ""
  }${
    phasesWithoutSeries > 0
      ? `${phasesWithoutSeries} phase${
        phasesWithoutSeries === 1 ? " has" : "s have"
      } no series per second (shorter than one, or of an older folder): ` +
        "they show the mean of their throughput, and AU and load of their steps."
      : ""
  }`;
}
