/**
 * 4.7.4: hosts write and read together only where the system can.
 */
import type { SeriesFacts } from "../facts/series.ts";
import { type Problem, type Rule } from "../rule.ts";
import { invocationOf } from "./invocation.ts";

/** The rule. */
export const rule: Rule<SeriesFacts> = {
  id: "4.7.4",
  title: "hosts share the storage as the system declares",
  severity: "invalid",
  reads: "systems/<system>.yaml: capabilities.simultaneous_write, " +
    "simultaneous_read; summary.json: num_hosts",
  isKnownBefore: false,
  why: "What a system is said not to do, it cannot have done in the run.",
  mend: "Declare what the system can do, or run on one host.",
  *check({ runs, sharing }) {
    if (sharing === null) return;
    for (const run of runs) {
      if (run.hostCount === null || run.hostCount < 2) continue;
      const { writes, reads } = invocationOf(run);
      yield* undeclared("write", writes, sharing.simultaneousWrite, run.where);
      yield* undeclared("read", reads, sharing.simultaneousRead, run.where);
    }
  },
};

function* undeclared(
  what: string,
  times: number | null,
  isDeclared: boolean | null,
  where: string,
): Generator<Problem> {
  if (times === null || times === 0 || isDeclared !== false) return;
  yield {
    where,
    have: `several hosts that ${what}, and simultaneous_${what}: false`,
    need: `simultaneous_${what}: true`,
  };
}
