/**
 * STOKER-SAME: the runs of a series are of one workload.
 */
import type { RunFacts } from "../facts/run_facts.ts";
import type { SeriesFacts } from "../facts/series.ts";
import type { Rule } from "../rule.ts";

/** What must not change from run to run. */
const FIXED: readonly [string, (run: RunFacts) => string | number | null][] = [
  ["accelerators", ({ accelerators }) => accelerators],
  ["accelerator", ({ accelerator }) => accelerator],
  ["hosts", ({ hostCount }) => hostCount],
  ["num_files_train", ({ numFilesTrain }) => numFilesTrain],
  ["batch_size", ({ batchSize }) => batchSize],
];

/** The rule. */
export const rule: Rule<SeriesFacts> = {
  id: "STOKER-SAME",
  title: "all runs of a series measure the same",
  severity: "invalid",
  reads: "metadata and summary.json of each run",
  isKnownBefore: false,
  why: "The score is the mean of the runs, which has a meaning only if they " +
    "are runs of the same.",
  mend: "Run the whole series again with the same settings.",
  *check({ runs }) {
    const first = runs[0];
    if (first === undefined) return;
    for (const run of runs.slice(1)) {
      for (const [name, valueOf] of FIXED) {
        const have = valueOf(run);
        const need = valueOf(first);
        if (have === null || need === null || have === need) continue;
        yield {
          where: run.where,
          have: `${name} ${have}`,
          need: `${name} ${need}, as the first run has`,
        };
      }
    }
  },
};
