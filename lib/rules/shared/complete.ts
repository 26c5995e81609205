/**
 * STOKER-COMPLETE: the run came to its end, with real files.
 */
import type { RunFacts } from "../facts/run_facts.ts";
import type { Rule } from "../rule.ts";

/** The rule. */
export const rule: Rule<RunFacts> = {
  id: "STOKER-COMPLETE",
  title: "the run came to its end, with files of their real length",
  severity: "invalid",
  reads: "stoker.json: complete, failure; summary.json; checkpoint.scale",
  isKnownBefore: true,
  why:
    "Figures of a part of a run, or of shorter files, are those of nothing " +
    "that can be compared.",
  mend: "Run again to the end, without checkpoint.scale.",
  *check({ isComplete, checkpointScale }) {
    if (isComplete === false) {
      yield { have: "a run that ended early", need: "a run to its end" };
    }
    if (checkpointScale !== 1) {
      yield {
        have: `checkpoint.scale ${checkpointScale}`,
        need: "files of their real length: 1",
      };
    }
  },
};
