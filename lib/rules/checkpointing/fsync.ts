/**
 * 4.3.2: every written checkpoint was forced to stable storage.
 */
import type { RunFacts } from "../facts/run_facts.ts";
import { type Rule, unchecked } from "../rule.ts";
import { booleanOf } from "../values.ts";

/** The rule. */
export const rule: Rule<RunFacts> = {
  id: "4.3.2",
  title: "every written file is forced to stable storage",
  severity: "invalid",
  reads: "parameters: checkpoint.fsync",
  isKnownBefore: true,
  why: "Without fsync a write ends when the page cache has the bytes, and a " +
    "crash would lose the checkpoint.",
  mend: "Set checkpoint.fsync=true.",
  *check({ parameters, checkpointWrites, isObjectStore }) {
    if (checkpointWrites === 0 || isObjectStore === true) return;
    const value = parameters.get("checkpoint.fsync");
    if (value === undefined || value === null) {
      yield unchecked("whether files are synced", "checkpoint.fsync");
    } else if (booleanOf(value) !== true) {
      yield { have: `checkpoint.fsync=${value}`, need: "true" };
    }
  },
};
