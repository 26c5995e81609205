/**
 * What there is in a folder or below a prefix: `stoker inspect`.
 *
 *    every name     listed once, and looked at for its format and its split
 *    lengths        of all files of this host, up to 100,000, else of some
 *    samples        of some files, spread evenly, each looked into
 *
 * Nothing is written. What was not looked at in full is called an estimate.
 */
import type { Workload } from "../../config/workload.ts";
import { DatasetError } from "../../errors.ts";
import type { Format } from "../../formats/format.ts";
import type { FileInside } from "../../formats/inside/file_inside.ts";
import { filePath, type Split } from "../../sampling/file_names.ts";
import { SampleDims } from "../../sampling/sample_dims.ts";
import { forEachFile } from "../../storage/lanes.ts";
import type { Storage } from "../../storage/storage.ts";
import { describeDataset, storageSettings } from "../plan/describe_dataset.ts";
import type { SplitFiles } from "../plan/visit_plan.ts";
import { withStorage } from "../run/prepare_run.ts";
import { during } from "../run/during.ts";
import type { WaitHooks } from "../run/wait.ts";
import { foreignFilesToCheck } from "./check_files.ts";
import { type CountedFiles, countSome } from "./count_samples.ts";
import { datasetQuery } from "./dataset_query.ts";
import { type FolderTally, tallyFormats } from "./detect_format.ts";
import { findDataset } from "./find_dataset.ts";
import { countOfFound, splitOfFound } from "./found_dataset.ts";
import { type FolderLister, ListedFolders } from "./listed_folders.ts";
import { lookInto } from "./look_into.ts";
import { type Manifest, readManifest } from "./manifest.ts";
import type { SampleReads } from "./sample_reads.ts";

/** Every how many objects one is asked for its length. */
const LENGTH_INTERVAL = 1000;
/** Files that are counted where a few reads do. */
const SAMPLED_FILES = 16;
/** Files that are counted where each is read to its end. */
const SAMPLED_WHOLE_FILES = 4;

/** Lengths of files. */
export interface ByteSizes {
  readonly total: number;
  /** Whether every file was asked; else `total` is an estimate. */
  readonly isMeasured: boolean;
  readonly least: number;
  readonly median: number;
  readonly most: number;
}

/** Samples of files. */
export interface SampleFacts {
  readonly total: number;
  /** Whether every file was counted; else `total` is an estimate. */
  readonly isMeasured: boolean;
  readonly least: number;
  readonly most: number;
  /** Files that were counted. */
  readonly countedFiles: number;
}

/** The files of one split. */
export interface SplitFacts {
  readonly split: Split;
  /** Where they are, for people. */
  readonly where: string;
  /** Path below the folder of the first. */
  readonly example: string;
  readonly fileCount: number;
  readonly sizes: ByteSizes;
  readonly samples: SampleFacts;
}

/** What was found. */
export interface InspectedDataset {
  readonly folder: string;
  readonly format: Format;
  /** Null: somebody else's. */
  readonly manifest: Manifest | null;
  readonly splits: readonly SplitFacts[];
  /** Of one of the files; null where there is nothing to tell. */
  readonly inside: FileInside | null;
  readonly reads: SampleReads;
  /** Lengths of a sample's axes; null where files tell that themselves. */
  readonly sampleDims: readonly number[] | null;
  /** The file that `inside` and `reads` are of. */
  readonly lookedInto: string;
  readonly notes: readonly string[];
}

/** Arguments of {@linkcode inspectDataset} beside the settings. */
export interface InspectOptions {
  readonly hooks: WaitHooks;
  /** Files that are looked into; null: 16, or 4 that are read to their end. */
  readonly sampleFiles: number | null;
  /** Whether `dataset.format` was given; else it is found by names. */
  readonly formatIsGiven: boolean;
  /** Whether the settings say how large a sample is. */
  readonly sampleSizeIsGiven: boolean;
}

/**
 * Looks at a dataset.
 *
 * @param workload Where it is: `storage` and `dataset.data_folder`.
 * @param options How much is looked at.
 * @throws {DatasetError} If there is no file of a format known.
 * @throws {StorageError} If it cannot be read.
 */
export async function inspectDataset(
  workload: Workload,
  options: InspectOptions,
): Promise<InspectedDataset> {
  const { hooks } = options;
  const folder = workload.dataset.data_folder;
  return await withStorage(
    storageSettings(workload),
    { signal: hooks.signal },
    async (storage) => {
      const lister = new ListedFolders(storage);
      const tally = await during(
        hooks,
        `listing ${folder}`,
        (tick) => tallyFormats(lister, folder, () => tick()),
      );
      const format = formatOfTally(workload, tally, options);
      const manifest = await readManifest(storage, folder);
      const typed = withFormat(workload, format, { ...options, manifest });
      const parts = { workload: typed, storage, lister, format, options };
      const { splits, notes } = await findSplits(parts);
      return {
        folder,
        format,
        manifest,
        ...await lookAt(parts, splits, manifest),
        notes: [...tallyNotes(tally, format), ...notes],
      };
    },
  );
}

type LookedParts = Pick<
  InspectedDataset,
  "splits" | "inside" | "reads" | "sampleDims" | "lookedInto"
>;

interface Parts {
  readonly workload: Workload;
  readonly storage: Storage;
  readonly lister: FolderLister;
  readonly format: Format;
  readonly options: InspectOptions;
}

/**
 * A sample is as large as the manifest says, else as the settings say, else
 * as usual in the format.
 */
function withFormat(
  workload: Workload,
  { name, usualSampleDims }: Format,
  { sampleSizeIsGiven, manifest }: InspectOptions & {
    readonly manifest: Manifest | null;
  },
): Workload {
  const dataset = { ...workload.dataset, format: name };
  if (manifest !== null) {
    const { record_dims, record_length_bytes, record_element_type } =
      manifest.dataset;
    return {
      ...workload,
      dataset: {
        ...dataset,
        record_dims,
        record_length_bytes,
        record_element_type,
      },
    };
  }
  return {
    ...workload,
    dataset: sampleSizeIsGiven || usualSampleDims === undefined
      ? dataset
      : { ...dataset, record_dims: usualSampleDims },
  };
}

interface FoundSplit {
  readonly files: SplitFiles;
  readonly where: string;
}

function formatOfTally(
  { dataset }: Workload,
  { formats, otherCount, otherExample }: FolderTally,
  { formatIsGiven }: InspectOptions,
): Format {
  const found = formatIsGiven
    ? formats.find(({ format }) => format.name === dataset.format)
    : formats[0];
  if (found !== undefined) {
    const { name, counting, reading } = found.format;
    if (counting !== undefined || reading === "whole_file") return found.format;
    throw new DatasetError(
      `Cannot inspect "${dataset.data_folder}" as its files must tell how ` +
        `many samples they hold: those of format ${name}, such as ` +
        `${found.example}, do not; stoker run reads them with a number given`,
    );
  }
  const what = formatIsGiven ? `of format ${dataset.format}` : "that it knows";
  const there = otherCount === 0 && formats.length === 0
    ? "there are no files"
    : `there are ${
      otherCount + formats.reduce((n, f) => n + f.fileCount, 0)
    } ` +
      `others, such as ${formats[0]?.example ?? otherExample}`;
  throw new DatasetError(
    `Cannot inspect "${dataset.data_folder}" as it must have files ${what}: ` +
      there,
  );
}

function tallyNotes(
  { formats, otherCount, otherExample }: FolderTally,
  format: Format,
): string[] {
  const others = formats.filter((each) => each.format !== format)
    .map((each) =>
      `${each.fileCount} ${each.format.name}, such as ` +
      `${each.example} (dataset.format=${each.format.name} looks at these)`
    );
  if (otherCount > 0) {
    others.push(`${otherCount} of no format known, such as ${otherExample}`);
  }
  return others.length === 0 ? [] : [`Other files: ${others.join("; ")}`];
}

/** The files for training and those for evaluation, each where there are. */
async function findSplits(
  { workload, storage, lister, format, options }: Parts,
): Promise<{ splits: FoundSplit[]; notes: string[] }> {
  const { dataset } = workload;
  const described = describeDataset({
    ...workload,
    dataset: { ...dataset, num_files_train: 0, num_files_eval: 0 },
  }, format);
  const splits: FoundSplit[] = [];
  const notes = new Set<string>();
  let failure: unknown = null;
  for (const split of described.splits) {
    const { split: key } = split.naming;
    const wanted = { train: key === "train", valid: key === "valid" };
    const query = datasetQuery(described, {
      storage,
      format,
      wanted,
      files: { train: dataset.files_train, valid: dataset.files_eval },
      counts: {
        train: wanted.train ? "all" : 0,
        valid: wanted.valid ? "all" : 0,
      },
    });
    try {
      const found = await during(
        options.hooks,
        `looking for the files of ${key} in ${dataset.data_folder}`,
        (tick) => findDataset(lister, { ...query, onEntry: () => tick() }),
      );
      const there = found[key];
      // Where nothing says which files are for evaluation, training has all.
      const isSame = splits.some(({ where }) => where === there?.where);
      if (there === null || isSame) continue;
      const fileCount = countOfFound(there, "all", found.folder);
      const files = splitOfFound(
        { ...split, fileCount },
        there,
        found.folder,
      );
      splits.push({ files, where: there.where });
      for (const note of found.notes) notes.add(note);
    } catch (error) {
      // A dataset may have one split and not the other.
      if (!(error instanceof DatasetError)) throw error;
      failure ??= error;
    }
  }
  if (splits.length === 0) throw failure;
  return { splits, notes: [...notes] };
}

async function lookAt(
  parts: Parts,
  found: readonly FoundSplit[],
  manifest: Manifest | null,
): Promise<LookedParts> {
  const splits: SplitFacts[] = [];
  for (const { files, where } of found) {
    const sizes = await sizesOfSplit(parts, files);
    const counted = manifest === null
      ? await countOfSplit(parts, files)
      : ownSamples(manifest, files);
    splits.push({
      split: files.naming.split,
      where,
      example: filePath(files.naming, 0),
      fileCount: files.fileCount,
      sizes,
      samples: counted,
    });
  }
  const [first] = found;
  const [facts] = splits;
  if (first === undefined || facts === undefined) {
    throw new Error("a dataset without files was inspected");
  }
  return { splits, ...await lookAtFirst(parts, first.files, facts) };
}

async function sizesOfSplit(
  { workload, storage, options: { hooks } }: Parts,
  { naming, fileCount }: SplitFiles,
): Promise<ByteSizes> {
  const folder = workload.dataset.data_folder;
  const files = foreignFilesToCheck(storage, fileCount, LENGTH_INTERVAL);
  const bytes = new Float64Array(files.length);
  await during(
    hooks,
    `looking up ${files.length} files in ${folder}`,
    (tick) =>
      forEachFile(storage, files.length, async (index) => {
        const path = `${folder}/${filePath(naming, files[index] ?? 0)}`;
        bytes[index] = await storage.sizeOf(path) ?? 0;
        tick();
      }),
  );
  const sum = bytes.reduce((sum, each) => sum + each, 0);
  const isMeasured = files.length === fileCount;
  bytes.sort();
  return {
    total: isMeasured ? sum : Math.round(sum / files.length * fileCount),
    isMeasured,
    least: bytes[0] ?? 0,
    median: bytes[Math.floor(bytes.length / 2)] ?? 0,
    most: bytes.at(-1) ?? 0,
  };
}

async function countOfSplit(
  { workload, storage, format, options }: Parts,
  files: SplitFiles,
): Promise<SampleFacts> {
  const usual = format.counting?.reads === "file"
    ? SAMPLED_WHOLE_FILES
    : SAMPLED_FILES;
  const counted = await countSome(
    describeDataset(withNoFiles(workload), format).dataset,
    files,
    { storage, format, samplesPerFile: null, hooks: options.hooks },
    Math.min(files.fileCount, options.sampleFiles ?? usual),
  );
  return factsOf(counted, files.fileCount);
}

function withNoFiles(workload: Workload): Workload {
  const { dataset } = workload;
  return {
    ...workload,
    dataset: { ...dataset, num_files_train: 0, num_files_eval: 0 },
  };
}

function factsOf(counted: CountedFiles, fileCount: number): SampleFacts {
  // A format that cannot count has one sample in each file.
  if (counted === null) {
    return {
      total: fileCount,
      isMeasured: true,
      least: 1,
      most: 1,
      countedFiles: fileCount,
    };
  }
  const sum = counted.reduce((sum, each) => sum + each, 0);
  const isMeasured = counted.length === fileCount;
  return {
    total: isMeasured ? sum : Math.round(sum / counted.length * fileCount),
    isMeasured,
    least: Math.min(...counted),
    most: Math.max(...counted),
    countedFiles: counted.length,
  };
}

function ownSamples(
  { dataset: { num_samples_per_file } }: Manifest,
  { fileCount }: SplitFiles,
): SampleFacts {
  return {
    total: fileCount * num_samples_per_file,
    isMeasured: true,
    least: num_samples_per_file,
    most: num_samples_per_file,
    countedFiles: fileCount,
  };
}

/** Looks into the first file. */
async function lookAtFirst(
  { workload, storage, format, options: { hooks } }: Parts,
  files: SplitFiles,
  { samples }: SplitFacts,
): Promise<Omit<LookedParts, "splits">> {
  const folder = workload.dataset.data_folder;
  const lookedInto = filePath(files.naming, 0);
  const { dataset } = describeDataset(withNoFiles(workload), format);
  const [held = samples.least] = await countSome(
    dataset,
    { ...files, fileCount: 1 },
    { storage, format, samplesPerFile: null, hooks },
    1,
  ) ?? [1];
  const looked = await during(
    hooks,
    `looking into ${lookedInto}`,
    () =>
      lookInto({
        storage,
        format,
        dataset,
        path: `${folder}/${lookedInto}`,
        fileIndex: files.firstFileIndex,
        held,
      }),
  );
  const dependsOnSize = format.counting?.dependsOnSampleSize === true;
  const dims = new SampleDims(dataset.dims).of(files.firstFileIndex);
  return { ...looked, lookedInto, sampleDims: dependsOnSize ? dims : null };
}
