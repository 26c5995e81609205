/**
 * PROV-02: the manifest lists exactly the invocations that are there.
 */
import type { OrganizationFacts } from "../facts/tree.ts";
import { namesText } from "../shared/names.ts";
import type { Rule } from "../rule.ts";

/** The schema of the manifest. */
const SCHEMA = "mlps-submission-manifest/1";

/** The rule. */
export const rule: Rule<OrganizationFacts> = {
  id: "PROV-02",
  title: "the manifest lists exactly the invocations that are there",
  severity: "invalid",
  reads: "submission.yaml",
  isKnownBefore: false,
  why: "A stale list hides what was added or taken out.",
  mend: "Make it again with `mlpstorage reports reportgen`.",
  *check({ manifest, leaves, leafEditions }) {
    if (manifest === null) return;
    if (!manifest.isReadable || manifest.schema !== SCHEMA) {
      yield {
        have: manifest.schema ?? "something else",
        need: `YAML of the schema ${SCHEMA}`,
      };
      return;
    }
    const listed = new Set(manifest.leaves ?? []);
    const missing = leaves.filter((leaf) => !listed.has(leaf));
    const there = new Set(leaves);
    const stale = [...listed].filter((leaf) => !there.has(leaf));
    if (missing.length > 0) {
      yield { have: null, need: `${namesText(missing)} in the list` };
    }
    if (stale.length > 0) {
      yield { have: namesText(stale), need: "only what is there" };
    }
    for (const edition of new Set(leafEditions)) {
      if (edition === manifest.rulesEdition) continue;
      yield {
        have: `edition ${manifest.rulesEdition}`,
        need: `edition ${edition}, as its invocations are stamped`,
      };
    }
  },
};
