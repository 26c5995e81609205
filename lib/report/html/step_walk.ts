/**
 * All steps of a phase with the moments at which they were: blocks say when
 * the first step of a stretch began, and steps follow each other without a
 * gap until the next checkpoint.
 */
import type { PhaseRecord } from "../../metrics/run_record.ts";

/** Hears each step: its begin, seconds since the run began; its index. */
export type StepListener = (startSeconds: number, step: number) => void;

/**
 * Walks through the steps of one rank.
 *
 * @param phase A phase with steps.
 * @param rankIndex Index in `phase.ranks`.
 * @param onStep Hears each step in order.
 */
export function walkSteps(
  phase: PhaseRecord,
  rankIndex: number,
  onStep: StepListener,
): void {
  const rank = phase.ranks[rankIndex];
  if (rank === undefined) return;
  const { blocks, stepCount, stepSeconds } = rank;
  let block = 0;
  let atSeconds = phase.start.atSeconds;
  for (let step = 0; step < stepCount; step++) {
    const next = blocks[block];
    if (next !== undefined && step === next.firstStep) {
      atSeconds = phase.start.atSeconds + next.startSeconds;
      block++;
    }
    const seconds = stepSeconds[step] ?? 0;
    onStep(atSeconds, step);
    atSeconds += seconds;
  }
}
