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
import { stepsOf } from "../../metrics/step_entries.ts";
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
  /** Null for fewer than 10,000 step times; of long runs with means. */
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
  const values = stepped.reduce(
    (sum, { ranks }) =>
      ranks.reduce((total, rank) => total + rank.stepSeconds.length, sum),
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
    // Of long runs the columns have means; what single steps waited is kept.
    const single = own.flatMap(({ stepTimes }) => stepTimes?.load ?? []);
    if (single.length === own.length) {
      counts.fill(0);
      for (const load of single) mergeHistogram(counts, load);
    }
    return [{
      name: `${PHASE_KINDS[kind].metricTitle}: load per step`,
      counts,
    }];
  });
  return { histograms, heat: values > MIN_HEAT_VALUES ? { map, grid } : null };
}

function addPhase(
  phase: PhaseRecord,
  columns: readonly Float64Array[],
  grid: TimeGrid,
): void {
  phase.ranks.forEach((rank, index) => {
    walkSteps(phase, index, (startSeconds, entry) => {
      const column = columns[bucketOf(grid, startSeconds)] as Float64Array;
      const seconds = rank.loadSeconds[entry] as number;
      recordMs(column, MS_PER_SECOND * seconds / stepsOf(rank, entry));
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
