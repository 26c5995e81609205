/**
 * 2.1.11: the model is one of the edition.
 */
import type { RunFacts } from "../facts/run_facts.ts";
import { type Rule, unchecked } from "../rule.ts";

/** The rule. */
export const rule: Rule<RunFacts> = {
  id: "2.1.11",
  title: "the training model is one of the edition",
  severity: "invalid",
  reads: "metadata: model; config.yaml: model.name; names of folders",
  isKnownBefore: true,
  why: "Other models have no goal and nobody to compare with.",
  mend: "Run unet3d or retinanet; names are in lower case.",
  *check({ model }, { training }) {
    if (model === null) {
      yield unchecked("the model", "metadata: model");
    } else if (training[model] === undefined) {
      yield {
        have: `the model "${model}"`,
        need: `one of ${Object.keys(training).join(", ")}`,
      };
    }
  },
};
