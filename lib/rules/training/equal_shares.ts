/**
 * 3.3.6: every host emulates as many accelerators as the others.
 */
import type { RunFacts } from "../facts/run_facts.ts";
import { type Rule, unchecked } from "../rule.ts";

/** The rule. */
export const rule: Rule<RunFacts> = {
  id: "3.3.6",
  title: "accelerators are spread evenly over the hosts",
  severity: "invalid",
  reads: "summary.json: num_accelerators, num_hosts",
  isKnownBefore: true,
  why: "A host with more accelerators than the others holds all of them up " +
    "at every step.",
  mend: "Use a number of accelerators that the hosts divide.",
  *check({ accelerators, hostCount }) {
    if (accelerators === null || hostCount === null) {
      yield unchecked(
        "accelerators and hosts",
        "summary.json: num_accelerators, num_hosts",
      );
      return;
    }
    const rest = accelerators % hostCount;
    if (hostCount <= 1 || rest === 0) return;
    yield {
      have: `${accelerators} accelerators on ${hostCount} hosts`,
      need: "a multiple of the number of hosts",
      deficit: `${hostCount - rest} accelerators more, or ${rest} fewer`,
    };
  },
};
