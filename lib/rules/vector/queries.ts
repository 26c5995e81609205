/**
 * 5.3.3: how many queries were asked is on record.
 */
import type { VectorFacts } from "../facts/vector.ts";
import type { Rule } from "../rule.ts";
import { vectorNumber } from "./values.ts";

/** The rule. */
export const rule: Rule<VectorFacts> = {
  id: "5.3.3",
  title: "how many queries were asked is on record",
  severity: "invalid",
  reads: "summary.json: throughput_qps, total_time_seconds, query_count",
  isKnownBefore: false,
  why: "Few queries say little about the slowest of them.",
  mend: "Run with a version of the tool that records it.",
  dispute: "The text wants a minimum, but none is defined. Stoker asks that " +
    "the number is there.",
  *check({ runs }) {
    for (const run of runs) {
      if (run.values === null) continue;
      const isCounted = (vectorNumber(run, "query_count") ?? 0) > 0;
      const isTimed = (vectorNumber(run, "throughput_qps") ?? 0) > 0 &&
        (vectorNumber(run, "total_time_seconds") ?? 0) > 0;
      if (isCounted || isTimed) continue;
      yield {
        where: run.where,
        have: null,
        need: "query_count, or throughput_qps and total_time_seconds",
      };
    }
  },
};
