/**
 * 2.1.6, 3.6.1: the captured source is what its hash says.
 */
import type { TreeFacts } from "../facts/tree.ts";
import type { Rule } from "../rule.ts";

/** The rule. */
export const rule: Rule<TreeFacts> = {
  id: "2.1.6",
  title: "the captured source is what its hash says",
  severity: "invalid",
  reads: "code-images/code-<hash8>/, .code-hash.json",
  isKnownBefore: false,
  why: "It proves with which program a result was made.",
  mend: "Put the image back as the tool captured it; do not edit it.",
  dispute: "All images of the published 3.0 tree fail, because a file was " +
    "taken out of each for publication. Stoker does not excuse that.",
  *check({ codeImages }) {
    for (const image of codeImages) {
      const { where, recordedHash, algorithm, computedHash } = image;
      if (recordedHash === null) {
        yield {
          where,
          have: null,
          need: ".code-hash.json with a hash of 32 hex digits",
        };
      } else if (computedHash === null) {
        yield {
          where,
          severity: "unchecked",
          have: `the algorithm ${algorithm ?? "none"}`,
          need: "md5-tree-v1 or md5-tree-v2 over files that can be read",
        };
      } else if (computedHash !== recordedHash) {
        yield { where, have: computedHash, need: recordedHash };
      }
    }
  },
};
