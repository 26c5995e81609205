/**
 * A workload that only checkpoints, for measuring: one file per rank.
 */
import type { Workload } from "../../lib/config/workload.ts";
import { workloadOf } from "./engine_run.ts";

/** What {@linkcode checkpointWorkload} saves and loads. */
export interface CheckpointRow {
  readonly rankBytes: number;
  /** With O_DIRECT. */
  readonly direct: boolean;
}

/**
 * Saves or loads in `${folder}/ck`.
 *
 * @param options How many checkpoints; further settings.
 */
export function checkpointWorkload(
  folder: string,
  { rankBytes, direct }: CheckpointRow,
  options: {
    readonly writes?: number;
    readonly reads?: number;
    readonly settings?: readonly string[];
  },
): Workload {
  return workloadOf([
    "workflow.train=false",
    "workflow.checkpoint=true",
    `checkpoint.checkpoint_folder=${folder}/ck`,
    "checkpoint.type=all_ranks",
    `checkpoint.num_checkpoints_write=${options.writes ?? 0}`,
    `checkpoint.num_checkpoints_read=${options.reads ?? 0}`,
    // As the plain loop does it.
    "checkpoint.read_threads=1",
    `model.model_size_bytes=${rankBytes}`,
    `reader.odirect=${direct}`,
    // As many as buffers allow, whatever the device: as fio's jobs.
    "reader.io_depth=64",
    ...options.settings ?? [],
  ]);
}
