/**
 * 3.3.7: the hosts are alike.
 */
import type { HostFacts, RunFacts } from "../facts/run_facts.ts";
import { type Problem, type Rule, unchecked } from "../rule.ts";

/** Largest to smallest of what hosts have. */
const MAX_RATIO = 1.5;

/** The rule. */
export const rule: Rule<RunFacts> = {
  id: "3.3.7",
  title: "the hosts are alike",
  severity: "warning",
  reads: "metadata: system_info.hosts; summary.json: host_memory_GB, " +
    "host_cpu_count",
  isKnownBefore: true,
  why: "The weakest host sets the pace of every step, and the memory of the " +
    "largest may hold more of the dataset than the rule on its size allows for.",
  mend: "Run on hosts of one kind, or leave the odd one out.",
  *check({ hostCount, hosts }) {
    if (hostCount === null || hostCount <= 1) return;
    if (hosts.length < 2) {
      yield unchecked("memory and cores of each host", "system_info.hosts");
      return;
    }
    yield* unlike(hosts, "memory", ({ memoryBytes }) => memoryBytes);
    yield* unlike(hosts, "cores", ({ cores }) => cores);
  },
};

function* unlike(
  hosts: readonly HostFacts[],
  what: string,
  valueOf: (host: HostFacts) => number | null,
): Generator<Problem> {
  const known = hosts.flatMap((host) => {
    const value = valueOf(host);
    return value === null || value <= 0 ? [] : [{ name: host.name, value }];
  }).sort((a, b) => a.value - b.value);
  const least = known[0];
  const most = known.at(-1);
  if (least === undefined || most === undefined) return;
  const ratio = most.value / least.value;
  if (ratio <= MAX_RATIO) return;
  yield {
    have: `${what} of ${most.name} is ${ratio.toFixed(2)} times that of ` +
      least.name,
    need: `at most ${MAX_RATIO} times`,
  };
}
