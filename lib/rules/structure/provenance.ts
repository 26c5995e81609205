/**
 * PROV-01: the stamp of an invocation is whole and agrees with its source.
 */
import type { LeafFacts } from "../facts/leaf.ts";
import type { Rule } from "../rule.ts";

/** The schema of the stamp. */
const SCHEMA = "mlps-run-provenance/1";

/** The rule. */
export const rule: Rule<LeafFacts> = {
  id: "PROV-01",
  title: "the stamp of the invocation can be read and agrees with its source",
  severity: "invalid",
  reads: "provenance.json, .mlps-code-image",
  isKnownBefore: false,
  why: "It says by which edition, tool and source a result came about.",
  mend: "Keep provenance.json as the tool wrote it.",
  *check({ provenance, declaresProvenance, codeImage }) {
    if (provenance === null) {
      // Leaves of the round itself are older than the stamp.
      if (declaresProvenance) {
        yield { have: null, need: "provenance.json, as the metadata says" };
      }
      return;
    }
    if (!provenance.isReadable || provenance.schema !== SCHEMA) {
      yield {
        have: provenance.schema ?? "something else",
        need: `JSON of the schema ${SCHEMA}`,
      };
      return;
    }
    const named = provenance.codeImage;
    if (named === null || named === "unknown" || codeImage === null) return;
    if (named === codeImage.trim()) return;
    yield {
      have: named,
      need: `${codeImage.trim()}, as .mlps-code-image says`,
    };
  },
};
