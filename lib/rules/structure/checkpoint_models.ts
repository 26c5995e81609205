/**
 * 2.1.21: checkpointing/ holds models of the edition.
 */
import type { SystemFacts } from "../facts/tree.ts";
import { unexpected } from "../shared/names.ts";
import type { Rule } from "../rule.ts";

/** The rule. */
export const rule: Rule<SystemFacts> = {
  id: "2.1.21",
  title: "checkpointing/ holds models of the edition",
  severity: "invalid",
  reads: "names in checkpointing/",
  isKnownBefore: false,
  why: "Other models have nobody to compare with.",
  mend: "Remove it; names are in lower case.",
  *check({ categories, checkpointModels }, { checkpointing }) {
    if (!categories.includes("checkpointing")) return;
    const models = Object.keys(checkpointing);
    if (checkpointModels.length === 0) {
      yield { have: null, need: `one of ${models.join(", ")}` };
    }
    yield* unexpected(checkpointModels, models);
  },
};
