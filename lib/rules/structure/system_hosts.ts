/**
 * 2.1.9: the description has the hosts that the runs had.
 */
import type { RunFacts } from "../facts/run_facts.ts";
import type { SystemDescription, SystemFacts } from "../facts/tree.ts";
import { type Problem, type Rule } from "../rule.ts";
import { count } from "../values.ts";

/** The kernel keeps a part of the memory for itself. */
const MEMORY_TOLERANCE = 0.1;

/** The rule. */
export const rule: Rule<SystemFacts> = {
  id: "2.1.9",
  title: "the description has the hosts that the runs had",
  severity: "invalid",
  reads: "systems/<system>.yaml: clients[].quantity, memory_capacity; " +
    "summary.json: num_hosts, host_memory_GB",
  isKnownBefore: false,
  why: "All results of one system are of the same hardware; another is " +
    "another system.",
  mend: "Describe the hosts as they are, or submit under another name.",
  *check({ description, runs }) {
    if (description === null || !description.isReadable) return;
    for (const run of runs) {
      yield* hostProblems(description, run);
      yield* memoryProblems(description, run);
    }
  },
};

function* hostProblems(
  { clients }: SystemDescription,
  run: RunFacts,
): Generator<Problem> {
  if (run.hostCount === null || clients.length === 0) return;
  const described = clients.reduce(
    (sum, { quantity }) => sum + (quantity ?? 1),
    0,
  );
  if (described === run.hostCount) return;
  yield {
    where: run.where,
    have: `${run.hostCount} hosts`,
    need: `${described}, as clients[].quantity add up to`,
  };
}

function* memoryProblems(
  { clients }: SystemDescription,
  run: RunFacts,
): Generator<Problem> {
  if (run.memoryBytes === null || !run.hostCount) return;
  const described = clients.flatMap(({ memoryGB }) => memoryGB ?? []);
  if (described.length === 0) return;
  const mean = run.memoryBytes / run.hostCount / 2 ** 30;
  const fits = described.some((memory) =>
    Math.abs(mean - memory) <= MEMORY_TOLERANCE * memory
  );
  if (fits) return;
  yield {
    where: run.where,
    have: `${count(mean)} GiB of memory per host`,
    need: `${described.join(" or ")}, as memory_capacity says, within 10 %`,
  };
}
