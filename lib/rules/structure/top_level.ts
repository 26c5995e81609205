/**
 * 2.1.2: the top of the tree holds the divisions and the code images.
 */
import type { TreeFacts } from "../facts/tree.ts";
import { unexpected } from "../shared/names.ts";
import type { Rule } from "../rule.ts";

/** The rule. */
export const rule: Rule<TreeFacts> = {
  id: "2.1.2",
  title: "the top holds closed, open and code-images, and nothing else",
  severity: "invalid",
  reads: "names at the top",
  isKnownBefore: false,
  why: "Everything else would be taken for a division.",
  mend: "Move it away.",
  *check({ entries, pools }) {
    if (!entries.includes("closed") && !entries.includes("open")) {
      yield { have: null, need: "a folder closed/ or open/" };
    }
    yield* unexpected(
      entries,
      ["closed", "open", "code-images"],
      (name) => pools.includes(name),
    );
  },
};
