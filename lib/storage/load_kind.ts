/**
 * Loads a single kind of storage, without what the others need.
 */
import { ConfigError } from "../errors.ts";
import { KIND_PARTS } from "./registry.ts";
import type { StorageKind } from "./storage.ts";

/**
 * The kind of a name.
 *
 * @param name As in `storage.storage_type`.
 * @throws {ConfigError} If this build has no such kind.
 */
export async function loadKind(name: string): Promise<StorageKind> {
  const part = KIND_PARTS[name];
  if (part === undefined) throw unknownKind(name);
  return await part.load();
}

/** What to say where a kind is not known. */
export function unknownKind(name: string): ConfigError {
  return new ConfigError([
    `Cannot use storage.storage_type = ${name}: this build has ` +
    Object.keys(KIND_PARTS).join(", "),
  ]);
}
