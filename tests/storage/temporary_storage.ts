/**
 * Storages in a temporary folder.
 */
import { STORAGE_KINDS } from "../../lib/storage/kinds.ts";
import type { Storage } from "../../lib/storage/storage.ts";

/** A storage whose root is a new folder. */
export interface TemporaryStorage {
  readonly storage: Storage;
  readonly root: string;
  dispose(): Promise<void>;
}

/** Connects a registered kind of storage to a new folder. */
export async function temporaryStorage(
  kind = "local_fs",
): Promise<TemporaryStorage> {
  const root = await Deno.makeTempDir({ prefix: "stoker-storage-" });
  const found = STORAGE_KINDS[kind];
  if (found === undefined) throw new Error(`no storage is called ${kind}`);
  return {
    storage: await found.connect({ kind, root, options: {} }),
    root,
    dispose: () => Deno.remove(root, { recursive: true }),
  };
}
