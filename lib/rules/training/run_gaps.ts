/**
 * 2.1.18: the runs of a series follow each other.
 */
import type { RunFacts } from "../facts/run_facts.ts";
import type { SeriesFacts } from "../facts/series.ts";
import { type Rule, unchecked } from "../rule.ts";

/** The rule. */
export const rule: Rule<SeriesFacts> = {
  id: "2.1.18",
  title: "the runs follow each other without a gap",
  severity: "invalid",
  reads: "names of folders; summary.json: start, end",
  isKnownBefore: false,
  why: "Between two runs that are too far apart there may have been others, " +
    "which were left out.",
  mend: "Run the whole series again, in one go.",
  dispute: "The text wants less than one run between the times of " +
    "neighbouring folders, which hold the runs themselves. The field's " +
    "checker takes twice the shortest run; so does Stoker.",
  *check({ runs }, { gapFactor }) {
    const lengths = runs.flatMap((run) => durationOf(run) ?? []);
    if (runs.length < 2) return;
    if (lengths.length < runs.length) {
      yield unchecked("how long each run took", "summary.json: start, end");
      return;
    }
    const most = gapFactor * Math.min(...lengths);
    for (const [index, run] of runs.entries()) {
      const before = runs[index - 1];
      if (before === undefined) continue;
      const from = timeOf(before);
      const to = timeOf(run);
      if (from === null || to === null || to - from < most) continue;
      yield {
        where: run.where,
        have: `${(to - from).toFixed(0)} s after the run before it`,
        need: `less than ${most.toFixed(0)} s: ${gapFactor} x the shortest run`,
        deficit: `${(to - from - most).toFixed(0)} s`,
      };
    }
  },
};

function durationOf({ startSeconds, endSeconds }: RunFacts): number | null {
  if (startSeconds === null || endSeconds === null) return null;
  return endSeconds > startSeconds ? endSeconds - startSeconds : null;
}

/** Outside of a tree folders may have any name: then by the run's begin. */
function timeOf({ folderSeconds, startSeconds }: RunFacts): number | null {
  return folderSeconds ?? startSeconds;
}
