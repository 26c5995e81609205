/**
 * 2.1.11: training/ holds models of the edition.
 */
import type { SystemFacts } from "../facts/tree.ts";
import { unexpected } from "../shared/names.ts";
import type { Rule } from "../rule.ts";

/** The rule. */
export const rule: Rule<SystemFacts> = {
  id: "2.1.11",
  title: "training/ holds models of the edition",
  severity: "invalid",
  reads: "names in training/",
  isKnownBefore: false,
  why: "Other models have no goal and nobody to compare with.",
  mend: "Remove it; names are in lower case.",
  *check({ categories, trainingModels }, { training }) {
    if (!categories.includes("training")) return;
    const models = Object.keys(training);
    if (trainingModels.length === 0) {
      yield { have: null, need: `one of ${models.join(", ")} in training/` };
    }
    yield* unexpected(trainingModels, models);
  },
};
