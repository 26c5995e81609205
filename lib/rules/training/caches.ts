/**
 * STOKER-CACHES: what was read came from the device.
 */
import type { RunFacts } from "../facts/run_facts.ts";
import type { Rule } from "../rule.ts";

/** More than this part from memory says little about the storage. */
const MAX_HIT_FRACTION = 0.05;

/** The rule. */
export const rule: Rule<RunFacts> = {
  id: "STOKER-CACHES",
  title: "samples came from the device, not from memory",
  severity: "warning",
  reads: "stoker.json: bytes that the kernel counts of each device; without " +
    "it nothing",
  isKnownBefore: false,
  why: "The rule on the size of the training set exists for this alone. The " +
    "size is a guess at it, the kernel's count of device bytes is the fact.",
  mend: "Use --odirect, or --drop-caches before-epoch, or more files.",
  dispute: "The field's checker has an empty place for it and its results do " +
    "not tell. Stoker's own tell; other results are unchecked.",
  *check({ trainCache }) {
    if (trainCache === null || trainCache.hitFraction === null) {
      yield {
        severity: "unchecked",
        have: null,
        need: "bytes from the device, which only Stoker's results have",
        mend:
          "Nothing is needed for a submission. To know, run the same with " +
          "Stoker.",
      };
      return;
    }
    const { hitFraction } = trainCache;
    if (hitFraction <= MAX_HIT_FRACTION) return;
    yield {
      have: `${(100 * hitFraction).toFixed(1)} % of the bytes from memory`,
      need: `at most ${100 * MAX_HIT_FRACTION} %`,
      deficit: `${(100 * (hitFraction - MAX_HIT_FRACTION)).toFixed(1)} points`,
    };
  },
};
