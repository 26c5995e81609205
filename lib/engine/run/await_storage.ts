/**
 * Waits until the storages of a run answer, before the main thread itself
 * looks at their files: such a call cannot be ended.
 */
import { awaitAnswer } from "../../host/answering.ts";
import { during } from "./during.ts";
import type { WaitHooks } from "./wait.ts";
import type { StoragePlace } from "./storage_place.ts";

/**
 * Waits for each place on this host's file systems.
 *
 * @throws {WorkerError} If one does not answer within the stall time-out.
 * @throws {StokerError} The signal's reason, if it was aborted.
 */
export async function awaitStorage(
  hooks: WaitHooks,
  places: readonly StoragePlace[],
): Promise<void> {
  for (const { storage, folder } of places) {
    const path = storage.hostPath?.(folder);
    if (path === undefined) continue;
    await during(
      hooks,
      `waiting for the storage of "${path}" to answer`,
      () => awaitAnswer(path),
    );
  }
}
