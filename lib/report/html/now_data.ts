/**
 * What a live page shows of the phase at hand and nothing else: a chart of
 * the last two minutes, and a row for each accelerator.
 */
import type { RankProgress } from "../../metrics/snapshot.ts";
import type { ChartData } from "./chart_data.ts";

/** Seconds that the chart shows. */
const SHOWN_SECONDS = 120;
/** Accelerators that have a row. */
export const MAX_NOW_RANKS = 64;
const BYTES_PER_MIB = 2 ** 20;

/**
 * The chart of the last two minutes.
 *
 * @param bytesPerSecond Of each of the last seconds, the latest last.
 */
export function nowChart(bytesPerSecond: readonly number[]): ChartData {
  const shown = bytesPerSecond.slice(-SHOWN_SECONDS);
  const unknown = SHOWN_SECONDS - shown.length;
  return {
    id: "now",
    xName: "seconds before now",
    isLogX: false,
    x: Array.from({ length: SHOWN_SECONDS }, (_, at) => at + 1 - SHOWN_SECONDS),
    yName: "MiB/s",
    yMax: null,
    lines: [{
      name: "really moved",
      values: [
        ...Array.from({ length: unknown }, () => null),
        ...shown.map((bytes) => bytes / BYTES_PER_MIB),
      ],
    }],
    bands: [],
    marks: [],
    goal: null,
    group: null,
  };
}

/**
 * Rows of the table `now-ranks`: rank, steps, AU without the first step, share
 * of its time that it waited. The one that waited most is the first.
 *
 * @param ranks The accelerators of this process.
 */
export function nowRanks(ranks: RankProgress): string[][] {
  const rows = [...ranks.stepCounts].map((stepCount, index) => {
    const { requestedMs, stepMs, loadMs, steps, firstRank } = ranks;
    const first = steps[index];
    const of = (values: Float64Array) => values[index] ?? 0;
    const asked = of(requestedMs) - (first?.requestedMs[0] ?? 0);
    const took = of(stepMs) - (first?.stepMs[0] ?? 0);
    return {
      rank: firstRank + index,
      stepCount,
      auPercent: stepCount > 1 && took > 0 ? 100 * asked / took : null,
      waitsPercent: of(stepMs) > 0 ? 100 * of(loadMs) / of(stepMs) : null,
    };
  });
  rows.sort((a, b) =>
    (b.waitsPercent ?? -1) - (a.waitsPercent ?? -1) || a.rank - b.rank
  );
  const text = (percent: number | null) => percent?.toFixed(1) ?? "n/a";
  return rows.slice(0, MAX_NOW_RANKS).map((row) => [
    String(row.rank),
    String(row.stepCount),
    text(row.auPercent),
    text(row.waitsPercent),
  ]);
}
