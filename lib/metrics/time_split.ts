/**
 * Where the accelerators' time went in a phase of steps, and how much of it
 * the host took for itself.
 *
 *    |<-- load -->|<-- asked -->|<- overrun ->|<-- barrier -->|
 *                 |<-------- compute -------->|
 *    |<------------------------ step ------------------------>| other | ...
 *
 * `other` is what lies between steps: checkpoints and the phase's end. All
 * are sums over steps and ranks, as parts of the time from the gate to the
 * last step's end.
 */
import type { PhaseRecord, RankRecord } from "./run_record.ts";

/** Parts of the accelerators' time, from 0 to 1 each; their sum is 1. */
export interface TimeSplit {
  /** Compute that was asked for. */
  readonly compute: number;
  /** Waiting for batches. */
  readonly load: number;
  /** Waiting for the slowest accelerator. */
  readonly barrier: number;
  /** Compute beyond what was asked for: the host was late. */
  readonly overrun: number;
  readonly other: number;
}

/** The step whose compute took longest beyond what it asked for. */
export interface WorstOverrun {
  readonly rank: number;
  /** From 1. */
  readonly step: number;
  /** From 1. */
  readonly epoch: number;
  readonly excessSeconds: number;
}

/** Seconds of some phases, all steps and ranks together. */
export interface StepTotals {
  readonly askedSeconds: number;
  readonly loadSeconds: number;
  readonly barrierSeconds: number;
  readonly overrunSeconds: number;
  readonly otherSeconds: number;
  /** Null without steps. */
  readonly worst: WorstOverrun | null;
}

/** Adds up the times of some phases. */
export function stepTotals(phases: readonly PhaseRecord[]): StepTotals {
  let askedSeconds = 0;
  let loadSeconds = 0;
  let barrierSeconds = 0;
  let overrunSeconds = 0;
  let otherSeconds = 0;
  let worst: WorstOverrun | null = null;
  for (const { ranks, epoch } of phases) {
    for (const rank of ranks) {
      let stepsSeconds = 0;
      for (let entry = 0; entry < rank.stepSeconds.length; entry++) {
        const load = rank.loadSeconds[entry] ?? 0;
        const compute = rank.computeSeconds[entry] ?? 0;
        const asked = rank.computeRequestedSeconds[entry] ?? 0;
        const seconds = rank.stepSeconds[entry] ?? 0;
        const excessSeconds = Math.max(0, compute - asked);
        stepsSeconds += seconds;
        loadSeconds += load;
        askedSeconds += compute - excessSeconds;
        overrunSeconds += excessSeconds;
        barrierSeconds += Math.max(0, seconds - load - compute);
      }
      otherSeconds += Math.max(0, rank.doneSeconds - stepsSeconds);
      const own = worstOverrun(rank, epoch);
      if (own === null) continue;
      if (worst === null || own.excessSeconds > worst.excessSeconds) {
        worst = own;
      }
    }
  }
  return {
    askedSeconds,
    loadSeconds,
    barrierSeconds,
    overrunSeconds,
    otherSeconds,
    worst,
  };
}

/** Of one rank in one phase; null without steps. */
function worstOverrun(rank: RankRecord, epoch: number): WorstOverrun | null {
  if (rank.stepCount === 0) return null;
  const of = (step: number, excessSeconds: number) => ({
    rank: rank.rank,
    step: step + 1,
    epoch,
    excessSeconds,
  });
  const { stepExtremes } = rank;
  if (stepExtremes !== undefined) {
    return of(stepExtremes.maxOverrunStep, stepExtremes.maxOverrunSeconds);
  }
  let worst = 0;
  let worstSeconds = 0;
  for (let step = 0; step < rank.stepCount; step++) {
    const excessSeconds = (rank.computeSeconds[step] ?? 0) -
      (rank.computeRequestedSeconds[step] ?? 0);
    if (excessSeconds <= worstSeconds) continue;
    worst = step;
    worstSeconds = excessSeconds;
  }
  return of(worst, worstSeconds);
}

/** The parts of a total; null if no time passed. */
export function timeSplit(totals: StepTotals): TimeSplit | null {
  const seconds = totals.askedSeconds + totals.loadSeconds +
    totals.barrierSeconds + totals.overrunSeconds + totals.otherSeconds;
  if (!(seconds > 0)) return null;
  return {
    compute: totals.askedSeconds / seconds,
    load: totals.loadSeconds / seconds,
    barrier: totals.barrierSeconds / seconds,
    overrun: totals.overrunSeconds / seconds,
    other: totals.otherSeconds / seconds,
  };
}

/** Compute beyond what was asked for, percent of it; null if none was. */
export function overrunPercent(totals: StepTotals): number | null {
  return totals.askedSeconds > 0
    ? 100 * totals.overrunSeconds / totals.askedSeconds
    : null;
}
