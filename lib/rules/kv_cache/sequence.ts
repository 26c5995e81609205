/**
 * 6.3.2.1: seed, trials and pauses are fixed.
 */
import type { KvCacheFacts } from "../facts/kv_cache.ts";
import { type Rule, unchecked } from "../rule.ts";
import { numberOf, textOf } from "../values.ts";

/** The rule. */
export const rule: Rule<KvCacheFacts> = {
  id: "6.3.2.1",
  title: "seed, trials and the pause between options are fixed",
  severity: "open",
  reads: "metadata: args.seed, args.trials, args.inter_option_delay, " +
    "args.config",
  isKnownBefore: false,
  why: "Another seed asks for other objects, and a longer pause lets the " +
    "storage tidy up.",
  mend: "Leave them out: the tool sets them.",
  *check({ args }, { kvCache }) {
    if (args === null) {
      yield unchecked("how it was started", "kv_cache_*_metadata.json: args");
      return;
    }
    const fixed: readonly [string, number][] = [
      ["seed", kvCache.seed],
      ["trials", kvCache.trials],
      ["inter_option_delay", kvCache.interOptionDelaySeconds],
    ];
    for (const [name, need] of fixed) {
      const have = args.get(name);
      if (have === undefined || have === null) {
        yield unchecked(name, `args.${name}`);
      } else if (numberOf(have) !== need) {
        yield { have: `${name} ${have}`, need: `${name} ${need}` };
      }
    }
    const config = textOf(args.get("config") ?? null);
    if (config === null) return;
    yield { have: `--config ${config}`, need: "no --config" };
  },
};
