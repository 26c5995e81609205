/**
 * 5.1.2: what was loaded has the dimension that was searched.
 */
import type { VectorFacts } from "../facts/vector.ts";
import type { Rule } from "../rule.ts";
import { vectorNumber } from "./values.ts";

/** The rule. */
export const rule: Rule<VectorFacts> = {
  id: "5.1.2",
  title: "vectors were loaded and searched in the same dimension",
  severity: "invalid",
  reads: "summary.json of datagen and runs: dimension",
  isKnownBefore: false,
  why: "Otherwise the runs searched another collection.",
  mend: "Search the collection that was loaded.",
  *check({ loads, runs }) {
    const load = loads[0];
    const loaded = load === undefined ? null : vectorNumber(load, "dimension");
    if (loaded === null) return;
    for (const run of runs) {
      const have = vectorNumber(run, "dimension");
      if (have === null || have === loaded) continue;
      yield { where: run.where, have: `${have}`, need: `${loaded}, as loaded` };
    }
  },
};
