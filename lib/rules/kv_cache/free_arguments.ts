/**
 * 6.6.1: nothing but names, folders and hosts was chosen.
 */
import type { KvCacheFacts } from "../facts/kv_cache.ts";
import type { Rule } from "../rule.ts";
import { booleanOf } from "../values.ts";

/** Arguments that only OPEN takes, where they are set. */
const OPEN_SWITCHES = [
  "enable_rag",
  "use_burst_trace",
  "enable_latency_tracing",
];

/** The rule. */
export const rule: Rule<KvCacheFacts> = {
  id: "6.6.1",
  title: "nothing but names, folders and hosts was chosen",
  severity: "open",
  reads: "metadata: args",
  isKnownBefore: false,
  why: "CLOSED compares one load.",
  mend: "Leave it out, or submit as OPEN.",
  *check({ args }) {
    for (const name of OPEN_SWITCHES) {
      if (booleanOf(args?.get(name) ?? null) !== true) continue;
      yield { have: `${name} true`, need: "false" };
    }
  },
};
