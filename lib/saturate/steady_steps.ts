/**
 * How many steps a short run needs so that its steady part can be told, and
 * which of them count:
 *
 *    | start |          steps that count          | tail |
 *      ahead + 1     a multiple of ahead, >= 4 × ahead    ahead
 *
 * `ahead` batches are what the readers of an accelerator may hold. They fill
 * while the run begins and drain while it ends, so that much is left out at
 * both sides; the settings may leave out more. Readers take batches in turn,
 * so arrivals repeat after `ahead` steps: a multiple of them has no half turn.
 */
import { neededSteps } from "../metrics/settling.ts";

/** Steps that count at least, however little is held ahead. */
const MIN_WINDOW_STEPS = 8;

/** What steps are planned from. */
export interface SteadyParts {
  /** Batches that the readers of one accelerator may hold. */
  readonly batchesAhead: number;
  /** Of one step, mean; above 0. */
  readonly computeSeconds: number;
  /** Time that the steps that count are to take at least. */
  readonly probeSeconds: number;
  /** `output.metric.exclude_start_steps` and `exclude_end_steps`. */
  readonly excludeStartSteps: number;
  readonly excludeEndSteps: number;
}

/** The steps of a short run. */
export interface SteadySteps {
  /** All of them. */
  readonly steps: number;
  readonly excludeStartSteps: number;
  readonly excludeEndSteps: number;
  /** Those that count. */
  readonly windowSteps: number;
  /** Steps after which enough of them count to judge by. */
  readonly leastSteps: number;
  /** What all would take if they only computed. */
  readonly computeSeconds: number;
}

/** Steps that a run must have so that anything counts. */
export function leastSteps(parts: SteadyParts): number {
  const { start, end, needed } = partsOf(parts);
  return start + needed + end;
}

/**
 * Plans the steps of a short run.
 *
 * @param parts What they are planned from.
 * @param available Steps that an epoch has.
 * @returns Null if these are fewer than {@linkcode leastSteps}.
 */
export function steadySteps(
  parts: SteadyParts,
  available: number,
): SteadySteps | null {
  const { start, end, needed, turn } = partsOf(parts);
  const room = available - start - end;
  if (room < needed) return null;
  const timed = Math.ceil(parts.probeSeconds / parts.computeSeconds);
  const wanted = Math.max(needed, Math.ceil(timed / turn) * turn);
  const windowSteps = wanted <= room ? wanted : Math.floor(room / turn) * turn;
  const steps = start + windowSteps + end;
  return {
    steps,
    excludeStartSteps: start,
    excludeEndSteps: end,
    windowSteps,
    leastSteps: start + needed + end,
    computeSeconds: steps * parts.computeSeconds,
  };
}

function partsOf(
  { batchesAhead, excludeStartSteps, excludeEndSteps }: SteadyParts,
) {
  const turn = Math.max(1, batchesAhead);
  return {
    start: Math.max(excludeStartSteps, batchesAhead + 1),
    end: Math.max(excludeEndSteps, batchesAhead),
    needed: Math.ceil(
      Math.max(MIN_WINDOW_STEPS, neededSteps(batchesAhead)) / turn,
    ) * turn,
    turn,
  };
}
