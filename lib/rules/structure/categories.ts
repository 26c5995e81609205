/**
 * 2.1.10: a system's folder holds categories of the edition.
 */
import type { SystemFacts } from "../facts/tree.ts";
import { unexpected } from "../shared/names.ts";
import type { Rule } from "../rule.ts";

/** The rule. */
export const rule: Rule<SystemFacts> = {
  id: "2.1.10",
  title: "the system's folder holds categories of the edition",
  severity: "invalid",
  reads: "names in results/<system>/",
  isKnownBefore: false,
  why: "Nobody looks into others.",
  mend: "Rename or remove it; names are in lower case.",
  dispute:
    "The text names training and checkpointing alone; the table of the " +
    "edition and the published rows have vector_database and kv_cache too. " +
    "Stoker takes all four.",
  *check({ categories: names }, { categories }) {
    if (names.length === 0) {
      yield { have: null, need: `one of ${categories.join(", ")}` };
    }
    yield* unexpected(names, categories);
  },
};
