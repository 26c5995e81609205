/**
 * `stoker report`: a run's figures again, from its results folder; also of a
 * run that was killed, from the journal that it left.
 */
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
  flags: ["json", "html"],
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
  async run({ words, flags }, { console }) {
    const [folder] = words;
    if (folder === undefined) {
      throw new UsageError(
        "Cannot report as there must be a results folder: stoker report DIR",
      );
    }
    const saved = await readResults(folder);
    const { record, context } = saved;
    const summary = summarize(record, context);
    if (flags.html !== null) {
      await writeReportPage(flags.html, saved, { folder, summary });
      console.say(`Page: ${flags.html}`);
    }
    console.print(
      flags.json ? JSON.stringify(printedJson(summary, context), null, 2) : [
        reportText(summary, context, record.phases).trimEnd(),
        (metricBlock(summary, isScaled(context)) + endpointTable(record.phases))
          .trimEnd(),
      ].join("\n\n"),
    );
    return EXIT_DONE;
  },
};
