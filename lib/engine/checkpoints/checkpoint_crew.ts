/**
 * The threads of a run that save and load checkpoints, and their rows.
 */
import { startThread, storageParts } from "../threads/thread_program.ts";
import { checkpointFiles } from "../../checkpoint/checkpoint_files.ts";
import {
  type CheckpointPlan,
  savedRank,
} from "../../checkpoint/checkpoint_plan.ts";
import { RECORD_FILE } from "../../checkpoint/checkpoint_record.ts";
import type { Cluster } from "../../cluster/cluster.ts";
import { placesOf } from "../../cluster/ranks.ts";
import { PHASE_KINDS } from "../../metrics/phase_kinds.ts";
import type { Member } from "../threads/crew.ts";
import { queueParts } from "./queue_parts.ts";
import { CHECKPOINTER, type CrewRow } from "../run/phase_runner.ts";
import type { Region } from "../threads/region.ts";
import type { CheckpointerStart } from "../threads/worker_start.ts";

/** Threads to start; one may have several rows, one for each rank. */
export interface CheckpointCrew {
  readonly members: readonly Member[];
  /** In the order of the region's rows. */
  readonly rows: readonly CrewRow[];
}

/**
 * Lists the threads that a plan needs in this process, and the rows of their
 * ranks.
 */
export function checkpointCrew(
  plan: CheckpointPlan,
  region: Region,
  cluster: Cluster,
): CheckpointCrew {
  const { shape, buffer } = region;
  const spawn = (furtherParts: readonly string[]) =>
    startThread({
      entry: import.meta.resolve("./checkpointer_worker.ts"),
      parts: [
        ...storageParts(plan.storage),
        ...queueParts(plan),
        ...furtherParts,
      ],
    });
  const members = Array.from({ length: plan.threadCount }, (_, thread) => {
    const start: CheckpointerStart = { shape, buffer, thread, cluster, plan };
    const title = `checkpointer ${thread}`;
    return {
      title,
      role: CHECKPOINTER,
      start,
      spawn,
      hasRankFiles: true,
    } as const;
  });
  const rows: CrewRow[] = [];
  for (let thread = 0; thread < plan.readersPerRank; thread++) {
    for (const { rank, localRank } of placesOf(plan.ranks)) {
      rows.push({
        role: CHECKPOINTER,
        rank,
        localRank,
        thread,
        title: thread === 0
          ? `checkpointer of rank ${rank}`
          : `reader ${thread} of rank ${rank}'s checkpoint`,
        pathOf: (fileIndex, kind) => {
          const { isCheckpoint, direction } = PHASE_KINDS[kind];
          const isLoad = isCheckpoint && direction === "read";
          const fileRank = isLoad ? savedRank(plan, rank) : rank;
          return nameOf(plan, fileRank, fileIndex);
        },
      });
    }
  }
  return { members, rows };
}

function nameOf(
  plan: CheckpointPlan,
  rank: number,
  fileIndex: number,
): string {
  if (fileIndex === RECORD_FILE) return `${plan.folder}/.stoker/\u2026`;
  const file = checkpointFiles(plan.layout, rank)[fileIndex];
  return `${plan.folder}/\u2026/${file?.name ?? fileIndex}`;
}
