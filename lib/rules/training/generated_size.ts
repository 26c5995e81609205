/**
 * 3.2.1: as much was generated as the runs read.
 */
import type { TrainingModelFacts } from "../facts/series.ts";
import { type Rule, unchecked } from "../rule.ts";
import { count } from "../values.ts";

/** The rule. */
export const rule: Rule<TrainingModelFacts> = {
  id: "3.2.1",
  title: "as many files were generated as the runs read",
  severity: "invalid",
  reads: "datagen metadata: parameters.dataset.num_files_train",
  isKnownBefore: false,
  why: "A run over files that are not there reads something else.",
  mend: "Generate the whole dataset, and keep the metadata of that.",
  *check({ datagens, runs }) {
    const datagen = datagens[0];
    if (datagen === undefined) return;
    const made = datagen.metadata?.numFilesTrain ?? null;
    if (made === null) {
      yield {
        ...unchecked("the number of generated files", "datagen metadata"),
        where: datagen.where,
      };
      return;
    }
    for (const { where, numFilesTrain } of runs) {
      if (numFilesTrain === null || numFilesTrain <= made) continue;
      yield {
        where,
        have: `${count(made)} generated files`,
        need: `${count(numFilesTrain)}, as the run read`,
        deficit: `${count(numFilesTrain - made)} files`,
      };
    }
  },
};
