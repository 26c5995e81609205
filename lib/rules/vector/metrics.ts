/**
 * 5.3.4: throughput and latencies are on record.
 */
import type { VectorFacts } from "../facts/vector.ts";
import type { Rule } from "../rule.ts";
import { vectorNumber } from "./values.ts";

const METRICS = [
  "throughput_qps",
  "mean_latency_ms",
  "p95_latency_ms",
  "p99_latency_ms",
  "p999_latency_ms",
];

/** The rule. */
export const rule: Rule<VectorFacts> = {
  id: "5.3.4",
  title: "throughput and latencies are on record",
  severity: "invalid",
  reads: `summary.json: ${METRICS.join(", ")}`,
  isKnownBefore: false,
  why: "They are the score.",
  mend: "Run with a version of the tool that records them.",
  *check({ runs }) {
    for (const run of runs) {
      if (run.values === null) continue;
      const missing = METRICS.filter((name) =>
        vectorNumber(run, name) === null
      );
      if (missing.length === 0) continue;
      yield { where: run.where, have: null, need: missing.join(", ") };
    }
  },
};
