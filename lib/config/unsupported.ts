/**
 * What a workload needs and this build lacks.
 *
 * Every workload loads and can be shown; only running one that needs a
 * missing part is an error, which names the part.
 */
import type { Workload } from "./workload.ts";

/** Parts of Stoker that a build may lack. */
export type Capability =
  | "checkpoint"
  /** `dataset.dedupe_ratio` and `dataset.compress_ratio`. */
  | "data_reduction"
  | "iostat"
  /** `reader.odirect`. */
  | "odirect"
  /** `reader.transfer_size`. */
  | "transfer_size";

/** What this build has. */
export interface BuildParts {
  /** Names in the registry of formats. */
  readonly formats: readonly string[];
  /** Names in the registry of storage. */
  readonly storages: readonly string[];
  readonly capabilities: readonly Capability[];
}

/**
 * Lists what keeps a workload from being run.
 *
 * @returns One sentence per missing part; none if it can be run.
 */
export function unsupported(workload: Workload, parts: BuildParts): string[] {
  const { workflow, dataset, storage, reader } = workload;
  const sentences: string[] = [];
  const need = (isNeeded: boolean, setting: string, have: string): void => {
    if (isNeeded) {
      sentences.push(`Cannot run with ${setting}: this build has ${have}`);
    }
  };
  const lacks = (capability: Capability): boolean =>
    !parts.capabilities.includes(capability);
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
  need(
    workflow.checkpoint && lacks("checkpoint"),
    "workflow.checkpoint = true",
    "no checkpointing yet",
  );
  need(
    workflow.generate_data && lacks("data_reduction") &&
      (dataset.dedupe_ratio !== 1 || dataset.compress_ratio !== 1),
    `dataset.dedupe_ratio = ${dataset.dedupe_ratio} and ` +
      `dataset.compress_ratio = ${dataset.compress_ratio}`,
    "only data that reduces by 1",
  );
  need(
    workflow.profiling && profiles(workload) && lacks("iostat"),
    "workflow.profiling = true and profiling.profiler = iostat",
    "no iostat",
  );
  need(
    reader.odirect && lacks("odirect"),
    "reader.odirect = true",
    "no O_DIRECT reads",
  );
  need(
    workflow.train && reader.transfer_size !== null && lacks("transfer_size"),
    `reader.transfer_size = ${reader.transfer_size}`,
    "only reads that are as large as possible",
  );
  return sentences;
}

function profiles({ profiling }: Workload): boolean {
  return profiling.profiler === "iostat";
}

function namesOrNone(kind: string, names: readonly string[]): string {
  return names.length === 0
    ? `no ${kind}`
    : `only the ${kind}s ${names.join(", ")}`;
}
