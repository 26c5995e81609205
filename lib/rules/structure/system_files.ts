/**
 * 2.1.7: systems/ holds pairs of a description and a drawing.
 */
import type { OrganizationFacts } from "../facts/tree.ts";
import { namesText } from "../shared/names.ts";
import type { Rule } from "../rule.ts";

const ENDING_REGEXP = /\.(yaml|pdf)$/;

/** The rule. */
export const rule: Rule<OrganizationFacts> = {
  id: "2.1.7",
  title: "systems/ holds a .yaml and a .pdf of each system",
  severity: "invalid",
  reads: "names in systems/",
  isKnownBefore: false,
  why: "A result is of no use without what it was measured on.",
  mend: "Give each system both files, of the same name.",
  *check({ entries, systemFiles }) {
    if (!entries.includes("systems")) return;
    const odd: string[] = [];
    for (const name of systemFiles) {
      if (name.startsWith(".") || name.endsWith(".md")) continue;
      if (!ENDING_REGEXP.test(name)) {
        odd.push(name);
        continue;
      }
      const twin = name.endsWith(".yaml")
        ? name.replace(/yaml$/, "pdf")
        : name.replace(/pdf$/, "yaml");
      if (!systemFiles.includes(twin)) {
        yield {
          have: namesText([name]),
          need: `${namesText([twin])} beside it`,
        };
      }
    }
    if (odd.length === 0) return;
    yield { have: namesText(odd), need: "only .yaml, .pdf and .md" };
  },
};
