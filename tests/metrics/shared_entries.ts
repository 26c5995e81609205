/** Phases of single steps as a long run would keep them: for tests. */
import { HISTOGRAM_SLOTS, recordMs } from "../../lib/metrics/histogram.ts";
import type { PhaseRecord, RankRecord } from "../../lib/metrics/run_record.ts";
import {
  entryBounds,
  type StepEntries,
  type StepExtremes,
} from "../../lib/metrics/step_entries.ts";

/** The same phase with several steps in each entry. */
export function withSharedEntries(
  phase: PhaseRecord,
  entries: StepEntries,
): PhaseRecord {
  const bounds = entryBounds(entries);
  const histogram = (pick: (rank: RankRecord) => Float64Array) => {
    const slots = new Float64Array(HISTOGRAM_SLOTS);
    for (const rank of phase.ranks) {
      for (const seconds of pick(rank)) recordMs(slots, 1000 * seconds);
    }
    return slots;
  };
  return {
    ...phase,
    stepEntries: entries,
    stepTimes: {
      load: histogram((rank) => rank.loadSeconds),
      compute: histogram((rank) => rank.computeSeconds),
      step: histogram((rank) => rank.stepSeconds),
      requested: histogram((rank) => rank.computeRequestedSeconds),
    },
    ranks: phase.ranks.map((rank) => ({
      ...rank,
      entryBounds: bounds,
      stepExtremes: extremesOf(rank),
      loadSeconds: sums(rank.loadSeconds, bounds),
      computeSeconds: sums(rank.computeSeconds, bounds),
      stepSeconds: sums(rank.stepSeconds, bounds),
      computeRequestedSeconds: sums(rank.computeRequestedSeconds, bounds),
    })),
  };
}

function sums(times: Float64Array, bounds: Float64Array): Float64Array {
  const all: number[] = [];
  for (let entry = 0; entry < bounds.length - 1; entry++) {
    const part = times.subarray(bounds[entry], bounds[entry + 1]);
    if (part.length > 0) all.push(part.reduce((sum, one) => sum + one, 0));
  }
  return Float64Array.from(all);
}

function extremesOf(rank: RankRecord): StepExtremes {
  const overruns = rank.computeSeconds.map((seconds, step) =>
    Math.max(0, seconds - (rank.computeRequestedSeconds[step] ?? 0))
  );
  const maxOverrunSeconds = Math.max(...overruns);
  return {
    minLoadSeconds: Math.min(...rank.loadSeconds),
    maxLoadSeconds: Math.max(...rank.loadSeconds),
    minComputeSeconds: Math.min(...rank.computeSeconds),
    maxComputeSeconds: Math.max(...rank.computeSeconds),
    minStepSeconds: Math.min(...rank.stepSeconds),
    maxStepSeconds: Math.max(...rank.stepSeconds),
    maxOverrunSeconds,
    maxOverrunStep: overruns.indexOf(maxOverrunSeconds),
  };
}
