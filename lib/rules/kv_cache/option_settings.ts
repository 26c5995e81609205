/**
 * 6.3.1.1: the three options were run as they are fixed.
 */
import type { KvOptionFacts } from "../facts/kv_cache.ts";
import type { KvCacheFacts } from "../facts/kv_cache.ts";
import type { KvCacheOption } from "../limits.ts";
import { type Problem, type Rule, unchecked } from "../rule.ts";
import { nameOf, numberOf } from "../values.ts";

/** The rule. */
export const rule: Rule<KvCacheFacts> = {
  id: "6.3.1.1",
  title: "the three options were run as they are fixed",
  severity: "open",
  reads: "summary.json: options; kvcache_results_*.json: settings of each rank",
  isKnownBefore: false,
  why:
    "Users, models and tiers decide how much of the cache is on the storage.",
  mend:
    "Run all three options with `mlpstorage closed kvcache run`, or submit " +
    "as OPEN.",
  *check({ options }, { kvCache }) {
    for (const [name, fixed] of Object.entries(kvCache.options)) {
      const option = options.find((each) => each.option === name);
      if (option === undefined) {
        yield {
          severity: "invalid",
          have: null,
          need: `option ${name}: all three are run in order`,
        };
      } else yield* changed(option, fixed);
    }
  },
};

function* changed(
  { option, trials }: KvOptionFacts,
  fixed: KvCacheOption,
): Generator<Problem> {
  const ranks = trials.flat();
  const told = ranks.find(({ settings }) => settings.size > 0);
  if (told === undefined) {
    if (ranks.length === 0) return;
    yield unchecked(`what option ${option} was run with`, "kvcache_results");
    return;
  }
  for (const [name, need] of Object.entries(fixed)) {
    const odd = ranks.find(({ settings }) => {
      const value = settings.get(name);
      return value !== undefined && value !== null && !isSame(value, need);
    });
    if (odd === undefined) continue;
    yield {
      where: odd.where,
      have: `option ${option}: ${name} ${odd.settings.get(name)}`,
      need: `${name} ${need}`,
    };
  }
}

function isSame(have: unknown, need: unknown): boolean {
  return typeof need === "number"
    ? numberOf(have) === need
    : nameOf(have) === nameOf(need);
}
