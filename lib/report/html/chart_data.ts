/**
 * What charts are drawn from: plain data that stands as JSON in the page and
 * is what a live page is sent. The client script (`client/charts.js`) draws
 * it; it derives nothing.
 */
import type { LatencyUs } from "../../metrics/latency.ts";

/** Most points of a line; longer series are reduced to buckets. */
export const MAX_POINTS = 2000;

/** Values of a line; null where nothing was measured. */
export type LineValues = readonly (number | null)[];

/** A line of a chart, one value for each x. */
export interface ChartLine {
  /** "p99", "read". */
  readonly name: string;
  /** Means of the buckets. */
  readonly values: LineValues;
  /** Least and greatest of each bucket; absent where a bucket is one value. */
  readonly low?: LineValues;
  readonly high?: LineValues;
}

/** A stretch of the x axis with a name: a phase. */
export interface ChartBand {
  readonly from: number;
  readonly to: number;
  /** "epoch 1". */
  readonly name: string;
  /** Decides the colour: bands of one kind look alike. */
  readonly kind: string;
}

/** A moment of the x axis. */
export interface ChartMark {
  readonly at: number;
  readonly name: string;
}

/** One chart. */
export interface ChartData {
  /** Of its `<figure data-chart="…">`. */
  readonly id: string;
  /** Of the x axis, with its unit: "seconds since the run began". */
  readonly xName: string;
  readonly isLogX: boolean;
  readonly x: readonly number[];
  /** Of the y axis, with its unit: "MiB/s". */
  readonly yName: string;
  /** Largest value of the y axis; null: that of the lines. */
  readonly yMax: number | null;
  readonly lines: readonly ChartLine[];
  readonly bands: readonly ChartBand[];
  readonly marks: readonly ChartMark[];
  /** A level to reach; null: none. */
  readonly goal: number | null;
  /** Charts of one group share cursor and zoom; null: none. */
  readonly group: string | null;
}

/** Latencies of a distribution, for its table. */
export interface Distribution {
  readonly name: string;
  readonly count: number;
  /** Null if nothing was measured. */
  readonly latencyUs: LatencyUs | null;
}
