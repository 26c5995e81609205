/**
 * 2.1.14: datagen has its files.
 */
import type { LeafFacts } from "../facts/leaf.ts";
import type { Rule } from "../rule.ts";
import { missingFiles } from "../shared/run_files.ts";

/** The rule. */
export const rule: Rule<LeafFacts> = {
  id: "2.1.14",
  title: "datagen has its files",
  severity: "invalid",
  reads: "names in the folder of the invocation",
  isKnownBefore: false,
  why: "They are the record that others can check the result by.",
  mend: "Keep the folder as the tool wrote it.",
  dispute: "The text asks for the JSON files of a run too, which a datagen " +
    "does not write and the field's checker does not want. Nor does Stoker.",
  *check(leaf) {
    if (leaf.family !== "training" || leaf.phase !== "datagen") return;
    yield* missingFiles(leaf, "training_datagen", { needsDlio: false });
  },
};
