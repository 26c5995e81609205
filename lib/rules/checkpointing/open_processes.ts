/**
 * 4.6.4: OPEN scales in whole copies of the model.
 */
import type { RunFacts } from "../facts/run_facts.ts";
import type { Rule } from "../rule.ts";

/** The rule. */
export const rule: Rule<RunFacts> = {
  id: "4.6.4",
  title: "processes are a multiple of what one copy of the model takes",
  severity: "invalid",
  reads: "metadata: num_processes; summary.json: num_accelerators",
  isKnownBefore: true,
  why: "A part of a copy is no model.",
  mend: "Use a multiple of tensor x pipeline parallelism.",
  *check({ model, accelerators }, { checkpointing }) {
    const limits = checkpointing[model ?? ""];
    if (limits === undefined || accelerators === null) return;
    const rest = accelerators % limits.openMultiple;
    if (accelerators > 0 && rest === 0) return;
    yield {
      have: `${accelerators} processes`,
      need: `a positive multiple of ${limits.openMultiple} for ${model}`,
      deficit: `${limits.openMultiple - rest} processes`,
    };
  },
};
