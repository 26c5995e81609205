/**
 * 5.2.2: the index that was built is the one that was searched.
 */
import type { VectorFacts, VectorRunFacts } from "../facts/vector.ts";
import { type Rule, unchecked } from "../rule.ts";
import { vectorText } from "./values.ts";

/** The rule. */
export const rule: Rule<VectorFacts> = {
  id: "5.2.2",
  title: "the index that was built is the one that was searched",
  severity: "invalid",
  reads: "summary.json of datagen and runs: index_type; the folder's name",
  isKnownBefore: false,
  why: "Another index is another benchmark.",
  mend: "Search with the index that was built.",
  *check({ loads, runs, index }) {
    for (const run of [...loads, ...runs]) {
      const have = indexOf(run);
      if (have === null) {
        yield { ...unchecked("the index", "index_type"), where: run.where };
      } else if (have !== index.toUpperCase()) {
        yield { where: run.where, have, need: `${index}, as the folder says` };
      }
    }
  },
};

function indexOf(run: VectorRunFacts): string | null {
  return vectorText(run, "index_type")?.toUpperCase() ?? null;
}
