/**
 * A workload for a dataset that was inspected: what `stoker inspect -o`
 * writes, and `stoker run` takes as it is.
 */
import { basename, resolve } from "node:path";
import { stringify } from "@std/yaml";
import type { Override } from "../../config/overrides.ts";
import { isSecretPath } from "../../config/secrets.ts";
import { setNested } from "../../config/layered_values.ts";
import type { Workload } from "../../config/workload.ts";
import type { InspectedDataset } from "../../engine/dataset/inspect_dataset.ts";
import { STORAGE_KINDS } from "../../storage/kinds.ts";

/** Steps that an epoch should have at least, where there are samples enough. */
const WANTED_STEPS = 16;
/** Largest batch that is proposed. */
const MAX_BATCH = 64;

/**
 * Writes the workload.
 *
 * @param found The dataset.
 * @param workload The settings that it was found with.
 * @param overrides Those of the command line: settings of the storage are
 *   kept, except for secrets.
 * @returns YAML.
 */
export function inspectedWorkload(
  found: InspectedDataset,
  workload: Workload,
  overrides: readonly Override[],
): string {
  const { storage } = workload;
  const isFiles = STORAGE_KINDS[storage.storage_type]?.isFiles === true;
  const train = samplesOf(found, "train");
  const valid = samplesOf(found, "valid");
  const settings: Record<string, unknown> = {
    model: { name: nameOf(found.folder) },
    framework: "pytorch",
    workflow: {
      generate_data: false,
      train: train > 0,
      evaluation: valid > 0,
      checkpoint: false,
    },
    storage: {
      storage_type: storage.storage_type,
      ...(isFiles ? {} : { storage_root: storage.storage_root }),
    },
    dataset: {
      data_folder: isFiles ? resolve(found.folder) : found.folder,
      format: found.format.name,
      ...ownSettings(found),
      ...(train > 0 ? { num_files_train: "all" } : {}),
      ...(valid > 0 ? { num_files_eval: "all" } : {}),
      num_samples_per_file: found.manifest?.dataset.num_samples_per_file ??
        "auto",
    },
    reader: {
      data_loader: "pytorch",
      batch_size: batchOf(train > 0 ? train : valid),
      batch_size_eval: batchOf(valid > 0 ? valid : train),
      read_threads: 4,
    },
    train: { epochs: 2, computation_time: 0 },
    evaluation: { eval_time: 0 },
  };
  for (const override of overrides) {
    if (override.action !== "set" || !isKept(override.path)) continue;
    setNested(settings, override.path, override.value);
  }
  return head(found) + stringify(settings, { lineWidth: -1 });
}

function head({ folder }: InspectedDataset): string {
  return [
    `# What "stoker inspect" found in ${JSON.stringify(folder)}.`,
    "# train.computation_time is 0: it reads as fast as it can. Give the time",
    "# of one step of your model, in seconds, to see whether the storage keeps",
    "# up with it; and your batch size and readers.",
    "",
  ].join("\n");
}

/** Where data is, and which of it, is as it was inspected. */
function isKept(path: string): boolean {
  const isOfStorage = path.startsWith("storage.") ||
    path === "dataset.files_train" || path === "dataset.files_eval";
  return isOfStorage && !isSecretPath(path);
}

/**
 * The settings that a dataset of Stoker's own must be run with; of any other,
 * the bytes of a sample, by which DLIO's throughput is counted.
 */
function ownSettings(
  { manifest, inside, sampleDims, reads: { bytesPerSample } }: InspectedDataset,
): Record<string, unknown> {
  if (manifest === null) {
    return {
      ...inside?.settings,
      ...(sampleDims === null
        ? { record_length_bytes: Math.max(1, Math.round(bytesPerSample)) }
        : { record_dims: sampleDims }),
    };
  }
  const {
    hdf5,
    parquet,
    arrow,
    megatron,
    format: _format,
    record_length_bytes,
    record_length_bytes_stdev,
    ...plain
  } = manifest.dataset;
  const { train, valid } = manifest;
  return {
    ...plain,
    ...(plain.record_dims.length === 0
      ? { record_length_bytes, record_length_bytes_stdev }
      : {}),
    num_subfolders_train: train.subfolder_count,
    num_subfolders_eval: valid.subfolder_count,
    hdf5: {
      chunk_dims: hdf5.chunkDims,
      num_dset_per_record: hdf5.datasetsPerRecord,
      max_shape: hdf5.maxShape,
    },
    parquet: {
      columns: parquet.columns,
      row_group_size: parquet.rowGroupRows,
      generation_batch_size: parquet.generationBatchRows,
      partition_by: parquet.partitionBy,
    },
    ...(arrow === undefined ? {} : {
      arrow: {
        ipc_format: arrow.isStream ? "stream" : "file",
        batch_size: arrow.batchRows,
      },
    }),
    ...(megatron === undefined ? {} : {
      megatron: {
        document_length: megatron.documentLength,
        document_length_stdev: megatron.documentLengthStdev,
      },
    }),
  };
}

function samplesOf(
  { splits }: InspectedDataset,
  split: "train" | "valid",
): number {
  return splits.find((each) => each.split === split)?.samples.total ?? 0;
}

/** The largest power of two that leaves some steps. */
function batchOf(samples: number): number {
  let batch = 1;
  while (batch * 2 <= MAX_BATCH && batch * 2 * WANTED_STEPS <= samples) {
    batch *= 2;
  }
  return batch;
}

/** A model's name is part of paths. */
function nameOf(folder: string): string {
  const name = basename(folder).replaceAll(/[^A-Za-z0-9_.-]/g, "_");
  return /^[A-Za-z0-9]/.test(name) ? name : `data${name}`;
}
