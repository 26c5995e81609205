/**
 * 2.1.6: every invocation names the source that it was made with.
 */
import type { LeafFacts } from "../facts/leaf.ts";
import { foreignText } from "../../errors.ts";
import type { Rule } from "../rule.ts";

/** `md5-tree-v2:<hash>`, the name of the algorithm being optional. */
const POINTER_REGEXP = /^(?:[a-z0-9-]+:)?([0-9a-f]{32})$/;

/** The rule. */
export const rule: Rule<LeafFacts> = {
  id: "2.1.6",
  title: "the invocation names the source that it was made with",
  severity: "invalid",
  reads: ".mlps-code-image",
  isKnownBefore: false,
  why: "It ties the result to one of the captured sources.",
  mend: "Keep .mlps-code-image as the tool wrote it, and the image itself.",
  *check({ codeImage, codeImages }) {
    if (codeImage === null) {
      yield { have: null, need: "the file .mlps-code-image" };
      return;
    }
    const hash = POINTER_REGEXP.exec(codeImage.trim())?.[1];
    if (hash === undefined) {
      yield {
        have: `"${foreignText(codeImage, 80)}" in .mlps-code-image`,
        need: "md5-tree-v2:<32 hex digits>",
      };
    } else if (!codeImages.includes(`code-${hash.slice(0, 8)}`)) {
      yield {
        have: null,
        need: `the code image code-${hash.slice(0, 8)}, which it names`,
      };
    }
  },
};
