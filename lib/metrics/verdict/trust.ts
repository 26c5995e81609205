/**
 * Whether the figures of a run may be believed.
 *
 *    void       more than half of the bytes did not come from the device;
 *               no step was ended; files were a part of their real length
 *    doubtful   more than 5 % did not come from the device, or nobody tells
 *               how much; not settled; compute took more than 1 % longer
 *               than asked; samples were dropped; operations failed; the run
 *               ended early
 *    sound      none of these
 */
import { CACHE_WARNING_FRACTION } from "../cache_truth.ts";
import type { KindSummary } from "../kind_summary.ts";
import { PHASE_KINDS } from "../phase_kinds.ts";
import type { RunRecord } from "../run_record.ts";
import type { SummarySettings } from "../summary_settings.ts";
import type { Trust } from "./verdict.ts";

/** Above this fraction from memory nothing can be said of the storage. */
export const VOID_MEMORY_FRACTION = 0.5;
/** Overrun, percent, above which the host was too busy to be believed. */
const OVERRUN_DOUBT_PERCENT = 1;

/** One reason against the figures. */
interface Doubt {
  readonly trust: Exclude<Trust, "sound">;
  readonly reason: string;
}

/**
 * Judges the kind of phase that the verdict is about.
 *
 * @param record The run.
 * @param judged Figures of that kind.
 * @param settings What formulas use.
 */
export function trustOf(
  record: RunRecord,
  judged: KindSummary,
  settings: SummarySettings,
): { readonly trust: Trust; readonly reasons: readonly string[] } {
  const doubts = [
    ...runDoubts(record, judged, settings),
    ...kindDoubts(judged),
  ];
  const isVoid = doubts.some(({ trust }) => trust === "void");
  return {
    trust: isVoid ? "void" : doubts.length > 0 ? "doubtful" : "sound",
    reasons: doubts.map(({ reason }) => reason),
  };
}

function runDoubts(
  { phases, complete }: RunRecord,
  { kind, checkpoints }: KindSummary,
  { checkpointScale = 1 }: SummarySettings,
): Doubt[] {
  const doubts: Doubt[] = [];
  if (!complete) {
    doubts.push({ trust: "doubtful", reason: "the run ended early" });
  }
  if (checkpoints !== null && checkpointScale !== 1) {
    doubts.push({
      trust: "void",
      reason: `checkpoints had ${checkpointScale} of their real length ` +
        "(checkpoint.scale)",
    });
  }
  const errors = phases.filter((phase) => phase.kind === kind)
    .flatMap(({ workers }) => workers)
    .reduce((sum, worker) => sum + worker.errors, 0);
  if (errors > 0) {
    doubts.push({
      trust: "doubtful",
      reason: `${errors} operations failed for good`,
    });
  }
  return doubts;
}

function kindDoubts(summary: KindSummary): Doubt[] {
  const { steps } = summary;
  const { title } = PHASE_KINDS[summary.kind];
  const doubts = memoryDoubts(summary);
  if (steps === null) return doubts;
  const { settling, overrunPercent, sustainedAuPercent } = steps;
  if (sustainedAuPercent.mean === null) {
    doubts.push({ trust: "void", reason: `${title} ended no step` });
  } else if (!settling.isSettled) {
    doubts.push({
      trust: "doubtful",
      reason: `${title.toLowerCase()} is not settled: ` +
        `${settling.windowSteps} steps of an epoch count, ` +
        `${settling.neededSteps} are needed`,
    });
  }
  if (overrunPercent !== null && overrunPercent > OVERRUN_DOUBT_PERCENT) {
    doubts.push({
      trust: "doubtful",
      reason: `compute took ${overrunPercent.toFixed(1)} % longer than asked`,
    });
  }
  return doubts;
}

/** Of reading alone: what is written stays in memory for a while anyway. */
function memoryDoubts({ kind, cache, bytesMoved }: KindSummary): Doubt[] {
  const { title, direction } = PHASE_KINDS[kind];
  if (direction === "write" || bytesMoved === 0) return [];
  const { hitFraction, source } = cache;
  if (hitFraction === null) {
    return [{
      trust: "doubtful",
      reason: `nobody tells how much of ${title.toLowerCase()} came from ` +
        `memory (${source})`,
    }];
  }
  if (hitFraction <= CACHE_WARNING_FRACTION) return [];
  return [{
    trust: hitFraction > VOID_MEMORY_FRACTION ? "void" : "doubtful",
    reason: `${(100 * hitFraction).toFixed(0)} % of the bytes of ` +
      `${title.toLowerCase()} did not come from the device`,
  }];
}
