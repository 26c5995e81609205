/**
 * The settings of a run that its figures are computed with.
 */
import type { WindowOptions } from "./utilization.ts";

/** What formulas need beside a run's record. */
export interface SummarySettings extends WindowOptions {
  readonly numFilesTrain: number;
  readonly numSamplesPerFile: number;
  /** Nominal bytes of a sample: `dataset.record_length_bytes` as DLIO's. */
  readonly recordBytes: number;
  /** `metric.au`, 0 to 1. */
  readonly auGoal: number;
  /**
   * Batches that the readers of one accelerator may hold: readers times
   * batches ahead. Absent in results that do not tell.
   */
  readonly batchesAhead?: number;
  /** Bytes of one checkpoint, all ranks; null if none is planned. */
  readonly checkpointBytes: number | null;
  /**
   * `checkpoint.scale` of a run with checkpoints: the part of their real
   * length that files have.
   * @default {1}
   */
  readonly checkpointScale?: number;
}
