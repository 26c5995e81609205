/**
 * The charts over time, all on one axis: what was really moved, AU, latency,
 * the device and the processors. From the series per second where a phase has
 * one; a phase that is shorter, or of an older folder, shows its steps and
 * its mean throughput.
 */
import { PHASE_KINDS } from "../../metrics/phase_kinds.ts";
import { entrySeconds } from "../../metrics/phase_series.ts";
import type { PhaseSeries } from "../../metrics/phase_series.ts";
import type { PhaseRecord } from "../../metrics/run_record.ts";
import { stepsOf } from "../../metrics/step_entries.ts";
import type { ChartBand, ChartData, ChartMark } from "./chart_data.ts";
import { inTime, phaseName } from "./page_run.ts";
import type { PageRun } from "./page_run.ts";
import { walkSteps } from "./step_walk.ts";
import {
  bucketOf,
  BucketSum,
  GridLine,
  gridTimes,
  type TimeGrid,
  timeGrid,
} from "./time_grid.ts";

const BYTES_PER_MIB = 2 ** 20;
const MS_PER_SECOND = 1000;
/** Charts of this group share cursor and zoom. */
const TIME_GROUP = "time";
const X_NAME = "seconds since the run began";

/** Every line that the charts may have. */
interface Lines {
  readonly throughput: GridLine;
  readonly au: GridLine;
  readonly p50: GridLine;
  readonly p99: GridLine;
  readonly max: GridLine;
  readonly load: GridLine;
  readonly deviceRead: GridLine;
  readonly deviceWrite: GridLine;
  readonly deviceBusy: GridLine;
  readonly hostCpu: GridLine;
  readonly network: GridLine;
}

/** The charts, and how they were reduced. */
export interface OverTime {
  readonly charts: readonly ChartData[];
  readonly grid: TimeGrid;
  /** Whether a point is more than one value. */
  readonly isReduced: boolean;
  /** Phases of which there is no series per second. */
  readonly phasesWithoutSeries: number;
}

/**
 * The charts of a run.
 *
 * @param run The run.
 * @returns Null if it has no phase.
 */
export function overTime({ record, context }: PageRun): OverTime | null {
  const phases = inTime(record.phases);
  const [first] = phases;
  if (first === undefined) return null;
  const to = Math.max(...phases.map((phase) => endSeconds(phase)));
  const intervals = phases.flatMap(({ series }) =>
    series === undefined ? [] : [series.intervalSeconds]
  );
  const grid = timeGrid(
    { from: first.start.atSeconds, to },
    intervals.length === 0 ? null : Math.max(...intervals),
  );
  const lines = newLines(grid);
  for (const phase of phases) {
    if (phase.series === undefined) addMean(lines, phase, grid);
    else addSeries(lines, phase, phase.series);
    phase.ranks.forEach((_, index) => addSteps(lines, phase, index, grid));
  }
  return {
    charts: chartsOf(lines, {
      x: gridTimes(grid),
      bands: phases.map(bandOf),
      marks: phases.flatMap(marksOf),
      goal: 100 * context.auGoal,
    }),
    grid,
    isReduced: Object.values(lines).some((line: GridLine) => line.isReduced),
    phasesWithoutSeries: phases.length - intervals.length,
  };
}

function endSeconds(phase: PhaseRecord): number {
  return phase.start.atSeconds + phase.durationSeconds;
}

function newLines(grid: TimeGrid): Lines {
  const line = () => new GridLine(grid);
  return {
    throughput: line(),
    au: line(),
    p50: line(),
    p99: line(),
    max: line(),
    load: line(),
    deviceRead: line(),
    deviceWrite: line(),
    deviceBusy: line(),
    hostCpu: line(),
    network: line(),
  };
}

function addSeries(
  lines: Lines,
  phase: PhaseRecord,
  series: PhaseSeries,
): void {
  const { hasSteps } = PHASE_KINDS[phase.kind];
  const { bytes, intervalSeconds } = series;
  for (let entry = 0; entry < bytes.length; entry++) {
    const seconds = entrySeconds(series, entry, phase.durationSeconds);
    if (!(seconds > 0)) continue;
    const at = phase.start.atSeconds + entry * intervalSeconds + seconds / 2;
    const rate = (values: Float64Array) =>
      (values[entry] ?? NaN) / BYTES_PER_MIB / seconds;
    const add = (line: GridLine, value: number | undefined) =>
      line.add(at, value ?? NaN, seconds);
    add(lines.throughput, rate(bytes));
    if (hasSteps) add(lines.au, series.auPercent[entry]);
    add(lines.p50, series.latencyP50Ms[entry]);
    add(lines.p99, series.latencyP99Ms[entry]);
    add(lines.max, series.latencyMaxMs[entry]);
    add(lines.deviceRead, rate(series.deviceReadBytes));
    add(lines.deviceWrite, rate(series.deviceWriteBytes));
    add(lines.network, rate(series.networkBytes));
    add(lines.deviceBusy, 100 * (series.deviceBusyFraction[entry] ?? NaN));
    add(lines.hostCpu, 100 * (series.hostCpuBusyFraction[entry] ?? NaN));
  }
}

/** Of a phase without a series: its mean throughput. */
function addMean(lines: Lines, phase: PhaseRecord, grid: TimeGrid): void {
  const seconds = phase.durationSeconds;
  if (!(seconds > 0)) return;
  const bytes = phase.workers.reduce((sum, worker) => sum + worker.bytes, 0);
  const rate = bytes / BYTES_PER_MIB / seconds;
  const stretch = grid.bucketSeconds;
  for (let from = 0; from < seconds; from += stretch) {
    const length = Math.min(stretch, seconds - from);
    lines.throughput.add(
      phase.start.atSeconds + from + length / 2,
      rate,
      length,
    );
  }
}

/**
 * The steps of a rank: their load, and AU where no series has it. There may
 * be millions: what falls into one bucket is added up first, and goes into the
 * lines once. An entry of several steps shows their mean.
 */
function addSteps(
  { au, load }: Lines,
  phase: PhaseRecord,
  rankIndex: number,
  grid: TimeGrid,
): void {
  const rank = phase.ranks[rankIndex];
  if (rank === undefined) return;
  const { computeRequestedSeconds, stepSeconds, loadSeconds } = rank;
  const hasSeries = phase.series !== undefined;
  const auSum = new BucketSum(au);
  const loadSum = new BucketSum(load);
  const stretch = grid.bucketSeconds;
  walkSteps(phase, rankIndex, (startSeconds, entry) => {
    const length = stepSeconds[entry] as number;
    const percent = 100 * (computeRequestedSeconds[entry] as number) / length;
    const ms = MS_PER_SECOND * (loadSeconds[entry] as number) /
      stepsOf(rank, entry);
    // A step that lasts longer than a bucket is in all that it touches.
    let at = startSeconds;
    do {
      const part = Math.min(stretch, startSeconds + length - at);
      const bucket = bucketOf(grid, at + part / 2);
      if (!hasSeries) auSum.add(bucket, percent, part);
      loadSum.add(bucket, ms, part);
      at += stretch;
    } while (at < startSeconds + length);
  });
  auSum.flush();
  loadSum.flush();
}

/** What all charts have in common. */
type Frame =
  & Pick<ChartData, "x" | "bands" | "marks">
  & { readonly goal: number };

function chartsOf(lines: Lines, { goal, ...frame }: Frame): ChartData[] {
  const chart = (
    id: string,
    yName: string,
    named: readonly (readonly [string, GridLine])[],
    facts: Partial<ChartData> = {},
  ): ChartData[] => {
    const all = named.flatMap(([name, line]) => line.line(name) ?? []);
    return all.length === 0 ? [] : [{
      id,
      xName: X_NAME,
      isLogX: false,
      yName,
      yMax: null,
      lines: all,
      goal: null,
      group: TIME_GROUP,
      ...frame,
      ...facts,
    }];
  };
  return [
    ...chart("throughput", "MiB/s", [["really moved", lines.throughput]]),
    ...chart("au", "%", [["AU", lines.au]], { goal, yMax: 100 }),
    ...chart("latency", "ms", [
      ["p50", lines.p50],
      ["p99", lines.p99],
      ["max", lines.max],
    ]),
    ...chart("load", "ms", [["load", lines.load]]),
    ...chart("device", "MiB/s", [
      ["read from device", lines.deviceRead],
      ["written to device", lines.deviceWrite],
      ["network", lines.network],
    ]),
    ...chart("busy", "%", [
      ["device busy", lines.deviceBusy],
      ["processors busy", lines.hostCpu],
    ], { yMax: 100 }),
  ];
}

function bandOf(phase: PhaseRecord): ChartBand {
  return {
    from: phase.start.atSeconds,
    to: endSeconds(phase),
    name: phaseName(phase),
    kind: phase.kind,
  };
}

/** Checkpoints, cache drops, and phases that were cut short. */
function marksOf(phase: PhaseRecord): ChartMark[] {
  const { start, hosts, complete, kind } = phase;
  const marks: ChartMark[] = [];
  if (PHASE_KINDS[kind].isCheckpoint) {
    marks.push({ at: start.atSeconds, name: phaseName(phase) });
  }
  if (hosts.some(({ cacheDrop }) => cacheDrop !== undefined)) {
    marks.push({ at: start.atSeconds, name: "page cache dropped" });
  }
  if (!complete) {
    marks.push({ at: endSeconds(phase), name: "cut short" });
  }
  return marks;
}
