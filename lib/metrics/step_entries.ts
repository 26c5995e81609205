/**
 * How step times of a long run are kept: sums over several steps each.
 *
 *    steps     0 | 1  2  3  4 | 5  6  7  8 | 9 10 |11 12 13 14 | 15
 *    entries   0 |      1     |      2     |  3   |      4     | 5
 *              edge           |      stepsPerEntry = 4         | edge
 *                             edge at 11: an entry ends early
 *
 * A run keeps {@linkcode STEP_TIMES_MAX} entries, over all accelerators and
 * phases. If it has no more steps than that, each step has an entry of its
 * own. Sums stay exact, since an entry is never cut: it ends where the steps
 * that count begin and end, and at each checkpoint between steps.
 *
 * How the times of single steps are spread is in histograms of the phase
 * ({@linkcode PhaseStepTimes}), the least and greatest in those of each rank.
 */
/** Entries of step times that a run keeps, over all ranks and phases. */
export const STEP_TIMES_MAX = 250_000;

/** Which steps share an entry. */
export interface StepEntries {
  /** >= 2. */
  readonly stepsPerEntry: number;
  /** Steps at which an entry begins anyhow: 0, ..., and the planned steps. */
  readonly edges: readonly number[];
}

/**
 * Every single step's times, where entries hold several steps: histograms,
 * see `histogram.ts`.
 */
export interface PhaseStepTimes {
  readonly load: Float64Array;
  readonly compute: Float64Array;
  readonly step: Float64Array;
  readonly requested: Float64Array;
}

/** Least and greatest time of a rank's steps, seconds. */
export interface StepExtremes {
  readonly minLoadSeconds: number;
  readonly maxLoadSeconds: number;
  readonly minComputeSeconds: number;
  readonly maxComputeSeconds: number;
  readonly minStepSeconds: number;
  readonly maxStepSeconds: number;
  /** Most that compute took beyond what was asked for, and its step. */
  readonly maxOverrunSeconds: number;
  /** Index in the phase, from 0. */
  readonly maxOverrunStep: number;
}

/**
 * Steps of each entry of a run.
 *
 * @param stepTotal Steps of all accelerators and phases.
 * @returns 1 where every step has its own.
 */
export function stepsPerEntryOf(stepTotal: number): number {
  return Math.max(1, Math.ceil(stepTotal / STEP_TIMES_MAX));
}

/**
 * Plans the entries of a phase.
 *
 * @param stepCount Steps of each accelerator.
 * @param stepsPerEntry See {@linkcode stepsPerEntryOf}.
 * @param edges Steps at which an entry has to begin.
 * @returns Null: each step has its own.
 */
export function planStepEntries(
  stepCount: number,
  stepsPerEntry: number,
  edges: Iterable<number>,
): StepEntries | null {
  if (stepsPerEntry === 1 || stepCount < 2) return null;
  const inside = new Set([0, stepCount]);
  for (const edge of edges) {
    if (edge > 0 && edge < stepCount) inside.add(edge);
  }
  return { stepsPerEntry, edges: [...inside].sort((a, b) => a - b) };
}

/**
 * First steps of all entries, then the planned steps.
 *
 * @param entries Which steps share an entry.
 */
export function entryBounds(
  { edges, stepsPerEntry }: StepEntries,
): Float64Array {
  const bounds = new Float64Array(entryCountOf({ edges, stepsPerEntry }) + 1);
  let count = 0;
  for (let index = 1; index < edges.length; index++) {
    const end = edges[index] ?? 0;
    for (let step = edges[index - 1] ?? 0; step < end; step += stepsPerEntry) {
      bounds[count++] = step;
    }
  }
  bounds[count] = edges.at(-1) ?? 0;
  return bounds;
}

/** Entries of a phase that is run to its end. */
export function entryCountOf({ edges, stepsPerEntry }: StepEntries): number {
  let count = 0;
  for (let index = 1; index < edges.length; index++) {
    const steps = (edges[index] ?? 0) - (edges[index - 1] ?? 0);
    count += Math.ceil(steps / stepsPerEntry);
  }
  return count;
}

/** The part of a rank's record that tells its entries. */
interface Entries {
  readonly stepCount: number;
  /** First steps of all entries; absent: each step has its own. */
  readonly entryBounds?: Float64Array;
}

/** First step of an entry. */
export function firstStepOf({ entryBounds }: Entries, entry: number): number {
  return entryBounds === undefined ? entry : entryBounds[entry] ?? 0;
}

/** Steps of an entry that were done. */
export function stepsOf(rank: Entries, entry: number): number {
  if (rank.entryBounds === undefined) return 1;
  const end = rank.entryBounds[entry + 1] ?? 0;
  return Math.min(end, rank.stepCount) - firstStepOf(rank, entry);
}

/** Some whole entries, and the steps that they hold. */
export interface EntryRange {
  readonly from: number;
  readonly to: number;
  readonly stepCount: number;
}

/**
 * The entries that lie in a range of steps. Where an end of the range is no
 * edge, as may be in a phase that was cut short, steps beside it are left out.
 *
 * @param steps First step and step after the last one; clipped to the steps
 *   that were done.
 */
export function entriesIn(
  rank: Entries,
  steps: { readonly from: number; readonly to: number },
): EntryRange {
  const fromStep = Math.max(0, steps.from);
  const toStep = Math.max(fromStep, Math.min(steps.to, rank.stepCount));
  const bounds = rank.entryBounds;
  if (bounds === undefined) {
    return { from: fromStep, to: toStep, stepCount: toStep - fromStep };
  }
  const from = firstAtOrAfter(bounds, fromStep);
  let to = firstAtOrAfter(bounds, toStep);
  // The last entry of a phase that was cut short is whole as far as it goes.
  const isCut = (bounds[to] ?? 0) > toStep && toStep < rank.stepCount;
  if (isCut) to--;
  if (to <= from) return { from, to: from, stepCount: 0 };
  const end = Math.min(bounds[to] ?? toStep, rank.stepCount);
  return { from, to, stepCount: end - (bounds[from] ?? 0) };
}

/**
 * Step times as means over the steps of an entry.
 *
 * @param times Such as `rank.loadSeconds`.
 * @returns A view of them where each step has an entry.
 */
export function stepMeans(
  rank: Entries,
  times: Float64Array,
  { from, to }: EntryRange,
): Float64Array {
  const sums = times.subarray(from, to);
  if (rank.entryBounds === undefined) return sums;
  return sums.map((sum, index) => sum / stepsOf(rank, from + index));
}

/** Index of the first bound that is not below a step. */
function firstAtOrAfter(bounds: Float64Array, step: number): number {
  let low = 0;
  let high = bounds.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((bounds[middle] ?? 0) < step) low = middle + 1;
    else high = middle;
  }
  return low;
}
