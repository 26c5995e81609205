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
  reads: "metadata: command_output_files, the commands of each option; " +
    "kvcache_results_*.json: settings, where they are",
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
  { option, commands, trials }: KvOptionFacts,
  fixed: KvCacheOption,
): Generator<Problem> {
  const told: readonly ReadonlyMap<string, unknown>[] = [
    ...commands,
    ...trials.flat().map(({ settings }) => settings),
  ].filter(({ size }) => size > 0);
  if (told.length === 0) {
    yield unchecked(
      `what option ${option} was run with`,
      "metadata: command_output_files",
    );
    return;
  }
  for (const [name, need] of Object.entries(fixed)) {
    const odd = told.map((settings) => settings.get(name)).find((value) =>
      value !== undefined && value !== null && !isSame(value, need)
    );
    if (odd === undefined) continue;
    yield {
      have: `option ${option}: ${name} ${odd}`,
      need: `${name} ${need}`,
    };
  }
}

function isSame(have: unknown, need: unknown): boolean {
  return typeof need === "number"
    ? numberOf(have) === need
    : nameOf(have) === nameOf(need);
}
