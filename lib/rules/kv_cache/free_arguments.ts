/**
 * 6.6.1: nothing but names, folders and hosts was chosen.
 */
import type { KvCacheFacts } from "../facts/kv_cache.ts";
import type { Rule } from "../rule.ts";
import { executedFlags } from "./executed_flags.ts";

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
  reads: "metadata: command_output_files",
  isKnownBefore: false,
  why: "CLOSED compares one load.",
  mend: "Leave it out, or submit as OPEN.",
  *check(run) {
    yield* executedFlags(run, OPEN_SWITCHES);
  },
};
