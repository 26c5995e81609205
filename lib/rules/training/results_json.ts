/**
 * 2.1.16: the scores of the runs stand beside them.
 */
import type { TrainingModelFacts } from "../facts/series.ts";
import { TIMESTAMP_REGEXP, unexpected } from "../shared/names.ts";
import type { Rule } from "../rule.ts";

/** The rule. */
export const rule: Rule<TrainingModelFacts> = {
  id: "2.1.16",
  title: "run/ has results.json and folders of runs",
  severity: "invalid",
  reads: "names in run/",
  isKnownBefore: false,
  why: "The published table is made of this file.",
  mend: "Make it with `mlpstorage reports reportgen`.",
  *check({ entries, runEntries }) {
    if (!entries.includes("run")) return;
    if (!runEntries.includes("results.json")) {
      yield { have: null, need: "the file results.json in run/" };
    }
    yield* unexpected(
      runEntries,
      ["results.json", "results.csv", "<YYYYMMDD_HHmmss>"],
      (name) => TIMESTAMP_REGEXP.test(name),
    );
  },
};
