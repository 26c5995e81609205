/**
 * 5.5.1: a database on an object store declares it.
 */
import type { VectorFacts } from "../facts/vector.ts";
import type { Rule } from "../rule.ts";

/** The rule. */
export const rule: Rule<VectorFacts> = {
  id: "5.5.1",
  title: "a database on an object store is described as one",
  severity: "invalid",
  reads: "metadata: storage_type; systems/<system>.yaml: benchmark_API",
  isKnownBefore: false,
  why: "Files and objects are scored apart.",
  mend: "Write benchmark_API: object in the description.",
  *check({ runs, benchmarkApi }) {
    if (benchmarkApi === null) return;
    const isDescribed = benchmarkApi.toLowerCase() === "object";
    for (const { where, isObjectStore } of runs) {
      if (isObjectStore === null || isObjectStore === isDescribed) continue;
      yield {
        where,
        have: isObjectStore ? "an object store" : "files",
        need: `benchmark_API ${benchmarkApi}, as described`,
      };
    }
  },
};
