/**
 * 4.6.1: CLOSED writes a model with a fixed number of processes.
 */
import type { RunFacts } from "../facts/run_facts.ts";
import { type Rule, unchecked } from "../rule.ts";

/** The rule. */
export const rule: Rule<RunFacts> = {
  id: "4.6.1",
  title: "the model is written by the processes that CLOSED fixes",
  severity: "open",
  reads: "metadata: num_processes; summary.json: num_accelerators",
  isKnownBefore: true,
  why: "The number of processes decides how many files of which length there " +
    "are.",
  mend: "Run with that number of processes, or submit as OPEN.",
  *check({ model, accelerators }, { checkpointing }) {
    const limits = checkpointing[model ?? ""];
    if (limits === undefined) return;
    if (accelerators === null) {
      yield unchecked("the processes", "metadata: num_processes");
    } else if (accelerators !== limits.closedProcesses) {
      const missing = limits.closedProcesses - accelerators;
      yield {
        have: `${accelerators} processes`,
        need: `${limits.closedProcesses} for ${model}`,
        ...(missing > 0 ? { deficit: `${missing} processes` } : {}),
      };
    }
  },
};
