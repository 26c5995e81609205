/**
 * `stoker report`: a run's figures again, from its results folder; also of a
 * run that was killed, from the journal that it left.
 */
import { during } from "../../engine/run/during.ts";
import { EXIT_DONE, UsageError } from "../../errors.ts";
import { writeReportPage } from "../../measure/report_page.ts";
import { summarize } from "../../metrics/summary.ts";
import { endpointTable } from "../../report/text/endpoint_table.ts";
import { metricBlock } from "../../report/text/metric_block.ts";
import { reportText } from "../../report/text/report_text.ts";
import { isScaled } from "../../results/result_context.ts";
import { readResults } from "../../results/results_reader.ts";
import { printedJson } from "../../results/summary_json.ts";
import type { Command } from "../line/command.ts";
import { startFilesSession } from "../session/files_session.ts";

/** The command. */
export const command: Command = {
  summary: "a run's figures again, from its results folder",
  usage: "DIR [--json] [--html FILE]",
  details: `\
Derives all figures from what was measured and prints them as the run did. A
run that crashed or was killed has left stoker.incomplete.jsonl: its phases
that had ended are shown, marked incomplete. --json prints the summary.

--html FILE makes the page of the run too, also of a run that crashed and of
folders of older versions, and replaces what is there: DIR/report.html is the
one that the run wrote. It is one file that needs no network. Without --html
the folder is only read.`,
  flags: ["json", "html", "stall-timeout"],
  maxWords: 1,
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
    const [folder] = words;
    if (folder === undefined) {
      throw new UsageError(
        "Cannot report as there must be a results folder: stoker report DIR",
      );
    }
    using session = startFilesSession(line, context, "report");
    const { hooks } = session;
    const saved = await during(
      hooks,
      `reading the results in ${folder}`,
      () => readResults(folder, { timeoutMs: hooks.stallTimeoutMs }),
    );
    const { record, context: facts } = saved;
    const summary = summarize(record, facts);
    const { html } = flags;
    if (html !== null) {
      await during(
        hooks,
        `writing ${html}`,
        () => writeReportPage(html, saved, { folder, summary }),
      );
      console.say(`Page: ${html}`);
    }
    console.print(
      flags.json ? JSON.stringify(printedJson(summary, facts), null, 2) : [
        reportText(summary, facts, record.phases).trimEnd(),
        (metricBlock(summary, isScaled(facts)) + endpointTable(record.phases))
          .trimEnd(),
      ].join("\n\n"),
    );
    return EXIT_DONE;
  },
};
