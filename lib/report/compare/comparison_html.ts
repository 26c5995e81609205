/**
 * A comparison on one page that needs nothing but itself: the verdict in
 * words, what differs, figures with their intervals, and the distributions of
 * load times and latencies of all groups laid over each other.
 */
import { EMPTY_MARKUP, type Markup, markup } from "../../bytes/markup.ts";
import type {
  Comparison,
  GroupComparison,
  MetricComparison,
} from "../../compare/comparison.ts";
import { firstRun, type RunGroup } from "../../compare/run_group.ts";
import { PHASE_KINDS } from "../../metrics/phase_kinds.ts";
import type { ChartData } from "../html/chart_data.ts";
import { chartFigure } from "../html/figure_html.ts";
import { pageHtml } from "../html/page.ts";
import { tableHtml } from "../html/table_html.ts";
import { changeText, figureText, shownValue } from "./comparison_text.ts";
import { notesOf } from "./comparison_notes.ts";
import { overlaidCharts, overlaidPercentiles } from "./overlaid_charts.ts";
import { levelText, verdictSentences } from "./verdict_text.ts";

const TITLES = {
  runs: "What was compared",
  differences: "Settings that differ",
  figures: "Figures",
};

/**
 * Renders a comparison.
 *
 * @param comparison The comparison.
 * @returns The text of the file.
 */
export function comparisonHtml(comparison: Comparison): string {
  const { groups } = comparison;
  const charts = overlaidCharts(groups);
  return pageHtml({
    title: `Stoker comparison: ${groups.map(({ name }) => name).join(", ")}`,
    sections: {
      verdict: verdictSection(comparison),
      runs: section("runs", groups.map(groupHtml)),
      differences: section("differences", [differencesHtml(comparison)]),
      figures: section(
        "figures",
        comparison.comparisons.map((compared) =>
          figuresHtml(comparison, compared)
        ),
      ),
      distributions: distributionSection(groups, charts),
    },
    titles: TITLES,
    charts: charts.map(({ chart }) => chart),
  });
}

function section(id: keyof typeof TITLES, content: readonly Markup[]): Markup {
  return markup`<section id="${id}" aria-labelledby="${id}-h">
<h2 id="${id}-h">${TITLES[id]}</h2>
${content}</section>
`;
}

/** First of all, in words. */
function verdictSection(comparison: Comparison): Markup {
  return markup`<section id="verdict" aria-label="Verdict">
${
    comparison.comparisons.map((compared) =>
      markup`${
        verdictSentences(comparison, compared).map((sentence) =>
          markup`<p class="verdict">${sentence}.</p>
`
        )
      }${
        listHtml(
          "Not comparable",
          compared.reasons,
        )
      }${listHtml("Note", notesOf(comparison, compared))}`
    )
  }</section>
`;
}

function listHtml(mark: string, texts: readonly string[]): Markup {
  if (texts.length === 0) return EMPTY_MARKUP;
  return markup`<ul class="warnings">${
    texts.map((text) =>
      markup`<li><span class="mark">${mark}:</span> ${text}</li>
`
    )
  }</ul>
`;
}

function groupHtml(group: RunGroup): Markup {
  const { context, record } = firstRun(group);
  const rows = group.runs.map(({ folder, record, summary }) => [
    folder,
    new Date(record.start.wallMs).toISOString().slice(0, 19).replace("T", " "),
    summary.complete ? "complete" : "incomplete",
    summary.verdict?.text ?? "",
  ]);
  return tableHtml({
    caption: `${group.name}: ${context.modelName}, ${record.accelerators} ` +
      `accelerators, comparability class ` +
      `${context.comparabilityClass ?? "none"}` +
      (context.label === "" ? "" : `, label ${context.label}`),
    columns: [
      { head: "results folder", isText: true },
      { head: "started", unit: "UTC", isText: true },
      { head: "status", isText: true },
      { head: "what it said", isText: true },
    ],
    rows,
  });
}

function differencesHtml({ groups, differences }: Comparison): Markup {
  if (differences.length === 0) {
    return markup`<p>All settings are the same.</p>
`;
  }
  return tableHtml({
    caption: "Settings and facts that are not the same, and their origins",
    columns: [
      { head: "setting", isText: true },
      ...groups.map(({ name }) => ({ head: name, isText: true })),
    ],
    rows: differences.map(({ key, values }) => [
      key,
      ...values.map((each) =>
        each === null
          ? "–"
          : markup`${shownValue(each.value)} <span class="note">${
            originText(each.origin)
          }</span>`
      ),
    ]),
  });
}

function originText(origin: string): string {
  return `(${origin})`;
}

function figuresHtml(
  { groups }: Comparison,
  { group, metrics }: GroupComparison,
): Markup {
  const first = groups[0]?.name ?? "";
  const kinds = [...new Set(metrics.map(({ kind }) => kind))];
  return markup`${
    kinds.map((kind) =>
      tableHtml({
        caption: `${PHASE_KINDS[kind].title}: ${group.name} against ${first}`,
        columns: [
          { head: "figure", isText: true },
          { head: "unit", isText: true },
          { head: first },
          { head: group.name },
          { head: "difference" },
          { head: "interval" },
          { head: "", isText: true },
        ],
        rows: metrics.filter((one) => one.kind === kind).map(metricRow),
      })
    )
  }<p class="note">Judged figures decide the verdict; the others are shown with
intervals of 95 % and decide nothing. Formulas: stoker help comparing.</p>
`;
}

function metricRow(compared: MetricComparison) {
  const { metric, level, first, second } = compared;
  const { low, high, difference } = compared.result;
  return [
    metric.isJudged
      ? markup`<strong>${metric.title}</strong> (judged)`
      : metric.title,
    metric.unit,
    meanHtml(first),
    meanHtml(second),
    markup`${changeText(compared, difference)}`,
    low === null || high === null
      ? null
      : markup`${changeText(compared, low)} … ${changeText(compared, high)}`,
    compared.isSignificant === true ? `significant at ${levelText(level)}` : "",
  ];
}

/** The mean, with all values one hover away. */
function meanHtml(values: readonly number[]): Markup {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return markup`<span title="${values.join(", ")}">${figureText(mean)}</span>`;
}

function distributionSection(
  groups: readonly RunGroup[],
  charts: readonly { readonly caption: string; readonly chart: ChartData }[],
): Markup {
  const rows = overlaidPercentiles(groups);
  if (rows.length === 0) return EMPTY_MARKUP;
  return markup`<section id="distributions" aria-labelledby="distributions-h">
<h2 id="distributions-h">Distributions</h2>
${
    tableHtml({
      caption: "Percentiles",
      columns: [
        { head: "of", isText: true },
        { head: "group", isText: true },
        { head: "count" },
        ...["p50", "p90", "p99", "p99.9", "greatest"].map((head) => ({
          head,
          unit: "ms",
        })),
      ],
      rows,
    })
  }${charts.map(({ caption, chart }) => chartFigure(chart, caption))}</section>
`;
}
