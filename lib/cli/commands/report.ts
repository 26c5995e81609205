/**
 * `stoker report`: a run's figures again, from its results folder; also of a
 * run that was killed, from the journal that it left.
 */
import { during } from "../../engine/run/during.ts";
import { EXIT_DONE, UsageError } from "../../errors.ts";
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
  usage: "DIR [--json]",
  details: `\
Derives all figures from what was measured and prints them as the run did. A
run that crashed or was killed has left stoker.incomplete.jsonl: its phases
that had ended are shown, marked incomplete. --json prints the summary. Files
of the folder are only read.`,
  flags: ["json", "stall-timeout"],
  maxWords: 1,
  takesOverrides: false,
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
    const { record, context: facts } = await during(
      hooks,
      `reading the results in ${folder}`,
      () => readResults(folder, { timeoutMs: hooks.stallTimeoutMs }),
    );
    const summary = summarize(record, facts);
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
