/**
 * Whether the figures of a run may be believed.
 *
 *    void       more than half of the bytes did not come from the device;
 *               no step was ended; files were a part of their real length
 *    doubtful   more than 5 % did not come from the device, or nobody tells
 *               how much; not settled; compute took more than 1 % longer
 *               than asked; an epoch left more than 5 % of the samples out;
 *               operations failed; the run ended early
 *    sound      none of these
 */
import { CACHE_WARNING_FRACTION } from "../cache_truth.ts";
import type { KindSummary } from "../kind_summary.ts";
import { PHASE_KINDS } from "../phase_kinds.ts";
import type { PhaseRecord, RunRecord } from "../run_record.ts";
import { unsettledCause } from "../settling.ts";
import type { SummarySettings } from "../summary_settings.ts";
import type { Trust } from "./verdict.ts";

/** Above this fraction from memory nothing can be said of the storage. */
export const VOID_MEMORY_FRACTION = 0.5;
/** Overrun, percent, above which the host was too busy to be believed. */
const OVERRUN_DOUBT_PERCENT = 1;

/** What speaks against the figures of a run. */
export interface FoundTrust {
  readonly trust: Trust;
  /** Those that say most first. */
  readonly reasons: readonly string[];
  /** Of these, the ones that leave nothing to believe. */
  readonly voidReasons: readonly string[];
}

/** Samples that do not fill a batch are few; more is another workload. */
const LEFT_OUT_FRACTION = 0.05;

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
): FoundTrust {
  const doubts = [
    ...runDoubts(record, judged, settings),
    ...kindDoubts(judged),
  ];
  const reasonsFor = (trust: Doubt["trust"]) =>
    doubts.filter((doubt) => doubt.trust === trust)
      .map(({ reason }) => reason);
  const voidReasons = reasonsFor("void");
  const others = reasonsFor("doubtful");
  return {
    trust: voidReasons.length > 0
      ? "void"
      : others.length > 0
      ? "doubtful"
      : "sound",
    reasons: [...voidReasons, ...others],
    voidReasons,
  };
}

function runDoubts(
  { phases, complete }: RunRecord,
  { kind, checkpoints }: KindSummary,
  settings: SummarySettings,
): Doubt[] {
  const { checkpointScale = 1 } = settings;
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
  const own = phases.filter((phase) => phase.kind === kind);
  const leftOut = PHASE_KINDS[kind].readsTrainingSet
    ? leftOutFraction(own, settings)
    : 0;
  if (leftOut > LEFT_OUT_FRACTION) {
    doubts.push({
      trust: "doubtful",
      reason: `an epoch left ${
        (100 * leftOut).toFixed(0)
      } % of the samples out`,
    });
  }
  const errors = own.flatMap(({ workers }) => workers)
    .reduce((sum, worker) => sum + worker.errors, 0);
  if (errors > 0) {
    doubts.push({
      trust: "doubtful",
      reason: `${errors} operations failed for good`,
    });
  }
  return doubts;
}

/** Of the samples of the training set, by the steps that were planned. */
function leftOutFraction(
  phases: readonly PhaseRecord[],
  { numFilesTrain, numSamplesPerFile }: SummarySettings,
): number {
  const sampleCount = numFilesTrain * numSamplesPerFile;
  if (!(sampleCount > 0)) return 0;
  return Math.max(
    0,
    ...phases.map(({ ranks, plannedSteps, batchSize }) =>
      1 - ranks.length * plannedSteps * batchSize / sampleCount
    ),
  );
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
        unsettledCause(settling),
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
  const { direction } = PHASE_KINDS[kind];
  if (direction === "write" || bytesMoved === 0) return [];
  const { hitFraction, source, shortfall } = cache;
  if (hitFraction === null) {
    return [{
      trust: "doubtful",
      reason: `how much came from memory is not known (${source})`,
    }];
  }
  if (hitFraction <= CACHE_WARNING_FRACTION) return [];
  return [{
    trust: hitFraction > VOID_MEMORY_FRACTION ? "void" : "doubtful",
    // Holes and compression are no memory.
    reason: `${(100 * hitFraction).toFixed(0)} % of the bytes ` +
      ((shortfall?.reasons.length ?? 0) > 0
        ? "did not come from the device"
        : "came from memory"),
  }];
}
