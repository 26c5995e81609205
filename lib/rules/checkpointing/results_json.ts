/**
 * 2.1.22: the scores stand beside the invocations.
 */
import type { CheckpointModelFacts } from "../facts/series.ts";
import { TIMESTAMP_REGEXP, unexpected } from "../shared/names.ts";
import type { Rule } from "../rule.ts";

/** The rule. */
export const rule: Rule<CheckpointModelFacts> = {
  id: "2.1.22",
  title: "the model's folder has results.json and folders of invocations",
  severity: "invalid",
  reads: "names in checkpointing/<model>/",
  isKnownBefore: false,
  why: "The published table is made of this file.",
  mend: "Make it with `mlpstorage reports reportgen`.",
  *check({ entries }) {
    if (!entries.includes("results.json")) {
      yield { have: null, need: "the file results.json" };
    }
    yield* unexpected(
      entries,
      ["results.json", "results.csv", "<YYYYMMDD_HHmmss>"],
      (name) => TIMESTAMP_REGEXP.test(name),
    );
  },
};
