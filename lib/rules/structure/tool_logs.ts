/**
 * 2.29: the tool's own logs are there.
 */
import type { LeafFacts } from "../facts/leaf.ts";
import type { Rule } from "../rule.ts";

const LOGS = ["mlpstorage.log", "mlpstorage.errors.log"];

/** The rule. */
export const rule: Rule<LeafFacts> = {
  id: "2.29",
  title: "the tool's own logs are there",
  severity: "note",
  reads: "names in the folder of the invocation",
  isKnownBefore: false,
  why: "Reviewers look there first.",
  mend: "Keep the folder as the tool wrote it.",
  *check({ names }) {
    const missing = LOGS.filter((log) => !names.includes(log));
    if (missing.length === 0) return;
    yield { have: null, need: missing.join(", ") };
  },
};
