/**
 * The rules before a run: what would make it invalid afterwards.
 */
import type { Edition } from "./edition.ts";
import type { RunFacts } from "./facts/run_facts.ts";
import type { Finding } from "./finding.ts";
import { applyRules } from "./rule.ts";

/**
 * Findings of the rules that settings alone decide.
 *
 * @param run Facts made of settings by `runFacts`; what only a run can tell is
 *   null and asked by no rule.
 * @param edition The rules.
 */
export function plannedRunFindings(
  run: RunFacts,
  edition: Edition,
  family: "training" | "checkpointing",
): Finding[] {
  const { trainingRun, checkpointRun } = edition.rules;
  const rules = family === "training" ? trainingRun : checkpointRun;
  return applyRules(
    rules.filter(({ isKnownBefore }) => isKnownBefore),
    run,
    edition,
  );
}
