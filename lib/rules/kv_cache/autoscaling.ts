/**
 * 6.3.2.2: autoscaling is off.
 */
import type { KvCacheFacts } from "../facts/kv_cache.ts";
import type { Rule } from "../rule.ts";
import { executedFlags } from "./executed_flags.ts";

/** The rule. */
export const rule: Rule<KvCacheFacts> = {
  id: "6.3.2.2",
  title: "autoscaling is off",
  severity: "open",
  reads: "metadata: command_output_files",
  isKnownBefore: false,
  why: "It changes the load in the middle of a run, without more workers.",
  mend: "Leave --enable-autoscaling out.",
  *check(run) {
    yield* executedFlags(run, ["enable_autoscaling"]);
  },
};
