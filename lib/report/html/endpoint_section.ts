/**
 * Endpoints of object stores: where requests went, and how they fared.
 */
import { EMPTY_MARKUP, type Markup, markup } from "../../bytes/markup.ts";
import { latencyUs } from "../../metrics/latency.ts";
import { mergedEndpoints } from "../text/endpoint_table.ts";
import type { PageRun } from "./page_run.ts";
import { bytesHtml, mibPerSecond, wholeText } from "./quantity_html.ts";
import { type Cell, tableHtml } from "./table_html.ts";

/** The section; nothing for a run on files. */
export function endpointSection({ record }: PageRun): Markup {
  const phases = record.phases.filter(({ endpoints }) =>
    endpoints !== undefined && endpoints.length > 0
  );
  if (phases.length === 0) return EMPTY_MARKUP;
  const seconds = phases.reduce((sum, p) => sum + p.durationSeconds, 0);
  const ms = (us: number | undefined) => us === undefined ? null : us / 1000;
  return markup`<section id="endpoints" aria-labelledby="endpoints-h">
<h2 id="endpoints-h">Endpoints</h2>
${
    tableHtml({
      caption: "Endpoints, all phases together",
      columns: [
        { head: "endpoint", isText: true },
        { head: "requests" },
        { head: "bytes" },
        { head: "throughput", unit: "MiB/s" },
        { head: "p50", unit: "ms" },
        { head: "p99", unit: "ms" },
        { head: "greatest", unit: "ms" },
        { head: "retries" },
        { head: "errors" },
      ],
      rows: mergedEndpoints(phases).map((endpoint): Cell[] => {
        const latency = latencyUs(endpoint.latency);
        return [
          endpoint.address,
          wholeText(endpoint.requests),
          bytesHtml(endpoint.bytes),
          mibPerSecond(endpoint.bytes, seconds),
          ms(latency?.p50),
          ms(latency?.p99),
          ms(latency?.max),
          wholeText(endpoint.retries),
          wholeText(endpoint.errors),
        ];
      }),
    })
  }</section>
`;
}
