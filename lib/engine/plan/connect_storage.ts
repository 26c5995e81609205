/**
 * Looks up the storage that a plan names. Apart from formats, since a thread
 * that only moves checkpoints should not load them.
 */
import { ConfigError } from "../../errors.ts";
import { STORAGE_KINDS } from "../../storage/kinds.ts";
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
  const kind = kindOf(settings);
  const problems = kind.problems(settings);
  if (problems.length > 0) throw new ConfigError(problems);
  return await kind.connect(settings, options);
}

/** Addresses that requests to a storage go to; none for files. */
export function endpointsOf(settings: StorageSettings): readonly string[] {
  return kindOf(settings).endpoints?.(settings) ?? [];
}

/** What the user should know of a storage's settings. */
export function noticesOf(settings: StorageSettings): string[] {
  return kindOf(settings).notices?.(settings) ?? [];
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
  const kind = kindOf(settings);
  const problems = kind.problems(settings);
  if (problems.length > 0) throw new ConfigError(problems);
  await kind.preflight?.(settings, folder, access, signal);
}

function kindOf(settings: StorageSettings): StorageKind {
  const kind = STORAGE_KINDS[settings.kind];
  if (kind === undefined) {
    throw new ConfigError([
      `Cannot use storage.storage_type = ${settings.kind}: this build has ` +
      Object.keys(STORAGE_KINDS).join(", "),
    ]);
  }
  return kind;
}
