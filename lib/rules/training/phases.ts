/**
 * 2.1.12: a training result has its three phases.
 */
import type { TrainingModelFacts } from "../facts/series.ts";
import type { Rule } from "../rule.ts";
import { unexpected } from "../shared/names.ts";

const PHASES = ["datasize", "datagen", "run"];

/** The rule. */
export const rule: Rule<TrainingModelFacts> = {
  id: "2.1.12",
  title: "there are datasize, datagen and run, and nothing else",
  severity: "invalid",
  reads: "names of folders",
  isKnownBefore: false,
  why:
    "Without the first two nobody can see that the dataset was as large as " +
    "it had to be.",
  mend: "Keep the folders of all three commands; names are in lower case.",
  *check({ entries }) {
    for (const phase of PHASES) {
      if (!entries.includes(phase)) {
        yield { have: null, need: `the folder ${phase}/` };
      }
    }
    yield* unexpected(entries, PHASES);
  },
};
