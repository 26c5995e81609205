/**
 * The verdict of a run: sustained AU against the goal, what was the limit,
 * and whether that may be believed. A run that only saves or loads
 * checkpoints has no goal: its verdict says how fast it was.
 */
import type { KindSummary } from "../kind_summary.ts";
import { PHASE_KINDS } from "../phase_kinds.ts";
import type { RunRecord } from "../run_record.ts";
import type { SummarySettings } from "../summary_settings.ts";
import { trustOf } from "./trust.ts";
import type { Verdict } from "./verdict.ts";

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
  const judged = judgedKind(kinds);
  if (judged === null) return null;
  const { trust, reasons } = trustOf(record, judged, settings);
  const answer = answerOf(judged, settings, trust === "void");
  return {
    answer,
    limit: answer === "yes" ? "none" : "unknown",
    confidence: answer === "yes" ? 1 : 0,
    trust,
    trustReasons: reasons,
    evidence: [],
    text: textOf(record, judged, { answer, settings, reasons }),
  };
}

/** Training before evaluation, both before checkpoints. */
function judgedKind(kinds: readonly KindSummary[]): KindSummary | null {
  return kinds.find(({ steps }) => steps !== null) ??
    kinds.find(({ checkpoints }) => checkpoints !== null) ?? null;
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

function textOf(
  { accelerators }: RunRecord,
  { kind, steps, mibPerSecond }: KindSummary,
  { answer, settings, reasons }: {
    readonly answer: Verdict["answer"];
    readonly settings: SummarySettings;
    readonly reasons: readonly string[];
  },
): string {
  const goal = `goal ${(100 * settings.auGoal).toFixed(0)} %`;
  const au = steps?.sustainedAuPercent.mean ?? null;
  const figures = `sustained AU ${au?.toFixed(1) ?? "n/a"} %, ${goal}.`;
  if (steps === null) {
    const { title } = PHASE_KINDS[kind];
    return `${title}: ${mibPerSecond.mean?.toFixed(2) ?? "n/a"} MiB/second.`;
  }
  switch (answer) {
    case "yes":
      return `Yes. This storage kept ${accelerators} ` +
        `accelerator${accelerators === 1 ? "" : "s"} busy: ${figures}`;
    case "no":
      return `No: ${figures}`;
    case "unknown":
      return `Cannot be said: ${reasons.join("; ")}.`;
  }
}
