/**
 * The phase at hand, on a live page: empty places that events fill.
 */
import { type Markup, markup } from "../../bytes/markup.ts";
import type { ChartData } from "./chart_data.ts";
import { MAX_NOW_RANKS } from "./now_data.ts";
import { tableHtml } from "./table_html.ts";

/**
 * The section.
 *
 * @param chart The chart of the last two minutes.
 */
export function nowSection(chart: ChartData): Markup {
  return markup`<section id="now" aria-labelledby="now-h">
<h2 id="now-h">The phase at hand</h2>
<figure data-chart="${chart.id}"><figcaption>Bytes that calls returned or accepted, in each of the last seconds</figcaption></figure>
${
    tableHtml({
      name: "now-ranks",
      caption: "Accelerators of this process, who waited most is first" +
        ` (at most ${MAX_NOW_RANKS})`,
      columns: [
        { head: "rank" },
        { head: "steps" },
        { head: "AU", unit: "%" },
        { head: "waits", unit: "% of time" },
      ],
      rows: [],
    })
  }</section>
`;
}
