/**
 * The folder of a run's copies of shards: made below
 * `reader.shard_cache_folder` when training begins, and removed when it ends.
 */
import { joinPath } from "../../storage/local/local_path.ts";
import type { Workload } from "../../config/workload.ts";
import { toStorageError } from "../../storage/system_error.ts";
import type { RunPlan } from "../plan/run_plan.ts";
import { makeShardTable } from "./shard_table.ts";

/** What the folders are called, with what tells them apart behind it. */
const PREFIX = "stoker-shards-";

/** A plan whose readers copy shards. */
export interface CachedRun extends Disposable {
  readonly plan: RunPlan;
}

/**
 * Makes the folder where the settings ask for one.
 *
 * @param reader The settings.
 * @param plan The plan with the files as they are.
 * @returns The plan with the cache, or as it is; disposing removes copies.
 * @throws {StorageError} If the folder cannot be made.
 */
export function withShardCache(
  { shard_cache_folder, shard_cache_bytes, shard_cache_predownload }:
    Workload["reader"],
  plan: RunPlan,
): CachedRun {
  if (shard_cache_folder === null || !plan.loader.reads) {
    return { plan, [Symbol.dispose]() {} };
  }
  const folder = makeFolder(shard_cache_folder);
  return {
    plan: {
      ...plan,
      shardCache: {
        folder,
        limitBytes: shard_cache_bytes ?? Infinity,
        predownloadSamples: shard_cache_predownload,
        ...makeShardTable(fileCountOf(plan)),
      },
    },
    [Symbol.dispose]: () => removeFolder(folder),
  };
}

function makeFolder(parent: string): string {
  const path = joinPath(Deno.cwd(), parent);
  try {
    Deno.mkdirSync(path, { recursive: true });
    return Deno.makeTempDirSync({ dir: path, prefix: PREFIX });
  } catch (error) {
    throw toStorageError("make folder", path, error);
  }
}

function removeFolder(folder: string): void {
  try {
    Deno.removeSync(folder, { recursive: true });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw toStorageError("remove", folder, error);
  }
}

/** Over training, then evaluation files. */
function fileCountOf({ training }: RunPlan): number {
  const ends = [training.train, training.eval].map((split) =>
    split === null ? 0 : split.firstFileIndex + split.fileCount
  );
  return Math.max(...ends);
}
