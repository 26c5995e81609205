/**
 * 2.1.10: kv_cache/ holds the folder of the edition.
 */
import type { KvCacheFacts } from "../facts/kv_cache.ts";
import type { Rule } from "../rule.ts";

/** The rule. */
export const rule: Rule<KvCacheFacts> = {
  id: "2.1.10",
  title: "kv_cache/ holds the model of the edition",
  severity: "open",
  reads: "names in kv_cache/",
  isKnownBefore: false,
  why: "CLOSED has one row of three options, named after the first model.",
  mend: "Run `mlpstorage closed kvcache run`, or submit as OPEN.",
  *check({ model }, { kvCache }) {
    if (kvCache.models.includes(model)) return;
    yield { have: model, need: kvCache.models.join(", ") };
  },
};
