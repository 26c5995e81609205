/**
 * What this build of Stoker can run; a workload that needs more is refused
 * with the name of what is missing.
 */
import { type BuildParts, unsupported } from "../../config/unsupported.ts";
import type { Workload } from "../../config/workload.ts";
import { ConfigError } from "../../errors.ts";
import { FORMATS } from "../../formats/registry.ts";
import { STORAGE_KINDS } from "../../storage/kinds.ts";

/** What is there: the registries. */
const BUILD_PARTS: BuildParts = {
  formats: Object.keys(FORMATS),
  storages: Object.keys(STORAGE_KINDS),
};

/**
 * Refuses what cannot be run.
 *
 * @throws {ConfigError} With every missing part.
 */
export function requireParts(workload: Workload): void {
  const problems = unsupported(workload, BUILD_PARTS);
  if (problems.length > 0) throw new ConfigError(problems);
}
