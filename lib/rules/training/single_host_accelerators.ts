/**
 * 3.3.3: a single host should emulate several accelerators.
 */
import type { RunFacts } from "../facts/run_facts.ts";
import type { Rule } from "../rule.ts";

/** Below this the result says little. */
const FEW_ACCELERATORS = 4;

/** The rule. */
export const rule: Rule<RunFacts> = {
  id: "3.3.3",
  title: "a single host emulates several accelerators",
  severity: "warning",
  reads: "summary.json: num_hosts, num_accelerators",
  isKnownBefore: true,
  why: "With few accelerators it is their own pace that is measured, not " +
    "what the storage can give.",
  mend: "Raise --accelerators until AU falls towards its goal.",
  *check({ hostCount, accelerators }) {
    if (hostCount !== 1 || accelerators === null) return;
    if (accelerators >= FEW_ACCELERATORS) return;
    yield {
      have: `${accelerators} accelerators on one host`,
      need: `${FEW_ACCELERATORS} or more`,
      deficit: `${FEW_ACCELERATORS - accelerators} accelerators`,
    };
  },
};
