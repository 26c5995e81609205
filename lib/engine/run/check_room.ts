/**
 * Refuses a run that cannot fit before it begins: its threads and memory
 * against this host and its control groups, its files against what file
 * systems have left.
 */
import type { Awaitable } from "../../bytes/awaitable.ts";
import { ConfigError } from "../../errors.ts";
import type { FreeSpace } from "../../host/free_space.ts";
import { type HostRoom, readHostRoom } from "../../host/host_room.ts";
import { forEachFile } from "../../storage/lanes.ts";
import type { Storage } from "../../storage/storage.ts";
import { hostCallsOf } from "../files/threaded_storage.ts";
import { DatasetFiles } from "../plan/dataset_files.ts";
import { asGenerated } from "../plan/describe_dataset.ts";
import type { DiskNeed } from "../plan/disk_needs.ts";
import { diskNeedsOf, hostNeedsOf } from "../plan/run_needs.ts";
import { fileCountOf } from "../plan/visit_plan.ts";
import { throwIfAborted } from "./abort_error.ts";
import type { PreparedRun } from "./prepare_run.ts";
import { diskProblems, freeSpaces, hostShortages } from "./room_check.ts";

/** What is asked beside the run; a test gives its own. */
export interface CheckRoomOptions {
  /** Aborting ends the look at what is there. */
  readonly signal: AbortSignal;
  readonly onWarning: (text: string) => void;
  /** Called for each file that was looked up. */
  readonly onMove?: () => void;
  /** @default {readHostRoom} */
  readonly hostRoom?: () => HostRoom;
  /** @default {what its file system says} */
  readonly freeSpace?: (folder: string) => Awaitable<FreeSpace | null>;
}

/**
 * Checks that a run fits.
 *
 * @param run What is about to begin.
 * @throws {ConfigError} With everything that does not fit.
 */
export async function checkRoom(
  run: PreparedRun,
  options: CheckRoomOptions,
): Promise<void> {
  const {
    hostRoom = readHostRoom,
    freeSpace = hostCallsOf(placeStorage(run)).freeSpace,
  } = options;
  const described = { ...run, checkpointPlan: run.checkpoints?.plan ?? null };
  const { problems, warnings } = hostShortages(
    hostNeedsOf(described),
    hostRoom(),
  );
  for (const warning of warnings) options.onWarning(warning);
  let needs = diskNeedsOf(described);
  // Files that are there already need no room; they are counted only where
  // that decides.
  const spaceOf = await freeSpaces(needs, freeSpace);
  if (diskProblems(needs, spaceOf).length > 0) {
    needs = await withoutWhatIsThere(needs, run, options);
  }
  const all = [...problems, ...diskProblems(needs, spaceOf)];
  if (all.length > 0) throw new ConfigError(all);
}

/** One with files on this host, if there is one. */
function placeStorage({ storage, checkpoints }: PreparedRun): Storage {
  return storage.hostPath === undefined && checkpoints !== null
    ? checkpoints.storage
    : storage;
}

async function withoutWhatIsThere(
  needs: readonly DiskNeed[],
  { storage, format, dataset: asked }: PreparedRun,
  { signal, onMove }: CheckRoomOptions,
): Promise<DiskNeed[]> {
  // Counted only where it is to be generated.
  const { dataset, splits } = asGenerated(asked);
  const files = new DatasetFiles(dataset, splits, format);
  let bytes = 0;
  let count = 0;
  await forEachFile(storage, fileCountOf(splits), async (fileIndex) => {
    throwIfAborted(signal);
    const fileBytes = await storage.sizeOf(files.path(fileIndex));
    onMove?.();
    if (fileBytes === null) return;
    bytes += fileBytes;
    count += 1;
  });
  return needs.map((need) =>
    need.what === "the dataset"
      ? {
        ...need,
        bytes: Math.max(0, need.bytes - bytes),
        files: Math.max(0, need.files - count),
      }
      : need
  );
}
