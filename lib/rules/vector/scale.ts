/**
 * 5.1.1: the number and dimension of vectors are on record.
 */
import type { VectorFacts } from "../facts/vector.ts";
import type { Rule } from "../rule.ts";
import { vectorNumber } from "./values.ts";

/** The rule. */
export const rule: Rule<VectorFacts> = {
  id: "5.1.1",
  title: "the number and dimension of vectors are on record",
  severity: "invalid",
  reads: "summary.json: num_vectors, dimension",
  isKnownBefore: false,
  why: "Without them nobody knows how large the index was.",
  mend: "Run with a version of the tool that records them.",
  dispute: "The text wants one of the defined scales, but their table does " +
    "not exist. Stoker asks that the numbers are there.",
  *check({ runs }) {
    for (const run of runs) {
      for (const name of ["num_vectors", "dimension"]) {
        if ((vectorNumber(run, name) ?? 0) > 0) continue;
        yield { where: run.where, have: null, need: `${name} in summary.json` };
      }
    }
  },
};
