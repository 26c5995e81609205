/**
 * 6.3.2.2: autoscaling is off.
 */
import type { KvCacheFacts } from "../facts/kv_cache.ts";
import type { Rule } from "../rule.ts";
import { booleanOf } from "../values.ts";

/** The rule. */
export const rule: Rule<KvCacheFacts> = {
  id: "6.3.2.2",
  title: "autoscaling is off",
  severity: "open",
  reads: "metadata: args.enable_autoscaling",
  isKnownBefore: false,
  why: "It changes the load in the middle of a run, without more workers.",
  mend: "Leave --enable-autoscaling out.",
  *check({ args }) {
    if (booleanOf(args?.get("enable_autoscaling") ?? null) !== true) return;
    yield { have: "enable_autoscaling true", need: "false" };
  },
};
