/**
 * Looks up the storage that a plan names. Apart from formats, since a thread
 * that only moves checkpoints should not load them.
 */
import { ConfigError } from "../../errors.ts";
import { loadKind } from "../../storage/load_kind.ts";
import type {
  ConnectOptions,
  FolderAccess,
  Storage,
  StorageSettings,
} from "../../storage/storage.ts";

/** @throws {ConfigError} If this build has no such storage. */
export async function connectStorage(
  settings: StorageSettings,
  options: ConnectOptions = {},
): Promise<Storage> {
  const kind = await loadKind(settings.kind);
  const problems = kind.problems(settings);
  if (problems.length > 0) throw new ConfigError(problems);
  return await kind.connect(settings, options);
}

/**
 * Tries a storage before a run, where it can be tried.
 *
 * @param signal Ends it, however slow the storage is.
 * @throws {ConfigError} If its settings cannot be used.
 * @throws {StorageError} With the step that failed and what to check.
 */
export async function preflight(
  settings: StorageSettings,
  folder: string,
  access: FolderAccess,
  signal?: AbortSignal,
): Promise<void> {
  const kind = await loadKind(settings.kind);
  const problems = kind.problems(settings);
  if (problems.length > 0) throw new ConfigError(problems);
  await kind.preflight?.(settings, folder, access, signal);
}
