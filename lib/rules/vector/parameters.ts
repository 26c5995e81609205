/**
 * 5.6.4, 5.6.5: only parameters of the tables were changed.
 */
import type { VectorFacts } from "../facts/vector.ts";
import type { Rule } from "../rule.ts";

/** The rule. */
export const rule: Rule<VectorFacts> = {
  id: "5.6.4",
  title: "only parameters that the division may change were changed",
  severity: "unchecked",
  reads: "nothing that results hold",
  isKnownBefore: false,
  why: "Results compare where the load is the same.",
  mend: "Have a look at the configuration of the database.",
  dispute: "Every parameter of the index and of the search may be changed, " +
    "and no file says which others were. Stoker says that it is unchecked.",
  *check() {
    yield {
      have: null,
      need: "what was changed beside index and search: no file tells",
    };
  },
};
