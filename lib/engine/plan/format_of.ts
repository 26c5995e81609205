/**
 * Looks up the format that a plan names, in any thread.
 */
import { ConfigError } from "../../errors.ts";
import { lazyImport } from "../../lazy_import.ts";
import type { Format } from "../../formats/format.ts";
import { FORMATS } from "../../formats/registry.ts";
import type { DatasetPlan } from "./run_plan.ts";

/** A part of threads that use a format of the user's own. */
export const FORMAT_MODULE_URL = import.meta.resolve(
  "../../formats/format_module.ts",
);

async function formatNamed(name: string): Promise<Format> {
  const entry = FORMATS[name];
  if (entry === undefined) {
    throw new ConfigError([
      `Cannot use dataset.format = ${name}: this build has ` +
      Object.keys(FORMATS).join(", "),
    ]);
  }
  return await entry.part.load();
}

/**
 * Format of a dataset: from the registry, or from its module.
 *
 * @throws {ConfigError} If there is no such format, or its module cannot be
 *   used.
 */
export async function formatOf(
  { format, formatModule }: Pick<DatasetPlan, "format" | "formatModule">,
): Promise<Format> {
  return formatModule === undefined
    ? await formatNamed(format)
    : await (await lazyImport<typeof import("../../formats/format_module.ts")>(
      FORMAT_MODULE_URL,
    )).loadFormatModule(formatModule);
}

/** Format of a dataset, with all loaded that reading it takes. */
export async function preparedFormat(dataset: DatasetPlan): Promise<Format> {
  const format = await formatOf(dataset);
  await format.prepare?.(dataset.spec);
  return format;
}
