/**
 * How long steps waited for their batches: one pass over all steps fills the
 * histograms and the heat map.
 */
import { HISTOGRAM_SLOTS, recordMs } from "../../metrics/histogram.ts";
import { PHASE_KIND_NAMES, PHASE_KINDS } from "../../metrics/phase_kinds.ts";
import type { PhaseRecord } from "../../metrics/run_record.ts";
import type { NamedHistogram } from "./distributions.ts";
import { HeatMap } from "./heat_map.ts";
import { walkSteps } from "./step_walk.ts";
import { bucketOf, type TimeGrid } from "./time_grid.ts";

/** Fewer values make no heat map. */
const MIN_HEAT_VALUES = 10_000;
const HEAT_COLUMNS = 96;
const MS_PER_SECOND = 1000;

/** What the steps of a run waited. */
export interface LoadTimes {
  readonly histograms: readonly NamedHistogram[];
  /** Null for fewer than 10,000 steps. */
  readonly heat: { readonly map: HeatMap; readonly grid: TimeGrid } | null;
}

/**
 * Adds up the load times of all steps.
 *
 * @param phases The phases of a run.
 */
export function loadTimes(phases: readonly PhaseRecord[]): LoadTimes {
  const stepped = phases.filter(({ kind }) => PHASE_KINDS[kind].hasSteps);
  const steps = stepped.reduce(
    (sum, { ranks }) =>
      ranks.reduce((total, { stepCount }) => total + stepCount, sum),
    0,
  );
  const heat = steps > MIN_HEAT_VALUES ? newHeat(stepped) : null;
  const histograms = PHASE_KIND_NAMES.flatMap((kind) => {
    const own = stepped.filter((phase) => phase.kind === kind);
    if (own.length === 0) return [];
    const counts = new Float64Array(HISTOGRAM_SLOTS);
    for (const phase of own) addPhase(phase, counts, heat);
    return [{
      name: `${PHASE_KINDS[kind].metricTitle}: load per step`,
      counts,
    }];
  });
  return { histograms, heat };
}

function addPhase(
  phase: PhaseRecord,
  counts: Float64Array,
  heat: LoadTimes["heat"],
): void {
  phase.ranks.forEach(({ loadSeconds }, index) => {
    walkSteps(phase, index, (startSeconds, step) => {
      const ms = MS_PER_SECOND * (loadSeconds[step] ?? 0);
      recordMs(counts, ms);
      heat?.map.add(bucketOf(heat.grid, startSeconds), ms);
    });
  });
}

function newHeat(phases: readonly PhaseRecord[]): LoadTimes["heat"] {
  const from = Math.min(...phases.map(({ start }) => start.atSeconds));
  const to = Math.max(
    ...phases.map((phase) => phase.start.atSeconds + phase.durationSeconds),
  );
  const bucketSeconds = Math.max(1e-6, (to - from) / HEAT_COLUMNS);
  return {
    map: new HeatMap(HEAT_COLUMNS),
    grid: { startSeconds: from, bucketSeconds, count: HEAT_COLUMNS },
  };
}
