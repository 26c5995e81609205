/**
 * Looks up what a plan names, inside a worker: format and storage.
 */
import { ConfigError } from "../errors.ts";
import type { Format } from "../formats/format.ts";
import { FORMATS } from "../formats/registry.ts";
import { STORAGE_KINDS } from "../storage/registry.ts";
import type { Storage, StorageSettings } from "../storage/storage.ts";

/** @throws {ConfigError} If this build has no such format. */
export function formatNamed(name: string): Format {
  const format = FORMATS[name];
  if (format === undefined) {
    throw new ConfigError([
      `Cannot use dataset.format = ${name}: this build has ` +
      Object.keys(FORMATS).join(", "),
    ]);
  }
  return format;
}

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
