/**
 * What a phase is called while people watch it.
 */
import type { PhaseBegin } from "../../engine/run/run_hooks.ts";
import { PHASE_KINDS } from "../../metrics/phase_kinds.ts";

/**
 * Names a phase of a run.
 *
 * @param phase What begins.
 * @param epochs Epochs of the run.
 * @returns "train, epoch 2 of 3", "save checkpoint 3 of 10", "generate".
 */
export function phaseTitle(
  { kind, epoch, checkpoint }: PhaseBegin,
  epochs: number,
): string {
  const { verb } = PHASE_KINDS[kind];
  if (checkpoint !== undefined) {
    return `${verb} ${checkpoint.number} of ${checkpoint.count}`;
  }
  return epoch === 0 ? verb : `${verb}, epoch ${epoch} of ${epochs}`;
}
