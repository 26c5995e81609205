/**
 * 6.3.2.1: every option has all trials, every trial all clients.
 */
import type { KvCacheFacts } from "../facts/kv_cache.ts";
import { type Rule } from "../rule.ts";

/** The rule. */
export const rule: Rule<KvCacheFacts> = {
  id: "6.3.2.1",
  title: "every option has all trials, and every trial all clients",
  severity: "invalid",
  reads:
    "option_<O>/trial_<T>/rank_<N>/kvcache_results_*.json; summary.json: " +
    "partial_failure",
  isKnownBefore: false,
  why: "A sum over the clients that survived is not that of all.",
  mend: "Run again, until none fails.",
  *check(run, { kvCache }) {
    for (const { option, trials } of run.options) {
      if (trials.length !== kvCache.trials) {
        yield {
          have: `option ${option}: ${trials.length} trials`,
          need: `${kvCache.trials}`,
        };
      }
      for (const [index, ranks] of trials.entries()) {
        const need = run.totalRanks;
        if (need === null || ranks.length === need) continue;
        yield {
          have: `option ${option}, trial ${index + 1}: ${ranks.length} clients`,
          need: `${need}`,
          deficit: `${need - ranks.length} clients`,
        };
      }
    }
    if (run.hasPartialFailure !== true) return;
    yield { have: "partial_failure true", need: "no client that failed" };
  },
};
