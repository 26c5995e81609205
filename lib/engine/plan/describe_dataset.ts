/**
 * Settings -> the dataset's plan: where it is, what its files are.
 */
import { locatedFileCount } from "../../config/file_count.ts";
import { givenSampleCount } from "../../config/sample_count.ts";
import type { Workload } from "../../config/workload.ts";
import { ConfigError } from "../../errors.ts";
import {
  type DatasetSpec,
  ELEMENT_BYTES,
  type Format,
} from "../../formats/format.ts";
import { reductionProblems } from "../../random/reduction.ts";
import type { FileNaming, Split } from "../../sampling/file_names.ts";
import { SampleDims } from "../../sampling/sample_dims.ts";
import {
  checkpointKind,
  parseObjectUri,
  STORAGE_KINDS,
} from "../../storage/kinds.ts";
import type { StorageSettings } from "../../storage/storage.ts";
import { formatNaming, namingProblem } from "./dataset_files.ts";
import { reductionOf } from "./dataset_source.ts";
import { fileCountOf, type SplitFiles } from "./visit_plan.ts";
import type { DatasetPlan } from "./run_plan.ts";

/** A dataset as the settings describe it. */
export interface DescribedDataset {
  readonly dataset: DatasetPlan;
  /** Training files, then evaluation files. */
  readonly splits: readonly SplitFiles[];
}

/**
 * Describes the dataset of a workload; pure.
 *
 * @param format The format of its files.
 */
export function describeDataset(
  workload: Workload,
  format: Format,
): DescribedDataset {
  const { dataset } = workload;
  const { format_module } = dataset;
  const spec = datasetSpec(workload);
  const names = formatNaming(format, spec);
  return {
    dataset: {
      storage: storageSettings(workload),
      folder: dataset.data_folder,
      format: format.name,
      ...(format_module === null ? {} : { formatModule: format_module }),
      spec,
      dims: {
        seed: dataset.seed,
        recordDims: dataset.record_dims,
        recordBytes: dataset.record_length_bytes,
        recordBytesStdev: dataset.record_length_bytes_stdev,
        elementBytes: ELEMENT_BYTES[dataset.record_element_type],
      },
      sizesKnown: true,
    },
    splits: [
      splitFiles(workload, names, { split: "train", firstFileIndex: 0 }),
      splitFiles(workload, names, {
        split: "valid",
        firstFileIndex: locatedFileCount(dataset.num_files_train),
      }),
    ],
  };
}

/**
 * The dataset as it is generated: with all files that its names speak of,
 * also where a run reads only the first of them.
 */
export function asGenerated(described: DescribedDataset): DescribedDataset {
  let firstFileIndex = 0;
  const splits = described.splits.map(({ naming }) => {
    const split = { naming, fileCount: naming.fileCount, firstFileIndex };
    firstFileIndex += naming.fileCount;
    return split;
  });
  return { ...described, splits };
}

/**
 * Where checkpoints lie: with the data, unless `checkpoint.checkpoint_folder`
 * is a URI of an object store and the data is on files. Then the storage
 * options are those of the checkpoints.
 */
export function checkpointStorage(workload: Workload): StorageSettings {
  const ofData = storageSettings(workload);
  const { checkpoint_folder } = workload.checkpoint;
  const kind = checkpointKind(STORAGE_KINDS[ofData.kind], checkpoint_folder);
  const place = parseObjectUri(checkpoint_folder);
  if (place === null || kind?.name === ofData.kind) return ofData;
  return {
    kind: place.kind.name,
    root: place.bucket,
    options: ofData.options,
  };
}

/**
 * Where data and checkpoints lie, as every worker connects to it. With
 * `reader.odirect` nothing of local files goes through the page cache,
 * whether read, generated or saved as a checkpoint.
 */
export function storageSettings(workload: Workload): StorageSettings {
  const { storage, reader } = workload;
  const { storage_type } = storage;
  return {
    kind: reader.odirect
      ? STORAGE_KINDS[storage_type]?.directKind ?? storage_type
      : storage_type,
    root: storage.storage_root,
    options: {
      ...storage.storage_options,
      ...(storage.storage_library === null
        ? {}
        : { storage_library: storage.storage_library }),
    },
  };
}

function datasetSpec(workload: Workload): DatasetSpec {
  const { dataset } = workload;
  const { parquet, hdf5, arrow, megatron } = dataset;
  const rowGroupRows = parquet.row_group_size;
  return {
    ...(dataset.dlio_compat === "2.0.0" ? { dlioCompat: "2.0.0" } : {}),
    seed: dataset.seed,
    elementType: dataset.record_element_type,
    // A mean of what files hold may have a fraction; each is then opened by
    // its own number.
    samplesPerFile: Math.max(
      1,
      Math.round(givenSampleCount(dataset.num_samples_per_file) ?? 1),
    ),
    compression: dataset.compression,
    compressionLevel: dataset.compression_level,
    dedupeRatio: dataset.dedupe_ratio,
    compressRatio: dataset.compress_ratio,
    hdf5: {
      chunkDims: hdf5.chunk_dims,
      datasetsPerRecord: hdf5.num_dset_per_record,
      maxShape: hdf5.max_shape,
    },
    parquet: {
      columns: parquet.columns,
      rowGroupRows,
      generationBatchRows: parquet.generation_batch_size > 0
        ? parquet.generation_batch_size
        : rowGroupRows,
      partitionBy: parquet.partition_by,
      decode: parquet.decode,
    },
    arrow: {
      isStream: arrow.ipc_format === "stream",
      batchRows: arrow.batch_size,
    },
    megatron: {
      documentLength: megatron.document_length,
      documentLengthStdev: megatron.document_length_stdev,
    },
  };
}

function splitFiles(
  { dataset }: Workload,
  names: Pick<FileNaming, "extension" | "folders">,
  { split, firstFileIndex }: { split: Split; firstFileIndex: number },
): SplitFiles {
  const isTrain = split === "train";
  const fileCount = locatedFileCount(
    isTrain ? dataset.num_files_train : dataset.num_files_eval,
  );
  const { num_files_generated } = dataset;
  return {
    naming: {
      split,
      prefix: dataset.file_prefix,
      fileCount: isTrain ? num_files_generated ?? fileCount : fileCount,
      subfolderCount: isTrain
        ? dataset.num_subfolders_train
        : dataset.num_subfolders_eval,
      ...names,
    },
    fileCount,
    firstFileIndex,
  };
}

/**
 * Checks that the format can make the files described.
 *
 * @throws {ConfigError} With every reason against it.
 */
export function checkFormat(described: DescribedDataset, format: Format): void {
  const { dataset, splits } = described;
  const { spec } = dataset;
  const problems: string[] = [];
  const hasCodec = spec.compression === "none" ||
    format.codecs.includes(spec.compression);
  if (!hasCodec) {
    const known = ["none", ...format.codecs].join(", ");
    problems.push(
      `Cannot use dataset.compression = ${spec.compression} with ` +
        `dataset.format = ${format.name}: it must be one of ${known}`,
    );
  }
  for (const { naming } of splits) {
    const problem = namingProblem(naming, format);
    if (problem !== null) problems.push(`Cannot make files: ${problem}`);
  }
  const fileCount = fileCountOf(splits);
  if (fileCount > 0) {
    const sampleDims = new SampleDims(dataset.dims).of(0);
    // A missing codec has been reported: it is not reported twice.
    const checked = hasCodec ? spec : { ...spec, compression: "none" };
    problems.push(
      ...format.problems({ dataset: checked, fileIndex: 0, sampleDims }),
      ...reductionProblems(reductionOf(dataset, format), {
        fileCount,
        isUniform: new SampleDims(dataset.dims).isConstant,
      }),
    );
  }
  if (problems.length > 0) throw new ConfigError(problems);
}
