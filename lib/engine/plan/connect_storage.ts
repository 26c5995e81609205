/**
 * Looks up the storage that a plan names. Apart from formats, since a thread
 * that only moves checkpoints should not load them.
 */
import { ConfigError } from "../../errors.ts";
import { STORAGE_KINDS } from "../../storage/registry.ts";
import type {
  ConnectOptions,
  FolderAccess,
  Storage,
  StorageKind,
  StorageSettings,
} from "../../storage/storage.ts";

/** @throws {ConfigError} If this build has no such storage. */
export async function connectStorage(
  settings: StorageSettings,
  options: ConnectOptions = {},
): Promise<Storage> {
  const kind = await kindOf(settings);
  const problems = kind.problems(settings);
  if (problems.length > 0) throw new ConfigError(problems);
  return await kind.connect(settings, options);
}

/** Addresses that requests to a storage go to; none for files. */
export async function endpointsOf(
  settings: StorageSettings,
): Promise<readonly string[]> {
  return (await kindOf(settings)).endpoints?.(settings) ?? [];
}

/** What the user should know of a storage's settings. */
export async function noticesOf(settings: StorageSettings): Promise<string[]> {
  return (await kindOf(settings)).notices?.(settings) ?? [];
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
  const kind = await kindOf(settings);
  const problems = kind.problems(settings);
  if (problems.length > 0) throw new ConfigError(problems);
  await kind.preflight?.(settings, folder, access, signal);
}

async function kindOf(settings: StorageSettings): Promise<StorageKind> {
  const load = STORAGE_KINDS[settings.kind];
  if (load === undefined) {
    throw new ConfigError([
      `Cannot use storage.storage_type = ${settings.kind}: this build has ` +
      Object.keys(STORAGE_KINDS).join(", "),
    ]);
  }
  return await load();
}
