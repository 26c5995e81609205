/**
 * 2.1.25: a checkpoint run has its files.
 */
import type { LeafFacts } from "../facts/leaf.ts";
import type { Rule } from "../rule.ts";
import { missingFiles } from "../shared/run_files.ts";

/** The rule. */
export const rule: Rule<LeafFacts> = {
  id: "2.1.25",
  title: "a checkpoint run has its files",
  severity: "invalid",
  reads: "names in the folder of the invocation",
  isKnownBefore: false,
  why: "They are the record that others can check the result by.",
  mend: "Keep the folder as the tool wrote it.",
  *check(leaf) {
    if (leaf.family !== "checkpointing" || leaf.phase !== "run") return;
    yield* missingFiles(leaf, "checkpointing_run", { needsDlio: true });
  },
};
