/**
 * The manifest of a dataset: what was generated, and whether it is complete.
 *
 *    <data folder>/.stoker/manifest.json
 *
 * Its `dataset` block holds every setting that the bytes depend on; a run
 * whose settings differ is refused with the list of differences. Only files
 * that a manifest lists are ever deleted.
 */
import { DatasetError } from "../../errors.ts";
import type {
  ArrowSettings,
  DatasetSpec,
  ElementType,
  Format,
  MegatronSettings,
  ParquetColumn,
} from "../../formats/format.ts";
import { FORMATS } from "../../formats/registry.ts";
import type { SampleDimsSettings } from "../../sampling/sample_dims.ts";
import type { Storage } from "../../storage/storage.ts";
import { writeJson } from "../../storage/write_whole.ts";
import { formatNaming, namingProblem } from "../plan/dataset_files.ts";
import type { SplitFiles } from "../plan/visit_plan.ts";
import type { DatasetPlan } from "../plan/run_plan.ts";

const MANIFEST_PATH = ".stoker/manifest.json";
const MANIFEST_VERSION = 1;

/** Files of one split in a manifest. */
export interface ManifestSplit {
  readonly file_count: number;
  readonly subfolder_count: number;
}

/** The settings that a dataset's bytes and names depend on. */
export interface DatasetIdentity {
  readonly format: string;
  readonly seed: number;
  readonly file_prefix: string;
  readonly num_samples_per_file: number;
  readonly record_element_type: ElementType;
  readonly record_length_bytes: number;
  readonly record_length_bytes_stdev: number;
  readonly record_dims: readonly number[];
  readonly compression: string;
  readonly compression_level: number;
  readonly dedupe_ratio: number;
  readonly compress_ratio: number;
  readonly hdf5: DatasetSpec["hdf5"];
  readonly parquet: ParquetIdentity;
  /** Settings of one format are in manifests of that format alone. */
  readonly arrow?: ArrowSettings;
  readonly megatron?: MegatronSettings;
}

/** Columns without `read`, which is about reading. */
type ParquetIdentity =
  & Omit<DatasetSpec["parquet"], "columns" | "decode">
  & { readonly columns: readonly Omit<ParquetColumn, "read">[] };

/** The file's content. */
export interface Manifest {
  readonly stoker_manifest: number;
  readonly stoker_version: string;
  readonly complete: boolean;
  readonly dataset: DatasetIdentity;
  readonly train: ManifestSplit;
  readonly valid: ManifestSplit;
}

/** Path of a dataset's manifest. */
export function manifestPath(folder: string): string {
  return `${folder}/${MANIFEST_PATH}`;
}

/** The settings of a plan that its bytes depend on. */
export function identityOf(
  dataset: DatasetPlan,
  filePrefix: string,
): DatasetIdentity {
  const { spec, dims } = dataset;
  return {
    format: dataset.format,
    seed: spec.seed,
    file_prefix: filePrefix,
    num_samples_per_file: spec.samplesPerFile,
    record_element_type: spec.elementType,
    ...sizeIdentity(dims),
    compression: spec.compression,
    // The level matters only where there is a codec.
    compression_level: spec.compression === "none" ? 0 : spec.compressionLevel,
    dedupe_ratio: spec.dedupeRatio,
    compress_ratio: spec.compressRatio,
    hdf5: spec.hdf5,
    parquet: parquetIdentity(spec.parquet),
    ...ownSettings(dataset),
  };
}

/** Manifests of other formats do not change when a format comes. */
function ownSettings(
  { format, spec }: DatasetPlan,
): Partial<DatasetIdentity> {
  const key = FORMATS[format]?.ownSettings;
  return key === undefined ? {} : { [key]: spec[key] };
}

function parquetIdentity(parquet: DatasetSpec["parquet"]): ParquetIdentity {
  const { columns, decode: _decode, ...rest } = parquet;
  return {
    ...rest,
    columns: columns.map(({ read: _read, ...column }) => column),
  };
}

function sizeIdentity(dims: SampleDimsSettings) {
  // record_dims replaces the length, so it is then no part of the identity.
  const isDrawn = dims.recordDims.length === 0;
  return {
    record_length_bytes: isDrawn ? dims.recordBytes : 0,
    record_length_bytes_stdev: isDrawn ? dims.recordBytesStdev : 0,
    record_dims: dims.recordDims,
  };
}

/**
 * Reads the manifest of a dataset.
 *
 * @returns Null if there is none.
 * @throws {DatasetError} If it is not a manifest that this version reads.
 */
export async function readManifest(
  storage: Storage,
  folder: string,
): Promise<Manifest | null> {
  const path = manifestPath(folder);
  const text = await storage.readText(path);
  if (text === null) return null;
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw new DatasetError(`Cannot use "${path}" as it must be JSON`);
  }
  if (!isManifest(content)) {
    throw new DatasetError(
      `Cannot use "${path}" as it must be a manifest of version ` +
        `${MANIFEST_VERSION} with complete, dataset, train and valid`,
    );
  }
  return content;
}

function isManifest(content: unknown): content is Manifest {
  if (!isPlainObject(content)) return false;
  const { stoker_manifest, complete, dataset, train, valid } = content as
    & Omit<Manifest, "dataset">
    & { readonly dataset: unknown };
  return stoker_manifest === MANIFEST_VERSION &&
    typeof complete === "boolean" && isPlainObject(dataset) &&
    isTexts(dataset, ["format", "file_prefix", "compression"]) &&
    isPlainObject(dataset.parquet) && isColumns(dataset.parquet) &&
    [train, valid].every((split) =>
      isCount(split?.file_count) && isCount(split?.subfolder_count)
    );
}

/** Names of files are made from these, so nothing else may stand there. */
function isTexts(
  content: Record<string, unknown>,
  keys: readonly string[],
): boolean {
  return keys.every((key) => typeof content[key] === "string");
}

function isColumns(parquet: Record<string, unknown>): boolean {
  const { columns, partitionBy } = parquet;
  return Array.isArray(columns) &&
    columns.every((column) =>
      isPlainObject(column) && isTexts(column, ["name", "dtype"])
    ) && (partitionBy === null || typeof partitionBy === "string");
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** Writes the manifest of a dataset; the old one stays until it is whole. */
export async function writeManifest(
  storage: Storage,
  folder: string,
  manifest: Omit<Manifest, "stoker_manifest">,
): Promise<void> {
  const content: Manifest = {
    stoker_manifest: MANIFEST_VERSION,
    ...manifest,
  };
  await writeJson(storage, manifestPath(folder), content, { fsync: true });
}

/**
 * Says in which settings two datasets differ.
 *
 * @returns One clause per difference: "dataset.seed is 10 there, 11 here".
 */
export function differences(
  there: DatasetIdentity,
  here: DatasetIdentity,
): string[] {
  return describe("dataset", there, here);
}

function describe(name: string, there: unknown, here: unknown): string[] {
  const thereText = JSON.stringify(there);
  const hereText = JSON.stringify(here);
  if (thereText === hereText) return [];
  if (isPlainObject(there) && isPlainObject(here)) {
    const keys = new Set([...Object.keys(there), ...Object.keys(here)]);
    return [...keys].flatMap((key) =>
      describe(`${name}.${key}`, there[key], here[key])
    );
  }
  return [
    `${name} is ${shortened(thereText)} there, ${shortened(hereText)} here`,
  ];
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function shortened(text: string | undefined): string {
  if (text === undefined) return "absent";
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}

/**
 * The files that a manifest lists, in the order of their indices.
 *
 * @param format The format that the manifest names.
 * @param folder The dataset folder, for messages.
 * @throws {DatasetError} If a name leads out of the dataset folder: what a
 *   manifest lists is written and removed.
 */
export function manifestSplits(
  manifest: Manifest,
  format: Format,
  folder: string,
): SplitFiles[] {
  const names = formatNaming(format, specOf(manifest.dataset));
  const prefix = manifest.dataset.file_prefix;
  return (["train", "valid"] as const).map((split) => {
    const { file_count, subfolder_count } = manifest[split];
    const naming = {
      split,
      prefix,
      fileCount: file_count,
      subfolderCount: subfolder_count,
      ...names,
    };
    const problem = namingProblem(naming, format);
    if (problem !== null) {
      throw new DatasetError(
        `Cannot use "${manifestPath(folder)}" as ${problem}`,
      );
    }
    return {
      naming,
      fileCount: file_count,
      firstFileIndex: split === "train" ? 0 : manifest.train.file_count,
    };
  });
}

/** What the files were made from. */
function specOf(identity: DatasetIdentity): DatasetSpec {
  return {
    seed: identity.seed,
    elementType: identity.record_element_type,
    samplesPerFile: identity.num_samples_per_file,
    compression: identity.compression,
    compressionLevel: identity.compression_level,
    dedupeRatio: identity.dedupe_ratio,
    compressRatio: identity.compress_ratio,
    hdf5: identity.hdf5,
    parquet: {
      ...identity.parquet,
      columns: identity.parquet.columns
        .map((column) => ({ ...column, read: true })),
      decode: false,
    },
    arrow: identity.arrow ?? { isStream: false, batchRows: 1 },
    megatron: identity.megatron ??
      { documentLength: 1, documentLengthStdev: 0 },
  };
}

/**
 * The error of a folder that holds another dataset.
 *
 * @param folder The dataset folder.
 * @param found What differs, see {@linkcode differences}.
 */
export function anotherDataset(
  folder: string,
  found: readonly string[],
): DatasetError {
  return new DatasetError(
    `Cannot use "${folder}" as it must hold the dataset of these settings:\n` +
      found.map((difference) => `  ${difference}`).join("\n") +
      `\n"stoker generate --force" replaces it`,
  );
}
