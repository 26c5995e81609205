/**
 * EDN-03: the benchmark program is of a revision that the edition knows.
 */
import type { LeafFacts } from "../facts/leaf.ts";
import type { Rule } from "../rule.ts";

/**
 * Revisions with which published rows were made, by their first 12 digits.
 * Source: the table of editions of https://github.com/mlcommons/storage
 */
const REVISIONS: readonly string[] = [
  "edaf4bb3d634",
  "24b13d7630a1",
  "a7d56e73ed46",
  "f6796ed281e3",
  "252a54b18d11",
  "86945a7a2039",
  "c338e0741235",
  "95c6a9d46a2a",
  "17d982a3c784",
  "21c0723de897",
];

/** The rule. */
export const rule: Rule<LeafFacts> = {
  id: "EDN-03",
  title: "DLIO is of a revision that the edition knows",
  severity: "warning",
  reads: "provenance.json: dlio.commit",
  isKnownBefore: false,
  why: "Another revision may measure otherwise.",
  mend: "Run with a revision of the edition.",
  *check({ provenance }) {
    const commit = provenance?.dlioCommit ?? null;
    if (commit === null || commit === "unknown") return;
    if (REVISIONS.includes(commit.slice(0, 12))) return;
    yield {
      have: `DLIO ${commit.slice(0, 12)}`,
      need: `one of ${REVISIONS.length} known revisions`,
    };
  },
};
