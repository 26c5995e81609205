/**
 * How long steps waited for their batches: one pass over all steps fills the
 * histograms and the heat map.
 */
import {
  HISTOGRAM_SLOTS,
  mergeHistogram,
  recordMs,
} from "../../metrics/histogram.ts";
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
 * Adds up the load times of all steps. There may be millions: each is counted
 * once, in a histogram of its kind and stretch of time, and these are merged.
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
  const grid = heatGrid(stepped);
  const map = new HeatMap(HEAT_COLUMNS);
  const histograms = PHASE_KIND_NAMES.flatMap((kind) => {
    const own = stepped.filter((phase) => phase.kind === kind);
    if (own.length === 0) return [];
    const columns = Array.from(
      { length: HEAT_COLUMNS },
      () => new Float64Array(HISTOGRAM_SLOTS),
    );
    for (const phase of own) addPhase(phase, columns, grid);
    const counts = new Float64Array(HISTOGRAM_SLOTS);
    columns.forEach((column, index) => {
      mergeHistogram(counts, column);
      map.addHistogram(index, column);
    });
    return [{
      name: `${PHASE_KINDS[kind].metricTitle}: load per step`,
      counts,
    }];
  });
  return { histograms, heat: steps > MIN_HEAT_VALUES ? { map, grid } : null };
}

function addPhase(
  phase: PhaseRecord,
  columns: readonly Float64Array[],
  grid: TimeGrid,
): void {
  phase.ranks.forEach(({ loadSeconds }, index) => {
    walkSteps(phase, index, (startSeconds, step) => {
      const column = columns[bucketOf(grid, startSeconds)] as Float64Array;
      recordMs(column, MS_PER_SECOND * (loadSeconds[step] as number));
    });
  });
}

function heatGrid(phases: readonly PhaseRecord[]): TimeGrid {
  const from = Math.min(...phases.map(({ start }) => start.atSeconds));
  const to = Math.max(
    ...phases.map((phase) => phase.start.atSeconds + phase.durationSeconds),
  );
  const bucketSeconds = Math.max(1e-6, (to - from) / HEAT_COLUMNS);
  return { startSeconds: from, bucketSeconds, count: HEAT_COLUMNS };
}
