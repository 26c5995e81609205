/**
 * The folder of a run's copies of shards: made below
 * `reader.shard_cache_folder` when training begins, and removed when it ends.
 */
import { joinPath } from "../../storage/local/local_path.ts";
import type { Workload } from "../../config/workload.ts";
import { toStorageError } from "../../storage/system_error.ts";
import type { RunPlan } from "../plan/run_plan.ts";
import { during } from "../run/during.ts";
import type { WaitHooks } from "../run/wait.ts";
import { inTime } from "../run/in_time.ts";
import { makeShardTable } from "./shard_table.ts";

/** What the folders are called, with what tells them apart behind it. */
const PREFIX = "stoker-shards-";

/** Nobody waits longer than this for copies to be removed. */
const REMOVAL_MS_MAX = 60_000;

/** A plan whose readers copy shards. */
export interface CachedRun extends AsyncDisposable {
  readonly plan: RunPlan;
}

/**
 * Makes the folder where the settings ask for one.
 *
 * @param reader The settings.
 * @param plan The plan with the files as they are.
 * @param hooks Who shows a wait for the folder's storage, and what ends it.
 * @returns The plan with the cache, or as it is; disposing removes copies.
 * @throws {StorageError} If the folder cannot be made.
 */
export async function withShardCache(
  { shard_cache_folder, shard_cache_bytes, shard_cache_predownload }:
    Workload["reader"],
  plan: RunPlan,
  hooks: WaitHooks,
): Promise<CachedRun> {
  if (shard_cache_folder === null || !plan.loader.reads) {
    return { plan, async [Symbol.asyncDispose]() {} };
  }
  const folder = await during(
    hooks,
    `making a folder for copies of shards in ${shard_cache_folder}`,
    () => makeFolder(shard_cache_folder),
  );
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
    // What does not answer is left: the run is over.
    async [Symbol.asyncDispose]() {
      const waitMs = Math.min(hooks.stallTimeoutMs, REMOVAL_MS_MAX);
      await inTime(() => removeFolder(folder), () => waitMs);
    },
  };
}

async function makeFolder(parent: string): Promise<string> {
  const path = joinPath(Deno.cwd(), parent);
  try {
    await Deno.mkdir(path, { recursive: true });
    return await Deno.makeTempDir({ dir: path, prefix: PREFIX });
  } catch (error) {
    throw toStorageError("make folder", path, error);
  }
}

async function removeFolder(folder: string): Promise<void> {
  try {
    await Deno.remove(folder, { recursive: true });
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
