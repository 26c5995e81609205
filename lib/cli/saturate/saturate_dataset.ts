/**
 * The dataset of a search: generated once where the settings generate it, and
 * the same for all probes.
 */
import { generateDataset } from "../../engine/dataset/generate_dataset.ts";
import { checkRoom } from "../../engine/run/check_room.ts";
import { during } from "../../engine/run/during.ts";
import type { RunHooks } from "../../engine/run/run_hooks.ts";
import type { Workload } from "../../config/workload.ts";
import { onlyDataset, prepareFiles } from "../session/files_session.ts";
import { STOKER_VERSION } from "../version.ts";

/**
 * Generates the dataset, files that are there are kept.
 *
 * @param workload Its settings; nothing is done unless they generate.
 * @param hooks Who shows it, and what ends it.
 * @param onWarning Hears of memory and disks that are nearly full, and of
 *   io_uring that is not to be had.
 * @throws {StokerError} If it could not be generated whole.
 */
export async function provideDataset(
  workload: Workload,
  hooks: RunHooks,
  onWarning: (text: string) => void,
): Promise<void> {
  if (!workload.workflow.generate_data) return;
  await using run = await prepareFiles(
    onlyDataset(workload, { generates: true }),
    hooks,
  );
  if (run.storage.keepsNothing === true) return;
  await during(
    hooks,
    "checking memory and disk space",
    (onMove) => checkRoom(run, { signal: hooks.signal, onWarning, onMove }),
  );
  for (const text of run.warnings.generating) onWarning(text);
  const { error } = await generateDataset(run, hooks, {
    threads: workload.reader.write_threads,
    force: false,
    stokerVersion: STOKER_VERSION,
  });
  if (error !== null) throw error;
}
