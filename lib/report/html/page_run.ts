/**
 * What the sections of the page are made of: a run, its figures, and what the
 * caller knows beside them.
 */
import { PHASE_KINDS } from "../../metrics/phase_kinds.ts";
import type { PhaseRecord, RunRecord } from "../../metrics/run_record.ts";
import type { RunSummary } from "../../metrics/summary.ts";
import type { ResultContext } from "../../results/result_context.ts";
import type { LivePage } from "./live_data.ts";

/** A finding of the benchmark's rules, in words. */
export interface RuleFinding {
  /** "INVALID", "OPEN", "WARNING" … */
  readonly severity: string;
  readonly rule: string;
  readonly title: string;
  readonly have: string;
  readonly need: string;
  /** What to do about it. */
  readonly mend: string;
}

/** What the rules say of the run. */
export interface RuleJudgement {
  /** Of the rules: "3.0". */
  readonly edition: string;
  /** "CLOSED", "OPEN", "INVALID". */
  readonly verdict: string;
  readonly findings: readonly RuleFinding[];
}

/** What a page can show beside the run. */
export interface PageOptions {
  /** Makes a page that is kept up to date. @default {undefined} A finished one */
  readonly live?: LivePage;
  /** @default {undefined} Not judged */
  readonly rules?: RuleJudgement;
}

/** See the file header. */
export interface PageRun extends PageOptions {
  readonly record: RunRecord;
  readonly context: ResultContext;
  readonly summary: RunSummary;
}

/**
 * A phase's name: "Training, epoch 2", "Saving checkpoint 3".
 *
 * @param phase The phase.
 */
export function phaseName(
  { kind, epoch, checkpoint }: Pick<
    PhaseRecord,
    "kind" | "epoch" | "checkpoint"
  >,
): string {
  const { title, isCheckpoint, hasSteps } = PHASE_KINDS[kind];
  if (isCheckpoint) {
    return `${title.replace(/s$/, "")} ${checkpoint}` +
      (epoch > 0 ? `, epoch ${epoch}` : "");
  }
  return hasSteps ? `${title}, epoch ${epoch}` : title;
}

/** Phases in the order of time. */
export function inTime(phases: readonly PhaseRecord[]): PhaseRecord[] {
  return [...phases].sort((a, b) => a.start.atSeconds - b.start.atSeconds);
}
