/**
 * 5.3.5: recall was measured against exact answers over all vectors.
 */
import type { VectorFacts } from "../facts/vector.ts";
import type { Rule } from "../rule.ts";

/** The rule. */
export const rule: Rule<VectorFacts> = {
  id: "5.3.5",
  title: "the exact answers cover all vectors",
  severity: "invalid",
  reads: "result_verdict.json: flat_setup.ok, coverage",
  isKnownBefore: false,
  why: "Against a part of the vectors every recall is too high or too low.",
  mend: "Build the exact copy of the collection to its end, and run again.",
  *check({ runs }) {
    for (const { where, truth } of runs) {
      if (truth === null) {
        yield { where, have: null, need: "result_verdict.json" };
      } else if (truth.isOk === false) {
        yield {
          where,
          have: "exact answers that failed to build",
          need: "flat_setup.ok true",
        };
      } else if (truth.coverage === null || truth.coverage < 1) {
        yield {
          where,
          have: truth.coverage === null ? null : `coverage ${truth.coverage}`,
          need: "coverage 1 of all vectors",
        };
      }
    }
  },
};
