/**
 * 2.1.1: an organization's name is one that every system can write.
 */
import type { OrganizationFacts } from "../facts/tree.ts";
import { namesText } from "../shared/names.ts";
import type { Rule } from "../rule.ts";

/** The rule. */
export const rule: Rule<OrganizationFacts> = {
  id: "2.1.1",
  title: "the organization's name has letters, digits, dots and dashes",
  severity: "invalid",
  reads: "names of folders below closed/ and open/",
  isKnownBefore: false,
  why: "Other characters break on the way through archives and web pages.",
  mend: "Put a dash in place of every other character.",
  *check({ name }) {
    if (/^[A-Za-z0-9._-]+$/.test(name)) return;
    yield { have: namesText([name]), need: "only A-Z, a-z, 0-9, . _ and -" };
  },
};
