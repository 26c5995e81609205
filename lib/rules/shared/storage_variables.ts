/**
 * 1.2: variables of the environment that tune the client are declared.
 */
import type { RunFacts } from "../facts/run_facts.ts";
import { type Rule } from "../rule.ts";

/** The rule. */
export const rule: Rule<RunFacts> = {
  id: "1.2",
  title: "variables that tune the object client are declared",
  severity: "open",
  reads: "metadata: environment, parameters.storage.env",
  isKnownBefore: true,
  why:
    "A variable of the environment tunes the client without a trace in the " +
    "settings.",
  mend:
    "Unset it, or declare it in the run's configuration, or submit as OPEN.",
  *check({ undeclaredVariables }) {
    for (const name of undeclaredVariables) {
      yield { have: `${name} is set`, need: "no undeclared variable" };
    }
  },
};
