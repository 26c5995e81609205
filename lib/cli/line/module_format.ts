/**
 * `dataset.format_module` of a resolved workload: from the path as it was
 * given to the module's URL, and the module's word on `dataset.format`.
 *
 * A path is relative to the folder of the workload file where it stands in
 * one, else to the working directory.
 */
import { dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { formatOrigin, type Origin } from "../../config/origins.ts";
import type { ResolvedWorkload } from "../../config/resolve.ts";
import { ConfigError } from "../../errors.ts";
import { loadFormatModule } from "../../formats/format_module.ts";

const MODULE_KEY = "dataset.format_module";
const FORMAT_KEY = "dataset.format";

/** Anything before a colon but a drive letter. */
const SCHEME_REGEXP = /^([a-z][a-z0-9+.-]+):/i;

const DEFAULT_ORIGIN: Origin = { kind: "default" };

/**
 * Loads the format module of a workload, if it has one.
 *
 * @returns The workload with the module's URL and its format's name.
 * @throws {ConfigError} If the module cannot be used.
 */
export async function withModuleFormat(
  resolved: ResolvedWorkload,
): Promise<ResolvedWorkload> {
  const { workload, origins, warnings } = resolved;
  const { format_module: given, format } = workload.dataset;
  if (given === null) return resolved;
  const url = moduleUrl(given, origins.get(MODULE_KEY) ?? DEFAULT_ORIGIN);
  const { name } = await loadFormatModule(url);
  const replaced = origins.get(FORMAT_KEY) ?? DEFAULT_ORIGIN;
  const dataset = { ...workload.dataset, format: name, format_module: url };
  return {
    ...resolved,
    workload: Object.freeze({ ...workload, dataset: Object.freeze(dataset) }),
    origins: new Map(origins)
      .set(FORMAT_KEY, { kind: "derived", key: MODULE_KEY }),
    warnings: replaced.kind === "default" || format === name
      ? warnings
      : [...warnings, replacement(format, replaced, name)],
  };
}

function moduleUrl(given: string, origin: Origin): string {
  const scheme = SCHEME_REGEXP.exec(given)?.[1]?.toLowerCase();
  if (scheme === undefined) {
    const folder = origin.kind === "file" ? dirname(origin.path) : ".";
    return pathToFileURL(resolve(folder, given)).href;
  }
  if (scheme === "file" && URL.canParse(given)) return new URL(given).href;
  throw new ConfigError([
    `Cannot use ${MODULE_KEY} = "${given}" (from ${formatOrigin(origin)}): ` +
    "it must be a path or a file: URL; Stoker fetches no code",
  ]);
}

function replacement(format: string, origin: Origin, name: string): string {
  return `${FORMAT_KEY} = "${format}" (from ${formatOrigin(origin)}) is ` +
    `replaced by "${name}": ${MODULE_KEY} brings its own format`;
}
