/**
 * 4.3.3: the model is one of four.
 */
import type { RunFacts } from "../facts/run_facts.ts";
import { type Rule, unchecked } from "../rule.ts";

/** The rule. */
export const rule: Rule<RunFacts> = {
  id: "4.3.3",
  title: "the checkpoint is of one of the four models",
  severity: "invalid",
  reads: "metadata: model, args.model; config.yaml: model.name",
  isKnownBefore: true,
  why: "Other models have another size and layout, and nobody to compare with.",
  mend: "Run llama3-8b, llama3-70b, llama3-405b or llama3-1t.",
  *check({ model }, { checkpointing }) {
    if (model === null) {
      yield unchecked("the model", "metadata: model");
    } else if (checkpointing[model] === undefined) {
      yield {
        have: `the model "${model}"`,
        need: `one of ${Object.keys(checkpointing).join(", ")}`,
      };
    }
  },
};
