/**
 * 6.3.3.3: every client has a cache folder of its own.
 */
import type { KvCacheFacts } from "../facts/kv_cache.ts";
import { type Rule } from "../rule.ts";
import { folderOf } from "../values.ts";

/** The rule. */
export const rule: Rule<KvCacheFacts> = {
  id: "6.3.3.3",
  title: "every client has a cache folder of its own",
  severity: "invalid",
  reads: "kvcache_results_*.json: cache_dir; folders rank_<N>",
  isKnownBefore: false,
  why: "A client that finds the objects of another reads what it never wrote.",
  mend: "Let the tool give each client its folder rank_<N>.",
  *check({ options }) {
    for (const { option, trials } of options) {
      for (const ranks of trials) {
        const seen = new Map<string, number>();
        for (const { where, rank, cacheFolder } of ranks) {
          const folder = folderOf(cacheFolder);
          if (folder === null) continue;
          const other = seen.get(folder);
          if (other === undefined) seen.set(folder, rank);
          else {
            yield {
              where,
              have: `option ${option}: clients ${other} and ${rank} share ` +
                `"${folder}"`,
              need: "a folder for each",
            };
          }
        }
      }
    }
  },
};
