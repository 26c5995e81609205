/**
 * 2.1.13: the dataset was generated once.
 */
import type { TrainingModelFacts } from "../facts/series.ts";
import { namesText } from "../shared/names.ts";
import type { Rule } from "../rule.ts";

/** The rule. */
export const rule: Rule<TrainingModelFacts> = {
  id: "2.1.13",
  title: "there is exactly one datagen",
  severity: "invalid",
  reads: "folders <YYYYMMDD_HHmmss> of datagen/",
  isKnownBefore: false,
  why: "All runs read one dataset, and it must be clear which.",
  mend: "Keep the folder of the datagen that made the dataset of the runs.",
  *check({ entries, datagens, datagenEntries }) {
    if (!entries.includes("datagen")) return;
    if (datagens.length !== 1) {
      yield {
        have: `${datagens.length} of them`,
        need: "exactly one folder <YYYYMMDD_HHmmss> in datagen/",
      };
    }
    const odd = datagenEntries.filter((name) => !name.startsWith("."));
    if (odd.length === 0) return;
    yield { have: namesText(odd), need: "only a folder <YYYYMMDD_HHmmss>" };
  },
};
