/**
 * 6.3.4.4: the storage was used at all.
 */
import type { KvCacheFacts } from "../facts/kv_cache.ts";
import { type Rule } from "../rule.ts";

/** The rule. */
export const rule: Rule<KvCacheFacts> = {
  id: "6.3.4.4",
  title: "objects were on the storage, not only in memory",
  severity: "invalid",
  reads: "kvcache_results_*.json: cache_stats.storage_entries",
  isKnownBefore: false,
  why: "Latencies of a storage that nobody used are 0.",
  mend: "Set both memory tiers to 0.",
  *check({ options }) {
    for (const { option, trials } of options) {
      const known = trials.flat().filter(({ storageEntries }) =>
        storageEntries !== null
      );
      if (known.length === 0) continue;
      if (known.some(({ storageEntries }) => storageEntries! > 0)) continue;
      yield {
        have: `option ${option}: no client had an object on the storage`,
        need: "storage_entries above 0",
      };
    }
  },
};
