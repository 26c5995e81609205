/**
 * Asks what file systems have left, for people who plan: `--dry-run` and
 * `datasize`.
 */
import type { DiskNeed } from "../../engine/plan/disk_needs.ts";
import { onFileThread } from "../../engine/files/file_thread.ts";
import type { WaitHooks } from "../../engine/run/wait.ts";
import { freeSpaces, type SpaceOf } from "../../engine/run/room_check.ts";

/**
 * What is left where something is to be written.
 *
 * @param needs Without any, nothing is asked.
 * @param hooks Who shows the wait, and what ends it.
 * @throws {WorkerError} If a storage does not answer within the stall
 *   time-out.
 */
export async function askSpaces(
  needs: readonly DiskNeed[],
  hooks: WaitHooks,
): Promise<SpaceOf> {
  if (needs.length === 0) return () => null;
  const folders = needs.map(({ hostFolder }) => `"${hostFolder}"`).join(", ");
  return await onFileThread(
    hooks,
    `asking what is free at ${folders}`,
    (files) => freeSpaces(needs, (folder) => files.call("freeSpace", folder)),
  );
}
