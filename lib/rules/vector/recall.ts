/**
 * 5.3.2: recall is on record, and not nothing.
 */
import type { VectorFacts } from "../facts/vector.ts";
import type { Rule } from "../rule.ts";
import { vectorNumber } from "./values.ts";

/** The rule. */
export const rule: Rule<VectorFacts> = {
  id: "5.3.2",
  title: "recall is on record and above 0",
  severity: "invalid",
  reads: "summary.json: recall; recall_stats.json",
  isKnownBefore: false,
  why: "Wrong answers are found quickly.",
  mend: "Build the exact answers anew and measure recall.",
  dispute:
    "The text wants a minimum for each scale, but none is defined, and " +
    "a recall of 0.00 once passed. Stoker asks for more than 0.",
  *check({ runs }) {
    for (const run of runs) {
      if (run.values === null) continue;
      const recall = vectorNumber(run, "recall", "mean_recall", "recall_mean");
      if (recall !== null && recall > 0) continue;
      yield {
        where: run.where,
        have: recall === null ? null : `recall ${recall}`,
        need: "a recall above 0",
      };
    }
  },
};
