/**
 * 2.1.4: an organization has one folder in a division.
 */
import type { TreeFacts } from "../facts/tree.ts";
import type { Rule } from "../rule.ts";

/** The rule. */
export const rule: Rule<TreeFacts> = {
  id: "2.1.4",
  title: "a division holds each organization once",
  severity: "invalid",
  reads: "names below closed/ and open/",
  isKnownBefore: false,
  why: "Two spellings of one name would be two rows of the table.",
  mend: "Merge both folders.",
  *check({ organizations }) {
    for (const [division, names] of Object.entries(organizations)) {
      if (names.length === 0) {
        yield {
          where: division,
          have: null,
          need: "at least one organization",
        };
      }
      const seen = new Map<string, string>();
      for (const name of names) {
        const other = seen.get(name.toLowerCase());
        if (other !== undefined) {
          yield {
            where: `${division}/${name}`,
            have: `"${other}" and "${name}"`,
            need: "one of them",
          };
        }
        seen.set(name.toLowerCase(), name);
      }
    }
  },
};
