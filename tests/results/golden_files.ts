/**
 * What is compared with the files in `golden/`. After a change that is meant,
 * `deno run -A tests/results/write_golden.ts` writes them anew: look at the
 * difference before committing it.
 */
import { summarize } from "../../lib/metrics/summary.ts";
import type { RunRecord } from "../../lib/metrics/run_record.ts";
import { endpointTable } from "../../lib/report/text/endpoint_table.ts";
import { metricBlock } from "../../lib/report/text/metric_block.ts";
import { reportText } from "../../lib/report/text/report_text.ts";
import { dlioLog } from "../../lib/results/dlio/log.ts";
import { jsonFilePieces } from "../../lib/results/json_pieces.ts";
import { summaryJson } from "../../lib/results/summary_json.ts";
import { CONTEXT } from "../metrics/sample_run.ts";

/** Where the files are. */
export const GOLDEN_FOLDER = new URL("./golden/", import.meta.url);

/** The texts that people and DLIO's tools read, by file name. */
export function renderedFiles(record: RunRecord): Record<string, string> {
  const summary = summarize(record, CONTEXT);
  return {
    "summary_json.txt": [...jsonFilePieces(summaryJson(summary, CONTEXT))].join(
      "",
    ),
    "metric_block.txt": metricBlock(summary) + endpointTable(record.phases),
    "report.txt": reportText(summary, CONTEXT, record.phases),
    "dlio.log": dlioLog(record, CONTEXT, summary),
  };
}
