/**
 * 6.3.3.1: clients are spread evenly over the hosts.
 */
import type { KvCacheFacts } from "../facts/kv_cache.ts";
import { type Rule } from "../rule.ts";

/** The rule. */
export const rule: Rule<KvCacheFacts> = {
  id: "6.3.3.1",
  title: "clients are spread evenly over the hosts",
  severity: "invalid",
  reads: "summary.json: total_ranks, host_count, npernode",
  isKnownBefore: false,
  why: "A client is one process, and the load grows with their number.",
  mend: "Start as many clients on each host.",
  *check({ totalRanks, hostCount, ranksPerHost }) {
    if (totalRanks === null || hostCount === null || ranksPerHost === null) {
      return;
    }
    if (totalRanks === hostCount * ranksPerHost) return;
    yield {
      have: `${totalRanks} clients`,
      need: `${hostCount} hosts x ${ranksPerHost}`,
    };
  },
};
