/**
 * 4.6.2: every host runs enough processes.
 */
import type { RunFacts } from "../facts/run_facts.ts";
import { type Rule, unchecked } from "../rule.ts";

/** The rule. */
export const rule: Rule<RunFacts> = {
  id: "4.6.2",
  title: "every host runs more than four processes",
  severity: "open",
  reads: "metadata: args.hosts, num_processes; summary.json: num_hosts",
  isKnownBefore: true,
  why: "Spread over ever more hosts, a checkpoint measures the hosts and not " +
    "the storage.",
  mend: "Use fewer hosts, so that each has at least five processes.",
  dispute: 'The text says "more than 4", a table beside it "minimal 4", and ' +
    "seven organizations ran exactly 4. Stoker warns at 4 and refuses fewer.",
  *check(run, { checkpointProcessesPerHost: bound }) {
    if (run.processesPerHost === null) {
      yield unchecked("processes of each host", "args.hosts");
      return;
    }
    const least = Math.min(...run.processesPerHost);
    if (least > bound) return;
    yield {
      ...(least === bound ? { severity: "warning" } : {}),
      have: `${least} processes on a host`,
      need: `more than ${bound}`,
      deficit: `${bound + 1 - least} processes`,
    };
  },
};
