/**
 * 2.1.5: an organization's folder holds results and systems.
 */
import type { OrganizationFacts } from "../facts/tree.ts";
import { unexpected } from "../shared/names.ts";
import type { Rule } from "../rule.ts";

/** The rule. */
export const rule: Rule<OrganizationFacts> = {
  id: "2.1.5",
  title: "the organization's folder holds results and systems",
  severity: "invalid",
  reads: "names below closed/<organization>/",
  isKnownBefore: false,
  why: "Each result needs the description of what it was measured on.",
  mend:
    "Keep results/, systems/ and submission.yaml there; names are in lower " +
    "case.",
  *check({ entries }) {
    for (const name of ["results", "systems"]) {
      if (!entries.includes(name)) {
        yield { have: null, need: `the folder ${name}/` };
      }
    }
    // Older layouts keep the source there.
    yield* unexpected(
      entries,
      ["results", "systems", "submission.yaml"],
      (name) => name === "code",
    );
  },
};
