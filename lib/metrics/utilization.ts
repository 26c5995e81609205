/**
 * Accelerator utilization (AU) and throughput of a phase of steps.
 *
 *     window      = steps [excludeStart, steps - excludeEnd) of the epoch
 *     AU          = 100 · sum of asked[window] / sum of step[window]          per rank
 *     throughput  = |window| · batch / sum of step[window]               per rank
 *     sustained   = the same over all steps, from the gate to the end of the
 *                   last one
 *     AU of all   = mean over ranks; throughput of all = sum over ranks
 *
 * A step lasts until the next one begins: load, compute and the wait for the
 * slowest rank at the all-reduce, which is idle time that storage caused.
 * Checkpoints and the end of readers are outside.
 *
 * Where entries of step times hold several steps (`step_entries.ts`), the
 * window begins and ends between two of them, so all sums are exact. Only of
 * a phase that was cut short, steps before the excluded last ones may be left
 * out with them; `windowSteps` says how many counted.
 *
 * `asked` is the compute time that was to be emulated, not the time that was
 * spent: a host that is too busy, or suspended, spends more, and that is waiting.
 *
 * DLIO's `utils/statscounter.py` takes the compute time that was spent, counts
 * its window for each block between checkpoints, and scales throughput up from
 * rank 0. Here time is monotonic, the window is that of the epoch, and ranks
 * are summed.
 */
import type { PhaseRecord, RankRecord } from "./run_record.ts";
import { entriesIn } from "./step_entries.ts";

/** Steps of an epoch that are not counted. */
export interface WindowOptions {
  /** Steps left out at the begin. */
  readonly excludeStartSteps: number;
  /** Steps left out at the end. */
  readonly excludeEndSteps: number;
}

/** AU and throughput of one accelerator; null if its window is empty. */
export interface RankUtilization {
  readonly rank: number;
  readonly host: string;
  readonly windowSteps: number;
  /** Percent. */
  readonly au: number | null;
  readonly samplesPerSecond: number | null;
  /** Seconds that the window's steps waited for their batches. */
  readonly loadSeconds: number;
  /** AU of all steps, percent; null if no time passed. */
  readonly sustainedAu: number | null;
  /** Throughput of all steps; null if no time passed. */
  readonly sustainedSamplesPerSecond: number | null;
}

/** AU and throughput of all accelerators in one phase. */
export interface PhaseUtilization {
  /** Percent, mean over ranks; null if no rank has one. */
  readonly au: number | null;
  /** Sum over ranks; null if no rank has one. */
  readonly samplesPerSecond: number | null;
  /** AU of all steps, percent, mean over ranks; null without steps. */
  readonly sustainedAu: number | null;
  /** Throughput of all steps, sum over ranks; null without steps. */
  readonly sustainedSamplesPerSecond: number | null;
  /** Steps that count, of the rank with the fewest; 0 without ranks. */
  readonly windowSteps: number;
  readonly ranks: readonly RankUtilization[];
  /** The rank that waited longest for its batches; null without ranks. */
  readonly slowest: RankUtilization | null;
}

/**
 * AU and throughput of a phase.
 *
 * @param phase A train or eval phase.
 * @param options The steps that do not count.
 * @returns Per rank and together.
 */
export function phaseUtilization(
  phase: PhaseRecord,
  options: WindowOptions,
): PhaseUtilization {
  const ranks = phase.ranks.map((rank) =>
    rankUtilization(rank, phase.batchSize, options)
  );
  let slowest: RankUtilization | null = null;
  for (const rank of ranks) {
    if (slowest === null || rank.loadSeconds > slowest.loadSeconds) {
      slowest = rank;
    }
  }
  return {
    au: meanOf(ranks.map(({ au }) => au)),
    samplesPerSecond: totalOf(ranks.map((rank) => rank.samplesPerSecond)),
    sustainedAu: meanOf(ranks.map(({ sustainedAu }) => sustainedAu)),
    sustainedSamplesPerSecond: totalOf(
      ranks.map((rank) => rank.sustainedSamplesPerSecond),
    ),
    windowSteps: ranks.length === 0
      ? 0
      : Math.min(...ranks.map(({ windowSteps }) => windowSteps)),
    ranks,
    slowest,
  };
}

/** Sum of what is known; null if nothing is. */
function totalOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, v) => sum + v, 0);
}

/** Mean of what is known; null if nothing is. */
function meanOf(values: readonly (number | null)[]): number | null {
  const count = values.filter((value) => value !== null).length;
  const total = totalOf(values);
  return total === null ? null : total / count;
}

/**
 * AU and throughput of some steps of one accelerator, as DLIO's
 * `{rank}_output.json` states them for each block.
 *
 * @param rank What the accelerator did.
 * @param batchSize Samples per step.
 * @param steps First step and step after the last one.
 * @returns Percent and samples per second; null where no time passed.
 */
export function stepsUtilization(
  rank: RankRecord,
  batchSize: number,
  steps: { readonly from: number; readonly to: number },
): { readonly au: number | null; readonly samplesPerSecond: number | null } {
  const { from, to, stepCount } = entriesIn(rank, steps);
  const stepSeconds = sumOf(rank.stepSeconds, from, to);
  // Nothing to divide by: no step is left, or none of them took any time.
  if (!(stepSeconds > 0)) return { au: null, samplesPerSecond: null };
  const asked = sumOf(rank.computeRequestedSeconds, from, to);
  return {
    au: 100 * asked / stepSeconds,
    samplesPerSecond: stepCount * batchSize / stepSeconds,
  };
}

function rankUtilization(
  rank: RankRecord,
  batchSize: number,
  options: WindowOptions,
): RankUtilization {
  const from = Math.min(options.excludeStartSteps, rank.stepCount);
  const to = Math.max(from, rank.stepCount - options.excludeEndSteps);
  const window = entriesIn(rank, { from, to });
  const all = { from: 0, to: rank.stepCount };
  const sustained = stepsUtilization(rank, batchSize, all);
  return {
    rank: rank.rank,
    host: rank.host,
    windowSteps: window.stepCount,
    ...stepsUtilization(rank, batchSize, { from, to }),
    loadSeconds: sumOf(rank.loadSeconds, window.from, window.to),
    sustainedAu: sustained.au,
    sustainedSamplesPerSecond: sustained.samplesPerSecond,
  };
}

function sumOf(values: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let entry = from; entry < to; entry++) sum += values[entry] ?? 0;
  return sum;
}
