/**
 * `stoker compare`: two or more runs beside each other, and what follows.
 */
import { compareRuns, type Comparison } from "../../compare/comparison.ts";
import { type ComparedRun, readRun } from "../../compare/compared_run.ts";
import { ConfigError, EXIT_DONE, UsageError } from "../../errors.ts";
import { comparisonJson } from "../../report/compare/comparison_json.ts";
import { loadComparisonHtml } from "../../report/compare/load_comparison_page.ts";
import { comparisonText } from "../../report/compare/comparison_text.ts";
import { writePieces } from "../../results/results_file.ts";
import type { Command } from "../line/command.ts";

/** The command. */
export const command: Command = {
  summary: "runs beside each other: what differs, by how much, how sure",
  usage: "DIR DIR [DIR ...] [--json] [--html FILE] [--allow-different]",
  details: `\
Compares results folders with the first one: settings that differ and where
they came from, figures with the interval of their difference, and a verdict.
Folders of the same settings are taken as repetitions of one run, and show how
much runs differ of themselves. Runs that did other work, that are incomplete,
or of which one came from memory and one did not are refused with the reason;
--allow-different compares them all the same. --html writes one page with the
distributions of load times and latencies laid over each other. See
\`stoker help comparing\`.`,
  flags: ["json", "html", "allow-different"],
  maxWords: Infinity,
  takesOverrides: false,
  completes: "folders",
  examples: [
    {
      line: "compare results/quick/before results/quick/after",
      shows: "by how much the second run is faster, and how sure that is",
    },
    {
      line: "compare results/a1 results/a2 results/b1 results/b2",
      shows: "two repetitions of each",
    },
    {
      line: "compare results/a results/b --html compared.html",
      shows: "as a page, with distributions laid over each other",
    },
    {
      line: "compare buffered direct --allow-different --json",
      shows: "also what is not comparable, as JSON",
    },
  ],
  async run({ words, flags }, { console }) {
    if (words.length < 2) {
      throw new UsageError(
        "Cannot compare as there must be two results folders or more: " +
          "stoker compare DIR DIR",
      );
    }
    const runs: ComparedRun[] = [];
    // One after the other: each may be large.
    for (const folder of words) runs.push(await readRun(folder));
    const comparison = compareRuns(runs);
    if (!flags["allow-different"]) refuseDifferent(comparison);
    if (flags.html !== null) {
      const comparisonHtml = await loadComparisonHtml();
      await writePieces(flags.html, [comparisonHtml(comparison)]);
    }
    console.print(
      flags.json
        ? JSON.stringify(comparisonJson(comparison), null, 2)
        : comparisonText(comparison),
    );
    return EXIT_DONE;
  },
};

/** @throws {ConfigError} With every reason. */
function refuseDifferent({ groups, comparisons }: Comparison): void {
  const reasons = comparisons.flatMap(({ group, reasons }) =>
    reasons.map((reason) =>
      `Cannot compare ${group.name} (${group.runs[0]?.folder}) with ` +
      `${groups[0]?.name} (${groups[0]?.runs[0]?.folder}) as ${reason}; ` +
      "--allow-different compares them all the same"
    )
  );
  if (reasons.length > 0) throw new ConfigError(reasons);
}
