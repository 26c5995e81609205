/**
 * What is known of a storage from its settings alone, in the main thread.
 */
import { STORAGE_KINDS } from "../../storage/kinds.ts";
import { unknownKind } from "../../storage/load_kind.ts";
import type { StorageKind, StorageSettings } from "../../storage/storage.ts";

/** Addresses that requests to a storage go to; none for files. */
export function endpointsOf(settings: StorageSettings): readonly string[] {
  return kindOf(settings).endpoints?.(settings) ?? [];
}

/** What the user should know of a storage's settings. */
export function noticesOf(settings: StorageSettings): string[] {
  return kindOf(settings).notices?.(settings) ?? [];
}

/** @throws {ConfigError} If this build has no such storage. */
function kindOf({ kind: name }: StorageSettings): StorageKind {
  const kind = STORAGE_KINDS[name];
  if (kind === undefined) throw unknownKind(name);
  return kind;
}
