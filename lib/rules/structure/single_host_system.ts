/**
 * 3.3.4: a system for one host was run on one.
 */
import type { SystemFacts } from "../facts/tree.ts";
import type { Rule } from "../rule.ts";

/** The rule. */
export const rule: Rule<SystemFacts> = {
  id: "3.3.4",
  title: "a system for a single host was run on a single host",
  severity: "invalid",
  reads: "systems/<system>.yaml: capabilities.multi_host; summary.json: " +
    "num_hosts",
  isKnownBefore: false,
  why: "Local storage of several hosts is several systems.",
  mend: "Run on one host, or declare multi_host: true.",
  *check({ description, runs }) {
    if (description?.isMultiHost !== false) return;
    for (const { where, hostCount } of runs) {
      if (hostCount === null || hostCount <= 1) continue;
      yield { where, have: `${hostCount} hosts`, need: "one" };
    }
  },
};
