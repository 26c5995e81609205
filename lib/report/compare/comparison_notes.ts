/**
 * What the reader of a comparison should know beside its verdict: what makes
 * the figures say less than they seem to.
 */
import type { Comparison, GroupComparison } from "../../compare/comparison.ts";
import { firstRun, type RunGroup } from "../../compare/run_group.ts";
import { CACHE_WARNING_FRACTION } from "../../metrics/cache_truth.ts";
import { PHASE_KINDS } from "../../metrics/phase_kinds.ts";
import { isUnsettled, measuredKinds } from "../../metrics/summary.ts";
import { isScaled } from "../../results/result_context.ts";

/**
 * The notes on a group that is compared with the first one.
 *
 * @param comparison All groups.
 * @param compared The group.
 * @returns Clauses; may be empty.
 */
export function notesOf(
  { groups }: Comparison,
  { group, metrics }: GroupComparison,
): string[] {
  const first = groups[0] ?? group;
  const both = [first, group];
  const folders = both.flatMap(({ runs }) => runs.map((run) => run.folder));
  const isOneRunEach = metrics.some(({ unit }) => unit === "epochs");
  return [
    ...(new Set(folders).size < folders.length
      ? ["a folder was given twice: it is compared with itself"]
      : []),
    ...(isOneRunEach
      ? [
        "one run each: how far two runs of the same settings are apart is " +
        "taken from their epochs (at least 1 %); give several runs of each",
      ]
      : []),
    ...cachedNotes(both),
    ...(both.some(({ runs }) => runs.some((run) => isUnsettled(run.summary)))
      ? [
        "a run is too short to be settled: believe the figures over all " +
        "steps alone",
      ]
      : []),
    ...(isScaled(firstRun(first).context)
      ? ["checkpoints were scaled down: nothing follows for real ones"]
      : []),
  ];
}

function cachedNotes(groups: readonly RunGroup[]): string[] {
  const kinds = new Set(
    groups.flatMap(({ runs }) =>
      runs.flatMap(({ summary }) =>
        measuredKinds(summary).filter(({ kind, cache }) =>
          PHASE_KINDS[kind].fromMemory !== null &&
          (cache.hitFraction ?? 0) > CACHE_WARNING_FRACTION
        ).map(({ kind }) => PHASE_KINDS[kind].title)
      )
    ),
  );
  return [...kinds].map((title) =>
    `${title} came from this host's memory: the comparison says little of ` +
    "the storage"
  );
}
