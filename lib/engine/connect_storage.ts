/**
 * Looks up the storage that a plan names. Apart from formats, since a thread
 * that only moves checkpoints should not load them.
 */
import { ConfigError } from "../errors.ts";
import { STORAGE_KINDS } from "../storage/registry.ts";
import type { Storage, StorageSettings } from "../storage/storage.ts";

/** @throws {ConfigError} If this build has no such storage. */
export async function connectStorage(
  settings: StorageSettings,
): Promise<Storage> {
  const kind = STORAGE_KINDS[settings.kind];
  if (kind === undefined) {
    throw new ConfigError([
      `Cannot use storage.storage_type = ${settings.kind}: this build has ` +
      Object.keys(STORAGE_KINDS).join(", "),
    ]);
  }
  const problems = kind.problems(settings);
  if (problems.length > 0) throw new ConfigError(problems);
  return await kind.connect(settings);
}
