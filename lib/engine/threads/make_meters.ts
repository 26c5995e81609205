/**
 * Makes the meters of a thread: plain ones, or where the run is traced ones
 * that leave records too.
 */
import { lazyImport } from "../../lazy_import.ts";
import { loadKind } from "../../storage/load_kind.ts";
import type { Region } from "./region.ts";
import type { TraceStart } from "./worker_start.ts";
import { WorkerMeter } from "./meter.ts";

/** A part of threads whose run is traced. */
export const TRACED_METER_URL = import.meta.resolve("./traced_meter.ts");

/** What a thread does, as far as its records differ by it. */
export interface MeteredThread {
  /** Kind of the storage that it uses; null: none. */
  readonly storageKind: string | null;
  /** Whether it has several files in flight where operations overlap. */
  readonly mixesFiles: boolean;
  /**
   * Whether it has several reads or writes of files in flight (io_uring).
   * @default {false}
   */
  readonly hasQueue?: boolean;
  /** Whether its phases are checkpoints. */
  readonly isCheckpointer: boolean;
}

/**
 * Makes the meter of a row.
 *
 * @param rank Global; -1: of no accelerator.
 * @param histogramRow Row that gets the latencies; the same where absent.
 */
export type MakeMeter = (
  row: number,
  rank: number,
  histogramRow?: number,
) => WorkerMeter;

/**
 * Prepares to make the meters of this thread.
 *
 * @param trace Where records go; absent: the run is not traced, and nothing
 *   of tracing is loaded.
 */
export async function makeMeters(
  region: Region,
  trace: TraceStart | undefined,
  thread: MeteredThread,
): Promise<MakeMeter> {
  if (trace === undefined) {
    return (row, _rank, histogramRow = row) =>
      new WorkerMeter(region, row, histogramRow);
  }
  const { ringOf, TracedMeter } = await lazyImport<
    typeof import("./traced_meter.ts")
  >(TRACED_METER_URL);
  const kind = thread.storageKind === null
    ? null
    : await loadKind(thread.storageKind);
  const hasRequests = kind?.isSync === false;
  const overlaps = hasRequests || thread.hasQueue === true;
  const ring = ringOf(trace, { hasRequests, overlaps });
  return (row, rank, histogramRow = row) =>
    new TracedMeter(region, {
      row,
      histogramRow,
      rank,
      ring,
      hasManyFiles: overlaps && thread.mixesFiles,
      isCheckpointer: thread.isCheckpointer,
    });
}
