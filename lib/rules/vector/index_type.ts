/**
 * 5.6.3: the index is one of three.
 */
import type { VectorFacts } from "../facts/vector.ts";
import type { Rule } from "../rule.ts";

/** The rule. */
export const rule: Rule<VectorFacts> = {
  id: "5.6.3",
  title: "the index is one that CLOSED takes",
  severity: "open",
  reads: "the name of the index's folder",
  isKnownBefore: false,
  why: "Rows compare per index.",
  mend: "Build DISKANN, HNSW or AISAQ, or submit as OPEN; names are in upper " +
    "case.",
  *check({ index }, { vector }) {
    if (vector.indexes.includes(index)) return;
    yield {
      have: index,
      need: `one of ${vector.indexes.join(", ")}`,
      ...(vector.indexes.includes(index.toUpperCase())
        ? { severity: "invalid" }
        : {}),
    };
  },
};
