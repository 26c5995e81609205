/**
 * 3.3.2: accelerators were busy enough.
 */
import type { RunFacts } from "../facts/run_facts.ts";
import { type Rule, unchecked } from "../rule.ts";

/** The rule. */
export const rule: Rule<RunFacts> = {
  id: "3.3.2",
  title: "accelerators were busy enough",
  severity: "invalid",
  reads: "summary.json: metric.train_au_mean_percentage, " +
    "train_au_meet_expectation",
  isKnownBefore: false,
  why: "A result says how many accelerators the storage keeps busy, so it " +
    "counts only where they were.",
  mend: "Run with fewer accelerators, or with more reader.read_threads.",
  dispute:
    "The prose once named 90 % for retinanet as well; the table of the " +
    "edition has 85 %. Stoker takes the table.",
  *check(run, { training }) {
    const goal = training[run.model ?? ""]?.auPercent;
    if (goal === undefined) return;
    if (run.auMeanPercent === null) {
      yield unchecked("the mean AU", "summary.json: train_au_mean_percentage");
      return;
    }
    const missing = goal - run.auMeanPercent;
    // NaN is what DLIO writes where no step counted.
    if (!(missing <= 0)) {
      yield {
        have: `AU ${run.auMeanPercent.toFixed(2)} %`,
        need: `a mean AU of at least ${goal} % for ${run.model}`,
        ...(missing > 0 ? { deficit: `${missing.toFixed(2)} points` } : {}),
      };
    } else if (run.auExpectation !== "success") {
      yield {
        have: run.auExpectation === null
          ? null
          : `train_au_meet_expectation "${run.auExpectation}"`,
        need: 'train_au_meet_expectation "success"',
        mend: "Run again with the workload's own metric.au.",
      };
    }
  },
};
