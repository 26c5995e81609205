/**
 * All steps of a phase, or entries of several steps, with the moments at which they were: blocks say when
 * the first step of a stretch began, and steps follow each other without a
 * gap until the next checkpoint.
 */
import type { PhaseRecord } from "../../metrics/run_record.ts";
import { firstStepOf } from "../../metrics/step_entries.ts";

/**
 * Hears each entry of step times: its begin, seconds since the run began; its
 * index.
 */
export type StepListener = (startSeconds: number, entry: number) => void;

/**
 * Walks through the step times of one rank.
 *
 * @param phase A phase with steps.
 * @param rankIndex Index in `phase.ranks`.
 * @param onStep Hears each entry in order.
 */
export function walkSteps(
  phase: PhaseRecord,
  rankIndex: number,
  onStep: StepListener,
): void {
  const rank = phase.ranks[rankIndex];
  if (rank === undefined) return;
  const { blocks, stepSeconds } = rank;
  let block = 0;
  let atSeconds = phase.start.atSeconds;
  for (let entry = 0; entry < stepSeconds.length; entry++) {
    const next = blocks[block];
    if (next !== undefined && firstStepOf(rank, entry) === next.firstStep) {
      atSeconds = phase.start.atSeconds + next.startSeconds;
      block++;
    }
    const seconds = stepSeconds[entry] ?? 0;
    onStep(atSeconds, entry);
    atSeconds += seconds;
  }
}
