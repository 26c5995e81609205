/**
 * The verdict of a run: sustained AU against the goal, what was the limit,
 * and whether that may be believed. A run that only saves or loads
 * checkpoints has no goal: its verdict says how fast it was, and why not
 * faster.
 *
 * Training is judged before evaluation, both before checkpoints.
 */
import type { KindSummary } from "../kind_summary.ts";
import type { RunRecord } from "../run_record.ts";
import type { SummarySettings } from "../summary_settings.ts";
import { evidenceOf } from "./evidence.ts";
import { type FoundLimit, limitOfSteps, limitOfTransfers } from "./limit.ts";
import { lostTime } from "./lost_time.ts";
import { signalsOf } from "./signals.ts";
import { trustOf, VOID_MEMORY_FRACTION } from "./trust.ts";
import type { Verdict } from "./verdict.ts";
import { checkpointsText, stepsText, type TextParts } from "./verdict_text.ts";

/**
 * Judges a run.
 *
 * @param record The run as it was measured.
 * @param kinds Figures of the kinds that are measured.
 * @param settings What formulas use.
 * @returns Null without training, evaluation and checkpoints.
 */
export function runVerdict(
  record: RunRecord,
  kinds: readonly KindSummary[],
  settings: SummarySettings,
): Verdict | null {
  const withSteps = kinds.find(({ steps }) => steps !== null);
  if (withSteps !== undefined) {
    return stepsVerdict(partsOf(record, withSteps, settings), withSteps);
  }
  const checkpoints = kinds.filter((kind) => kind.checkpoints !== null);
  return checkpoints.length === 0
    ? null
    : checkpointsVerdict(checkpoints.map((summary) => ({
      summary,
      parts: partsOf(record, summary, settings),
    })));
}

function partsOf(
  record: RunRecord,
  summary: KindSummary,
  settings: SummarySettings,
): TextParts {
  const phases = record.phases.filter(({ kind }) => kind === summary.kind);
  const signals = signalsOf(phases);
  const lost = summary.steps === null ? null : lostTime(phases);
  const trusted = trustOf(record, summary, settings);
  return {
    ...trusted,
    summary,
    auGoal: settings.auGoal,
    lost,
    signals,
    accelerators: record.accelerators,
    found: lost === null
      ? limitOfTransfers(signals)
      : limitOfSteps(lost, signals),
    answer: answerOf(summary, settings, trusted.trust === "void"),
  };
}

function answerOf(
  { steps }: KindSummary,
  { auGoal }: SummarySettings,
  isVoid: boolean,
): Verdict["answer"] {
  const au = steps?.sustainedAuPercent.mean ?? null;
  if (au === null || isVoid) return "unknown";
  return au >= 100 * auGoal ? "yes" : "no";
}

function stepsVerdict(parts: TextParts, summary: KindSummary): Verdict {
  const { answer, trust, reasons } = parts;
  return {
    answer,
    ...limitInForce(parts, summary),
    trust,
    trustReasons: reasons,
    evidence: evidenceOf(parts),
    text: stepsText(parts),
  };
}

/** Where the goal was met nothing was the limit, unless memory met it. */
function limitInForce(
  { found, auGoal }: TextParts,
  { steps, cache }: KindSummary,
): Pick<FoundLimit, "limit" | "confidence"> {
  const values = steps?.sustainedAuPercent.values ?? [];
  const au = steps?.sustainedAuPercent.mean ?? null;
  if (au === null || au < 100 * auGoal) {
    return { limit: found.limit, confidence: found.confidence };
  }
  const hits = cache.hitFraction ?? 0;
  if (hits > VOID_MEMORY_FRACTION) {
    return { limit: "page_cache", confidence: hits };
  }
  const met = values.filter((value) => (value ?? 0) >= 100 * auGoal).length;
  return { limit: "none", confidence: met / values.length };
}

function checkpointsVerdict(
  kinds: readonly {
    readonly summary: KindSummary;
    readonly parts: TextParts;
  }[],
): Verdict {
  const [first] = kinds;
  if (first === undefined) throw new RangeError("there must be a checkpoint");
  const all = kinds.map(({ parts }) => parts);
  const trust = (["void", "doubtful", "sound"] as const)
    .find((word) => all.some((parts) => parts.trust === word)) ?? "sound";
  const reasons = [...new Set(all.flatMap((parts) => parts.reasons))];
  const voidReasons = all.flatMap((parts) => parts.voidReasons);
  const { limit, confidence } = first.parts.found;
  return {
    answer: "unknown",
    limit,
    confidence,
    trust,
    trustReasons: reasons,
    evidence: all.flatMap(evidenceOf),
    text: checkpointsText(kinds.map(({ summary, parts }) => ({
      summary,
      parts: { ...parts, trust, reasons, voidReasons },
    }))),
  };
}
