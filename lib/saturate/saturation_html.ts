/**
 * `saturate.html`: the answer in words, the curve of AU, throughput, latency
 * and processors over the load, and each probe in a table.
 */
import { EMPTY_MARKUP, type Markup, markup } from "../bytes/markup.ts";
import type { ChartData } from "../report/html/chart_data.ts";
import { chartFigure } from "../report/html/figure_html.ts";
import { pageHtml } from "../report/html/page.ts";
import { tableHtml } from "../report/html/table_html.ts";
import type { ProbePoint } from "./probe.ts";
import {
  answerOf,
  answerText,
  LIMIT_WORDS,
  type Saturation,
} from "./saturation.ts";

const TITLES = { curve: "The curve", probes: "Probes", search: "The search" };
/** Charts of this group share cursor and zoom. */
const GROUP = "curve";

/** A chart of the curve. */
interface Curve {
  readonly id: string;
  readonly caption: string;
  readonly unit: string;
  readonly yMax?: number;
  readonly hasGoal?: boolean;
  readonly lines: readonly (readonly [
    name: string,
    valueOf: (point: ProbePoint) => number | null,
  ])[];
}

const CURVES: readonly Curve[] = [
  {
    id: "saturate-au",
    caption: "AU of the steady part, and the goal",
    unit: "%",
    yMax: 100,
    hasGoal: true,
    lines: [["AU", (point) => point.auPercent]],
  },
  {
    id: "saturate-throughput",
    caption: "Bytes that were really read",
    unit: "MiB/s",
    lines: [["throughput", (point) => point.mibPerSecond]],
  },
  {
    id: "saturate-latency",
    caption: "Latency of single reads and requests",
    unit: "ms",
    lines: [["p99", (point) => point.latencyP99Ms]],
  },
  {
    id: "saturate-cpu",
    caption:
      "How busy the processors that Stoker may use were, whoever used them",
    unit: "%",
    yMax: 100,
    lines: [["CPU", (point) => point.cpuPercent]],
  },
];

/** Renders the page of a search that has ended. */
export function saturationHtml(saturation: Saturation): string {
  const { workload, outcome: { points } } = saturation;
  const charts = points.length === 0
    ? []
    : CURVES.map((curve) => ({ curve, chart: chartOf(curve, saturation) }));
  return pageHtml({
    title: `${workload}: Stoker saturate`,
    sections: {
      verdict: verdictHtml(saturation),
      curve: charts.length === 0 ? EMPTY_MARKUP : sectionHtml("curve", [
        ...charts.map(({ curve: { caption }, chart }) =>
          chartFigure(chart, caption, valuesHtml(chart))
        ),
      ]),
      probes: points.length === 0
        ? EMPTY_MARKUP
        : sectionHtml("probes", [probesHtml(saturation)]),
      search: sectionHtml("search", [searchHtml(saturation)]),
    },
    titles: TITLES,
    charts: charts.map(({ chart }) => chart),
  });
}

function sectionHtml(
  id: keyof typeof TITLES,
  content: readonly Markup[],
): Markup {
  return markup`<section id="${id}" aria-labelledby="${id}-h">
<h2 id="${id}-h">${TITLES[id]}</h2>
${content}</section>
`;
}

function verdictHtml(saturation: Saturation): Markup {
  const { value } = answerOf(saturation);
  const { many, one } = saturation.quantity;
  return markup`<section id="verdict" aria-label="Answer">
<p class="answer"><strong>${value ?? "None"}</strong> ${
    value === 1 ? one : many
  }</p>
<p class="verdict">${answerText(saturation)}</p></section>
`;
}

function chartOf(
  { id, unit, yMax, hasGoal, lines }: Curve,
  { quantity, goalPercent, outcome: { points } }: Saturation,
): ChartData {
  return {
    id,
    xName: quantity.many,
    isLogX: false,
    x: points.map(({ value }) => value),
    yName: unit,
    yMax: yMax ?? null,
    lines: lines.map(([name, valueOf]) => ({
      name,
      values: points.map(valueOf),
    })),
    bands: [],
    marks: [],
    goal: hasGoal === true ? goalPercent : null,
    group: GROUP,
  };
}

function valuesHtml({ x, xName, yName, lines }: ChartData): Markup {
  return tableHtml({
    caption: `${yName} by ${xName}`,
    columns: [
      { head: xName },
      ...lines.map(({ name }) => ({ head: name, unit: yName })),
    ],
    rows: x.map((value, index) => [
      String(value),
      ...lines.map(({ values }) => values[index] ?? null),
    ]),
  });
}

function probesHtml({ quantity, outcome: { points } }: Saturation): Markup {
  return tableHtml({
    caption: "Each load: means of its runs, and what limited it",
    columns: [
      { head: quantity.name },
      { head: "AU", unit: "%" },
      { head: "spread", unit: "points" },
      { head: "really read", unit: "MiB/s" },
      { head: "latency p99", unit: "ms" },
      { head: "CPU", unit: "%" },
      { head: "CPU per GB", unit: "s" },
      { head: "from memory", unit: "%" },
      { head: "goal", isText: true },
      { head: "limit", isText: true },
      { head: "runs", isText: true },
    ],
    rows: points.map((point) => [
      String(point.value),
      point.auPercent,
      point.auSpread,
      point.mibPerSecond,
      point.latencyP99Ms,
      point.cpuPercent,
      point.cpuSecondsPerGb,
      point.memoryPercent,
      point.meetsGoal ? "met" : "missed",
      LIMIT_WORDS[point.limit],
      point.runs.map(({ folder, steps, wasCut }) =>
        `${folder ?? "not saved"} (${steps} steps${wasCut ? ", cut" : ""})`
      ).join("; "),
    ]),
  });
}

function searchHtml(saturation: Saturation): Markup {
  const { max, outcome } = saturation;
  const rows = [
    ["workload", saturation.workload],
    ["storage", saturation.storage],
    ["data", saturation.dataFolder],
    ...(saturation.accelerators === null
      ? []
      : [["accelerators", String(saturation.accelerators)]]),
    ["AU goal", `${saturation.goalPercent} %`],
    ["from", String(saturation.first)],
    ["up to", max === null ? "not given" : String(max)],
    ["steps that count take at least", `${saturation.probeSeconds} s`],
    ["runs of a probe, at most", String(saturation.maxRuns)],
    ["data from memory", saturation.fromCache ? "permitted" : "refused"],
    ["began", new Date(saturation.startWallMs).toISOString()],
    ["ended by", outcome.end ?? "not ended"],
  ];
  return tableHtml({
    caption: "How it was searched",
    columns: [{ head: "what", isText: true }, { head: "value", isText: true }],
    rows,
  });
}
