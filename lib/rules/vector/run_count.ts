/**
 * 5.3.1: there are five runs of queries.
 */
import type { VectorFacts } from "../facts/vector.ts";
import type { Rule } from "../rule.ts";

/** The rule. */
export const rule: Rule<VectorFacts> = {
  id: "5.3.1",
  title: "there are exactly five runs, each with its summary",
  severity: "invalid",
  reads: "folders <YYYYMMDD_HHmmss> of run/, summary.json",
  isKnownBefore: false,
  why: "One run may be lucky.",
  mend: "Run until there are five.",
  *check({ runs }, { vector }) {
    if (runs.length !== vector.runs) {
      yield {
        have: `${runs.length} runs`,
        need: `exactly ${vector.runs}`,
        ...(runs.length < vector.runs
          ? { deficit: `${vector.runs - runs.length} runs` }
          : {}),
      };
    }
    for (const { where, values } of runs) {
      if (values === null) yield { where, have: null, need: "summary.json" };
    }
  },
};
