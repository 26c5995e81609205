/**
 * 1.1: an official submission is made by the field's own tool.
 */
import type { RunFacts } from "../facts/run_facts.ts";
import type { Rule } from "../rule.ts";

/** The rule. */
export const rule: Rule<RunFacts> = {
  id: "1.1",
  title: "an official submission is run by the field's own tool",
  severity: "note",
  reads: "stoker.json",
  isKnownBefore: true,
  why: "The rules allow no other program, and the package carries the tool's " +
    "own source with a hash. Stoker is for getting there, and for proof.",
  mend: "Run the same with mlpstorage for a submission.",
  *check({ isByStoker }) {
    if (!isByStoker) return;
    yield { have: "a result of Stoker", need: "one of mlpstorage" };
  },
};
