/**
 * Whether AU and throughput of a phase are those of a settled run.
 *
 * Readers fetch batches ahead while the accelerators compute. In a short run
 * that store feeds most of the steps that count, and AU says nothing of the
 * storage. Two signs tell: the figures differ from the sustained ones, which
 * count every step from the gate on, or fewer steps were counted than
 * {@linkcode STEPS_PER_BATCH_AHEAD} times the store.
 */
import type { PhaseUtilization } from "./utilization.ts";

/** Points of AU by which the two figures of a settled run differ at most. */
const MAX_DIFFERENCE_POINTS = 2;
/** Counted steps for each batch that the readers of a rank may hold. */
const STEPS_PER_BATCH_AHEAD = 4;

/** What became of one phase. */
export interface Settling {
  readonly isSettled: boolean;
  /** Steps that counted. */
  readonly windowSteps: number;
  /** Steps that have to count. */
  readonly neededSteps: number;
}

/**
 * Steps that have to count until figures are settled.
 *
 * @param batchesAhead Batches that the readers of one accelerator may hold.
 */
export function neededSteps(batchesAhead: number): number {
  return STEPS_PER_BATCH_AHEAD * batchesAhead;
}

/**
 * Judges one phase.
 *
 * @param utilization Its figures.
 * @param batchesAhead Batches that the readers of one accelerator may hold;
 *   null where a saved run does not tell.
 */
export function settlingOf(
  utilization: PhaseUtilization,
  batchesAhead: number | null,
): Settling {
  const { au, sustainedAu, windowSteps } = utilization;
  const needed = neededSteps(batchesAhead ?? 0);
  const differs = au === null || sustainedAu === null ||
    Math.abs(au - sustainedAu) > MAX_DIFFERENCE_POINTS;
  return {
    isSettled: !differs && windowSteps >= needed,
    windowSteps,
    neededSteps: needed,
  };
}

/**
 * Why figures are not those of a settled run.
 *
 * @param settling Of phases that are not settled.
 */
export function unsettledCause({ windowSteps, neededSteps }: Settling): string {
  return windowSteps < neededSteps
    ? `${windowSteps} steps of an epoch count, ${neededSteps} are needed`
    : "the steps that count are not like the whole epoch";
}
