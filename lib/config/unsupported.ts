/**
 * What a workload needs and Stoker lacks.
 *
 * Every workload loads and can be shown; only running one that needs a
 * missing part is an error, which names the part.
 */
import type { Workload } from "./workload.ts";

/** What this build has. */
export interface BuildParts {
  /** Names in the registry of formats. */
  readonly formats: readonly string[];
  /** Names in the registry of storage. */
  readonly storages: readonly string[];
}

/**
 * Lists what keeps a workload from being run.
 *
 * @returns One sentence per missing part; none if it can be run.
 */
export function unsupported(workload: Workload, parts: BuildParts): string[] {
  const { workflow, dataset, storage } = workload;
  const sentences: string[] = [];
  const need = (isNeeded: boolean, setting: string, have: string): void => {
    if (isNeeded) {
      sentences.push(`Cannot run with ${setting}: this build has ${have}`);
    }
  };
  const usesDataset = workflow.generate_data || workflow.train ||
    workflow.evaluation;

  need(
    usesDataset && dataset.format_module === null &&
      !parts.formats.includes(dataset.format),
    `dataset.format = ${dataset.format}`,
    namesOrNone("format", parts.formats),
  );
  need(
    !parts.storages.includes(storage.storage_type),
    `storage.storage_type = ${storage.storage_type}`,
    namesOrNone("storage", parts.storages),
  );
  return sentences;
}

function namesOrNone(kind: string, names: readonly string[]): string {
  return names.length === 0
    ? `no ${kind}`
    : `only the ${kind}s ${names.join(", ")}`;
}
