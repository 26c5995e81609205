/**
 * 5.2.1: all vectors were inserted.
 */
import type { VectorFacts } from "../facts/vector.ts";
import { type Rule, unchecked } from "../rule.ts";
import { count } from "../values.ts";
import { vectorNumber } from "./values.ts";

/** The rule. */
export const rule: Rule<VectorFacts> = {
  id: "5.2.1",
  title: "all vectors were inserted",
  severity: "invalid",
  reads: "summary.json of datagen: inserted_vectors, num_vectors",
  isKnownBefore: false,
  why: "A smaller collection is searched faster.",
  mend: "Load again, to the end.",
  *check({ loads, where }) {
    const load = loads[0];
    if (load === undefined) {
      yield { ...unchecked("the load", "datagen/<time>/summary.json"), where };
      return;
    }
    const have = vectorNumber(load, "inserted_vectors");
    const need = vectorNumber(load, "num_vectors");
    if (have === null || need === null) {
      yield {
        ...unchecked("inserted vectors", "inserted_vectors, num_vectors"),
        where: load.where,
      };
    } else if (have < need) {
      yield {
        where: load.where,
        have: `${count(have)} vectors`,
        need: count(need),
        deficit: `${count(need - have)} vectors`,
      };
    }
  },
};
