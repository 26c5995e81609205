/**
 * 2.1.23: there are one or two invocations.
 */
import type { SeriesFacts } from "../facts/series.ts";
import type { Rule } from "../rule.ts";

/** One for both, or one for writes and one for reads. */
const MAX_INVOCATIONS = 2;

/** The rule. */
export const rule: Rule<SeriesFacts> = {
  id: "2.1.23",
  title: "a checkpoint result is one or two invocations",
  severity: "invalid",
  reads: "folders <YYYYMMDD_HHmmss> of the model",
  isKnownBefore: false,
  why: "With more of them one could leave out the slow ones.",
  mend:
    "Keep the invocation with 10 writes and 10 reads, or the two of a pair.",
  *check({ runs }) {
    if (runs.length >= 1 && runs.length <= MAX_INVOCATIONS) return;
    yield { have: `${runs.length} invocations`, need: "one or two" };
  },
};
