/**
 * 6.3.4.1, 6.3.4.2: the score is the mean over trials of the sums over clients.
 */
import type {
  KvCacheFacts,
  KvOptionFacts,
  KvRankFacts,
} from "../facts/kv_cache.ts";
import { type Problem, type Rule } from "../rule.ts";
import { numberOf } from "../values.ts";

/** Rounding of the tool. */
const TOLERANCE = 0.001;

const FIGURES: readonly [string, (rank: KvRankFacts) => number | null][] = [
  [
    "aggregated_read_bandwidth_gbps",
    ({ readGibPerSecond }) => readGibPerSecond,
  ],
  [
    "aggregated_write_bandwidth_gbps",
    ({ writeGibPerSecond }) => writeGibPerSecond,
  ],
  [
    "aggregated_storage_throughput_tokens_per_sec",
    ({ tokensPerSecond }) => tokensPerSecond,
  ],
];

/** The rule. */
export const rule: Rule<KvCacheFacts> = {
  id: "6.3.4.1",
  title: "the score follows from what the clients recorded",
  severity: "invalid",
  reads: "summary.json: options; kvcache_results_*.json of each client",
  isKnownBefore: false,
  why: "The published row is made of the summary.",
  mend: "Let the tool make the summary again.",
  *check({ options }) {
    for (const option of options) {
      for (const [name, valueOf] of FIGURES) {
        yield* compared(option, name, valueOf);
      }
    }
  },
};

function* compared(
  { option, summary, trials }: KvOptionFacts,
  name: string,
  valueOf: (rank: KvRankFacts) => number | null,
): Generator<Problem> {
  const have = numberOf(summary?.get(name) ?? null);
  if (have === null || trials.length === 0) return;
  let total = 0;
  for (const rank of trials.flat()) {
    const value = valueOf(rank);
    if (value === null) return;
    total += value;
  }
  const need = total / trials.length;
  if (Math.abs(have - need) <= TOLERANCE * Math.max(1, Math.abs(need))) return;
  yield {
    have: `option ${option}: ${name} ${have}`,
    need: `${need.toFixed(4)}, from its clients`,
  };
}
