/**
 * 2.1.17: a training result has a warm-up and five runs.
 */
import type { SeriesFacts } from "../facts/series.ts";
import type { Rule } from "../rule.ts";

/** The rule. */
export const rule: Rule<SeriesFacts> = {
  id: "2.1.17",
  title: "there are six runs: a warm-up and five that count",
  severity: "invalid",
  reads: "folders <YYYYMMDD_HHmmss> of run/",
  isKnownBefore: false,
  why: "One run may be lucky. The first warms up and does not count.",
  mend: "Run until there are six in a row; of a longer row leave six that " +
    "follow each other, without choosing among them.",
  *check({ runs }, { trainingRuns }) {
    if (runs.length === trainingRuns) return;
    yield {
      have: `${runs.length} runs`,
      need: `exactly ${trainingRuns}`,
      ...(runs.length < trainingRuns
        ? { deficit: `${trainingRuns - runs.length} runs` }
        : {}),
    };
  },
};
