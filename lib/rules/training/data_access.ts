/**
 * 3.3.5: every host of a distributed run reaches all data.
 */
import type { RunFacts } from "../facts/run_facts.ts";
import type { Rule } from "../rule.ts";

/** The rule. */
export const rule: Rule<RunFacts> = {
  id: "3.3.5",
  title: "every host reaches all data",
  severity: "unchecked",
  reads: "nothing that results hold",
  isKnownBefore: false,
  why: "A host with a copy of its own share reads from a local disk what the " +
    "storage under test should give.",
  mend: "Mount the same file system, or use the same bucket, on every host.",
  dispute:
    "The rules themselves do not know how to check it, and the field's " +
    "own checker does not. No file of a result tells, so Stoker says that it " +
    "is unchecked.",
  *check({ hostCount }) {
    if (hostCount === null || hostCount <= 1) return;
    yield {
      have: null,
      need: "a look at the mounts of all hosts: no file of a result tells",
    };
  },
};
