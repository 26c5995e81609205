/**
 * 2.1.15: datagen has the three files of its settings.
 */
import type { LeafFacts } from "../facts/leaf.ts";
import type { Rule } from "../rule.ts";
import { configProblems } from "../shared/run_files.ts";

/** The rule. */
export const rule: Rule<LeafFacts> = {
  id: "2.1.15",
  title: "datagen has the three files of its settings",
  severity: "invalid",
  reads: "names in dlio_config/",
  isKnownBefore: false,
  why: "They say what was run, with which settings.",
  mend: "Keep the folder as the tool wrote it.",
  *check(leaf) {
    if (leaf.family !== "training" || leaf.phase !== "datagen") return;
    yield* configProblems(leaf);
  },
};
