/**
 * Accelerator utilization (AU) and throughput of a phase of steps.
 *
 *     window      = steps [excludeStart, steps - excludeEnd) of the epoch
 *     AU          = 100 · Σ compute[window] / Σ step[window]        per rank
 *     throughput  = |window| · batch / Σ step[window]               per rank
 *     AU of all   = mean over ranks; throughput of all = sum over ranks
 *
 * A step lasts until the next one begins: load, compute and the wait for the
 * slowest rank at the all-reduce, which is idle time that storage caused.
 * Checkpoints and the end of readers are outside.
 *
 * The formulas are those of DLIO's `utils/statscounter.py` with four
 * differences: the window is that of the epoch, not of each block; time is
 * monotonic and ends with the last step; throughput is the sum over ranks, not
 * rank 0's times their number; evaluation follows the same formulas.
 */
import type { PhaseRecord, RankRecord } from "./run_record.ts";

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
}

/** AU and throughput of all accelerators in one phase. */
export interface PhaseUtilization {
  /** Percent, mean over ranks; null if no rank has one. */
  readonly au: number | null;
  /** Sum over ranks; null if no rank has one. */
  readonly samplesPerSecond: number | null;
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
  const measured = ranks.filter((rank) => rank.au !== null);
  let slowest: RankUtilization | null = null;
  let auSum = 0;
  let samplesPerSecond = 0;
  for (const rank of ranks) {
    if (slowest === null || rank.loadSeconds > slowest.loadSeconds) {
      slowest = rank;
    }
    auSum += rank.au ?? 0;
    samplesPerSecond += rank.samplesPerSecond ?? 0;
  }
  const isEmpty = measured.length === 0;
  return {
    au: isEmpty ? null : auSum / measured.length,
    samplesPerSecond: isEmpty ? null : samplesPerSecond,
    ranks,
    slowest,
  };
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
  const stepSeconds = sumOf(rank.stepSeconds, steps.from, steps.to);
  // Nothing to divide by: no step is left, or none of them took any time.
  if (!(stepSeconds > 0)) return { au: null, samplesPerSecond: null };
  const computeSeconds = sumOf(rank.computeSeconds, steps.from, steps.to);
  return {
    au: 100 * computeSeconds / stepSeconds,
    samplesPerSecond: (steps.to - steps.from) * batchSize / stepSeconds,
  };
}

function rankUtilization(
  rank: RankRecord,
  batchSize: number,
  options: WindowOptions,
): RankUtilization {
  const from = Math.min(options.excludeStartSteps, rank.stepCount);
  const to = Math.max(from, rank.stepCount - options.excludeEndSteps);
  return {
    rank: rank.rank,
    host: rank.host,
    windowSteps: to - from,
    ...stepsUtilization(rank, batchSize, { from, to }),
    loadSeconds: sumOf(rank.loadSeconds, from, to),
  };
}

function sumOf(values: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let step = from; step < to; step++) sum += values[step] ?? 0;
  return sum;
}
