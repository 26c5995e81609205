/**
 * Why steps took longer than their compute: the time of each step as the
 * rank that ended it last saw it.
 *
 *    rank 0   |load |  compute  |·····barrier·····|
 *    rank 1   |----- load ------|  compute  |over-|      last: it decides
 *             |<----------------- step ---------------->|
 *
 *    lost     = step - compute asked for, mean of all ranks
 *    load     = the last rank's wait for its batch
 *    overrun  = the last rank's compute beyond what it asked for
 *    barrier  = the rest: the last rank was asked to compute longer than the
 *               others, or the wait for each other took time of its own
 *
 * A wait at the barrier has a cause elsewhere, so it is the last rank that is
 * asked. Where one and the same rank makes the others wait, what it was
 * slower than them belongs to the barrier: see {@linkcode SlowRank}.
 *
 * Where entries of step times hold several steps, the last rank is that of
 * each entry, not of each step.
 *
 * A storage that serves one after another makes the same rank last again and
 * again, and yet nothing is wrong with it. Then all ranks have calls under way
 * all the time. If one is slow, the others' readers are ahead and idle: their
 * time in calls is much less.
 */
import type { PhaseRecord, RankRecord } from "../run_record.ts";
import { stepsOf } from "../step_entries.ts";

/** From this part of the lost time on, one rank is said to be the cause. */
const SLOW_RANK_PART = 0.5;

/** Time in calls of a slow rank, against the mean of the others. */
const SLOW_CALLS_RATIO = 1.5;

/** A rank that the others waited for, again and again. */
export interface SlowRank {
  readonly rank: number;
  /** Part of the lost time that the others did not need, 0 to 1. */
  readonly part: number;
  /** Mean time of a step before its barrier, and that of the other ranks. */
  readonly stepSeconds: number;
  readonly othersStepSeconds: number;
}

/** What was lost, in parts whose sum is 1; all 0 if nothing was. */
export interface LostTime {
  /** Seconds that steps took beyond their compute, sum over the steps. */
  readonly seconds: number;
  readonly load: number;
  readonly overrun: number;
  readonly barrier: number;
  /** Null with a single rank, or if no rank stands out. */
  readonly slowRank: SlowRank | null;
}

/** Sums in seconds. */
interface Sums {
  load: number;
  overrun: number;
  barrier: number;
  steps: number;
  /** By rank's index: what it was slower than the mean of the others. */
  readonly excess: Float64Array;
  /** By rank's index: load and compute, load alone. */
  readonly work: Float64Array;
  readonly loads: Float64Array;
}

/**
 * Takes the lost time of some phases apart.
 *
 * @param phases Phases of one kind, with the same ranks.
 */
export function lostTime(phases: readonly PhaseRecord[]): LostTime {
  const rankCount = Math.max(0, ...phases.map(({ ranks }) => ranks.length));
  const sums: Sums = {
    load: 0,
    overrun: 0,
    barrier: 0,
    steps: 0,
    excess: new Float64Array(rankCount),
    work: new Float64Array(rankCount),
    loads: new Float64Array(rankCount),
  };
  for (const { ranks } of phases) addPhase(ranks, sums);
  const seconds = sums.load + sums.overrun + sums.barrier;
  if (!(seconds > 0)) {
    return { seconds: 0, load: 0, overrun: 0, barrier: 0, slowRank: null };
  }
  return {
    seconds,
    load: sums.load / seconds,
    overrun: sums.overrun / seconds,
    barrier: sums.barrier / seconds,
    slowRank: slowRankOf(phases, sums, seconds),
  };
}

function addPhase(ranks: readonly RankRecord[], sums: Sums): void {
  const count = ranks.length;
  if (count === 0) return;
  const entryCount = Math.min(...ranks.map((rank) => rank.stepSeconds.length));
  for (let entry = 0; entry < entryCount; entry++) {
    let asked = 0;
    let seconds = 0;
    let work = 0;
    let last = 0;
    let lastWork = -1;
    for (let index = 0; index < count; index++) {
      const rank = ranks[index]!;
      const load = rank.loadSeconds[entry] ?? 0;
      const own = load + (rank.computeSeconds[entry] ?? 0);
      sums.loads[index] = (sums.loads[index] ?? 0) + load;
      asked += rank.computeRequestedSeconds[entry] ?? 0;
      seconds += rank.stepSeconds[entry] ?? 0;
      work += own;
      sums.work[index] = (sums.work[index] ?? 0) + own;
      if (own > lastWork) {
        lastWork = own;
        last = index;
      }
    }
    const rank = ranks[last]!;
    const load = rank.loadSeconds[entry] ?? 0;
    const overrun = Math.max(
      0,
      (rank.computeSeconds[entry] ?? 0) -
        (rank.computeRequestedSeconds[entry] ?? 0),
    );
    sums.load += load;
    sums.overrun += overrun;
    sums.barrier += Math.max(0, (seconds - asked) / count - load - overrun);
    sums.steps += stepsOf(rank, entry);
    if (count === 1) continue;
    const others = (work - lastWork) / (count - 1);
    sums.excess[last] = (sums.excess[last] ?? 0) + lastWork - others;
  }
}

function slowRankOf(
  phases: readonly PhaseRecord[],
  { excess, work, loads, steps }: Sums,
  lostSeconds: number,
): SlowRank | null {
  let slowest = 0;
  for (let index = 1; index < excess.length; index++) {
    if ((excess[index] ?? 0) > (excess[slowest] ?? 0)) slowest = index;
  }
  const rank = phases[0]?.ranks[slowest]?.rank;
  const part = Math.min(1, (excess[slowest] ?? 0) / lostSeconds);
  if (excess.length < 2 || rank === undefined || part <= SLOW_RANK_PART) {
    return null;
  }
  const whole = againstOthers(work, slowest);
  const load = againstOthers(loads, slowest);
  const isLoad = load.own - load.others > (whole.own - whole.others) / 2;
  if (isLoad && !hasSlowCalls(phases, rank)) return null;
  return {
    rank,
    part,
    stepSeconds: whole.own / steps,
    othersStepSeconds: whole.others / steps,
  };
}

/** One value, and the mean of the others. */
function againstOthers(values: Float64Array, index: number) {
  const own = values[index] ?? 0;
  const all = values.reduce((sum, value) => sum + value, 0);
  return { own, others: (all - own) / (values.length - 1) };
}

/** Where nobody tells the time in calls, it is believed. */
function hasSlowCalls(phases: readonly PhaseRecord[], rank: number): boolean {
  let own = 0;
  let all = 0;
  const ranks = new Set<number>();
  for (const worker of phases.flatMap(({ workers }) => workers)) {
    if (worker.ioSeconds === undefined) continue;
    ranks.add(worker.rank);
    all += worker.ioSeconds;
    if (worker.rank === rank) own += worker.ioSeconds;
  }
  if (ranks.size < 2) return true;
  const others = (all - own) / (ranks.size - 1);
  return own >= SLOW_CALLS_RATIO * others;
}
