/**
 * `stoker report`: figures of runs again, from their results folders; also of
 * a run that was killed, from the journal that it left.
 */
import { during } from "../../engine/run/during.ts";
import { EXIT_DONE, UsageError } from "../../errors.ts";
import { writeReportPage } from "../../measure/report_page.ts";
import { type RunSummary, summarize } from "../../metrics/summary.ts";
import { endpointTable } from "../../report/text/endpoint_table.ts";
import { hostTable } from "../../report/text/host_table.ts";
import { metricBlock } from "../../report/text/metric_block.ts";
import { reportText } from "../../report/text/report_text.ts";
import { metricTag } from "../../results/result_context.ts";
import { readResults, type SavedRun } from "../../results/results_reader.ts";
import { printedJson } from "../../results/summary_json.ts";
import type { Command } from "../line/command.ts";
import { startFilesSession } from "../session/files_session.ts";

/** The command. */
export const command: Command = {
  summary: "a run's figures again, from its results folder",
  usage: "DIR... [--json] [--html FILE]",
  details: `\
Derives all figures from what was measured and prints them as the run did. A
run that crashed or was killed has left stoker.incomplete.jsonl: its phases
that had ended are shown, marked incomplete. --json prints the summary, of
several folders a line for each.

--html FILE makes the page of the run too, also of a run that crashed and of
folders of older versions, and replaces what is there: DIR/report.html is the
one that the run wrote. It is one file that needs no network, and of one run.
Without --html folders are only read.`,
  flags: ["json", "html", "stall-timeout"],
  maxWords: Infinity,
  takesOverrides: false,
  completes: "folders",
  examples: [
    {
      line: "report results/quick/2026-11-22T16-56-41-902Z",
      shows: "a run's figures again",
    },
    {
      line: "report results/quick/2026-11-22T16-56-41-902Z --json",
      shows: "its summary as JSON",
    },
  ],
  async run(line, context) {
    const { words, flags } = line;
    const { console } = context;
    if (words.length === 0) {
      throw new UsageError(
        "Cannot report as there must be a results folder: stoker report DIR",
      );
    }
    const { html } = flags;
    if (html !== null && words.length > 1) {
      throw new UsageError(
        `Cannot use --html with ${words.length} folders as a page is of one ` +
          "run: report each, or lay them beside each other by stoker compare",
      );
    }
    using session = startFilesSession(line, context, "report");
    const { hooks } = session;
    for (const folder of words) {
      const saved = await during(
        hooks,
        `reading the results in ${folder}`,
        () => readResults(folder, { timeoutMs: hooks.stallTimeoutMs }),
      );
      const summary = summarize(saved.record, saved.context);
      if (html !== null) {
        await during(
          hooks,
          `writing ${html}`,
          () => writeReportPage(html, saved, { folder, summary }),
        );
        console.say(`Page: ${html}`);
      }
      if (words.length === 1) {
        console.print(reported(saved, summary, flags.json));
      } else if (flags.json) {
        console.print(JSON.stringify(printedJson(summary, saved.context)));
      } else {
        console.print(`${folder}\n\n${reported(saved, summary, false)}\n`);
      }
    }
    return EXIT_DONE;
  },
};

/** A run's figures, as it printed them, or its summary. */
function reported(
  { record, context }: SavedRun,
  summary: RunSummary,
  isJson: boolean,
): string {
  if (isJson) return JSON.stringify(printedJson(summary, context), null, 2);
  return [
    reportText(summary, context, record.phases).trimEnd(),
    (metricBlock(summary, metricTag(context)) + endpointTable(record.phases) +
      hostTable(summary.hostFigures))
      .trimEnd(),
  ].join("\n\n");
}
