/**
 * 4.3.5: a subset is of the 8B model, by 8 processes.
 */
import type { RunFacts } from "../facts/run_facts.ts";
import { type Rule } from "../rule.ts";
import { nameOf } from "../values.ts";

/** Processes of a subset. */
const SUBSET_PROCESSES = 8;

/** The rule. */
export const rule: Rule<RunFacts> = {
  id: "4.3.5",
  title: "only the 8B model is run as a subset, by 8 processes",
  severity: "invalid",
  reads: "parameters: checkpoint.mode",
  isKnownBefore: true,
  why: "A subset of a large model writes a part that no real job writes alone.",
  mend: "Run the whole model, or llama3-8b with 8 processes.",
  dispute:
    "A test the wrong way round once let ten such rows pass; they have " +
    "been withdrawn.",
  *check({ model, parameters, accelerators }, { checkpointing }) {
    if (nameOf(parameters.get("checkpoint.mode")) !== "subset") return;
    if (checkpointing[model ?? ""]?.hasSubset !== true) {
      yield { have: `a subset of ${model}`, need: "a subset of llama3-8b" };
    } else if (accelerators !== null && accelerators !== SUBSET_PROCESSES) {
      yield {
        have: `a subset by ${accelerators} processes`,
        need: `${SUBSET_PROCESSES} processes`,
      };
    }
  },
};
