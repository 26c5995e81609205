/**
 * A figure: a place for a chart, and the same data as a table in `<details>`,
 * so that nothing needs a script.
 */
import { EMPTY_MARKUP, type Markup, markup } from "../../bytes/markup.ts";
import type { ChartData, LineValues } from "./chart_data.ts";
import { threeDigits } from "./quantity_html.ts";
import { type Cell, type Column, tableHtml } from "./table_html.ts";

/** Rows of a table under a chart; the chart has up to 2,000 points. */
const MAX_TABLE_ROWS = 60;

/** A figure around any content. */
export function figureHtml(
  { caption, content, note }: {
    readonly caption: string | Markup;
    readonly content: Markup;
    /** Below it. @default {nothing} */
    readonly note?: string | Markup;
  },
): Markup {
  return markup`<figure><figcaption>${caption}</figcaption>
${content}${
    note === undefined ? EMPTY_MARKUP : markup`<p class="note">${note}</p>
`
  }</figure>
`;
}

/**
 * A figure for a chart that the client script draws.
 *
 * @param chart Its data.
 * @param caption What it shows.
 * @param table The same as a table; absent: of a chart over time or latency.
 */
export function chartFigure(
  chart: ChartData,
  caption: string | Markup,
  table: Markup = chartTable(chart, `${chart.yName} by ${chart.xName}`),
): Markup {
  return markup`<figure data-chart="${chart.id}"><figcaption>${caption}</figcaption>
<details><summary>As a table</summary>
${table}</details></figure>
`;
}

function chartTable(chart: ChartData, title: string): Markup {
  const { x, lines, yName } = chart;
  const each = Math.max(1, Math.ceil(x.length / MAX_TABLE_ROWS));
  const rows: Cell[][] = [];
  for (let from = 0; from < x.length; from += each) {
    const to = Math.min(x.length, from + each);
    const cells = lines.map(({ values, low, high }) =>
      chart.isLogX
        ? values[to - 1] ?? null
        : stretchText({ values, low: low ?? values, high: high ?? values }, {
          from,
          to,
        })
    );
    if (cells.every((cell) => cell === null || cell === "")) continue;
    const at = x[chart.isLogX ? to - 1 : from] ?? 0;
    rows.push([Number.isInteger(at) ? String(at) : threeDigits(at), ...cells]);
  }
  const columns: Column[] = [
    {
      head: chart.isLogX ? "not above" : "from",
      unit: chart.isLogX ? "ms" : "s",
    },
    ...lines.map(({ name }) => ({
      head: name,
      unit: yName.startsWith("%") ? "%" : yName,
    })),
  ];
  return tableHtml({
    caption: chart.isLogX || each === 1
      ? title
      : `${title}: each row is ${each} points of the chart, mean (least to ` +
        `greatest)`,
    columns,
    rows,
  });
}

/** Mean of a stretch of buckets; least and greatest where they differ. */
function stretchText(
  { values, low, high }: {
    readonly values: LineValues;
    readonly low: LineValues;
    readonly high: LineValues;
  },
  { from, to }: { readonly from: number; readonly to: number },
): Cell {
  let sum = 0;
  let count = 0;
  let least = Infinity;
  let greatest = -Infinity;
  for (let bucket = from; bucket < to; bucket++) {
    const value = values[bucket] ?? null;
    if (value === null) continue;
    sum += value;
    count++;
    least = Math.min(least, low[bucket] ?? value);
    greatest = Math.max(greatest, high[bucket] ?? value);
  }
  if (count === 0) return "";
  const mean = sum / count;
  if (count === 1 && least === greatest) return mean;
  return `${threeDigits(mean)} (${threeDigits(least)} to ` +
    `${threeDigits(greatest)})`;
}
