/**
 * `stoker merge`: one result of a run that was done in shares.
 */
import { during } from "../../engine/run/during.ts";
import { EXIT_DONE, StokerError, UsageError } from "../../errors.ts";
import {
  mergeShares,
  type SavedShare,
  saveMerged,
} from "../../measure/merge_shares.ts";
import { endpointTable } from "../../report/text/endpoint_table.ts";
import { metricBlock } from "../../report/text/metric_block.ts";
import { metricTag } from "../../results/result_context.ts";
import { readResults } from "../../results/results_reader.ts";
import { printedJson } from "../../results/summary_json.ts";
import type { Command } from "../line/command.ts";
import { startFilesSession } from "../session/files_session.ts";

/** The command. */
export const command: Command = {
  summary: "one result of a run that was done in shares (--share)",
  usage: "DIR DIR [DIR ...] -o DIR [--json]",
  details: `\
Reads the results folders of all shares of a run, in any order, and writes one
results folder as if a single process had done it. The shares must be those of
one run: the same settings, version and phases, each share once and complete.
Everything that is not is said, and nothing is written.

Shares did not wait for each other, so the result says that it is not
synchronised, and how far apart they began (--start-at lets them begin at the
same time). See \`stoker help hosts\`.`,
  flags: ["output", "json", "stall-timeout"],
  maxWords: Infinity,
  takesOverrides: false,
  completes: "folders",
  examples: [
    {
      line: "merge results/s1 results/s2 results/s3 results/s4 -o results/all",
      shows: "one result of four shares",
    },
  ],
  async run(line, context) {
    const { words, flags } = line;
    const { console } = context;
    const { output } = flags;
    if (words.length < 2 || output === null) {
      throw new UsageError(
        "Cannot merge as there must be the results folders of two shares or " +
          "more, and a new folder: stoker merge DIR DIR -o DIR",
      );
    }
    using session = startFilesSession(line, context, "merge");
    const { hooks } = session;
    const shares: SavedShare[] = [];
    for (const folder of words) {
      const saved = await during(
        hooks,
        `reading the results in ${folder}`,
        () => readResults(folder, { timeoutMs: hooks.stallTimeoutMs }),
      );
      shares.push({ ...saved, folder });
    }
    const run = mergeShares(shares);
    const merged = {
      ...run,
      context: { ...run.context, commandLine: context.args },
    };
    const { summary, notSaved } = await during(
      hooks,
      `writing ${output}`,
      () => saveMerged(merged, output),
    );
    console.print(
      flags.json
        ? JSON.stringify(printedJson(summary, merged.context), null, 2)
        : (metricBlock(summary, metricTag(merged.context)) +
          endpointTable(merged.record.phases)).trimEnd(),
    );
    console.say(`Results: ${output}`);
    if (notSaved !== null) throw new StokerError(notSaved);
    return EXIT_DONE;
  },
};
