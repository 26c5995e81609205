/**
 * EDN-04: a result is of the edition that it is judged by.
 */
import type { LeafFacts } from "../facts/leaf.ts";
import type { Rule } from "../rule.ts";

/** The edition of this table. */
const EDITION = "3.0";

/** The rule. */
export const rule: Rule<LeafFacts> = {
  id: "EDN-04",
  title: "the result is stamped with the edition that judges it",
  severity: "warning",
  reads: "provenance.json: rules_edition",
  isKnownBefore: false,
  why: "Results compare within an edition.",
  mend: "Choose the edition with --rules, or run again with its tool.",
  *check({ provenance }) {
    if (provenance === null || !provenance.isReadable) return;
    const have = provenance.rulesEdition;
    if (have === EDITION || have === null || have === "unknown") return;
    yield { have: `edition ${have}`, need: `edition ${EDITION}` };
  },
};
