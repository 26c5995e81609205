/**
 * Generating, verifying and removing a dataset, with its manifest.
 */
import { type Cluster, onFirstProcess } from "../../cluster/cluster.ts";
import { DatasetError } from "../../errors.ts";
import type { Format } from "../../formats/format.ts";
import { FORMATS } from "../../formats/registry.ts";
import { forEachFile } from "../../storage/lanes.ts";
import type { Storage } from "../../storage/storage.ts";
import { connectStorage, formatOf } from "../plan/connect.ts";
import { DatasetFiles } from "../plan/dataset_files.ts";
import type { FileTask, GeneratePlan, SplitFiles } from "../plan/visit_plan.ts";
import {
  differences,
  identityOf,
  type Manifest,
  manifestPath,
  manifestSplits,
  readManifest,
  writeManifest,
} from "./manifest.ts";
import {
  checkFormat,
  type DescribedDataset,
} from "../plan/describe_dataset.ts";
import { preflightFolder } from "./preflight_folder.ts";
import type { RunHooks, RunOutcome } from "../run/run_hooks.ts";
import type { DatasetPlan } from "../plan/run_plan.ts";
import { visitFiles } from "./visit_files.ts";
import { type WantedFiles, wantedFiles } from "./wanted_files.ts";
import type { Damage } from "../threads/worker_start.ts";

/**
 * Buffer that a file is encoded through. Larger ones leave the L2 cache and
 * are slower; smaller ones cost more system calls.
 */
const PAGE_BYTES_PER_GENERATOR = 1024 * 1024;

/** Arguments of {@linkcode generateDataset}. */
export interface GenerateOptions {
  readonly threads: number;
  /** Rewrites what is there, also what Stoker did not make. */
  readonly force: boolean;
  readonly stokerVersion: string;
}

/**
 * Writes the dataset that the settings describe; files that are there in full
 * length are kept, so an interrupted generation continues.
 *
 * @throws {DatasetError} If another dataset is in the way.
 */
export async function generateDataset(
  described: DescribedDataset,
  hooks: RunHooks,
  options: GenerateOptions,
): Promise<RunOutcome> {
  const { dataset, splits } = described;
  const format = await formatOf(dataset);
  checkFormat(described, format);
  const storage = await connectStorage(dataset.storage);
  const manifest = manifestOf(described, options.stokerVersion);
  await onFirstProcess(
    hooks.cluster,
    () => clearTheWay(described, { storage, manifest, force: options.force }),
  );
  await preflightFolder(storage, dataset.folder);
  // Both, also where one stays empty: DLIO lists them.
  for (const { naming } of splits) {
    await storage.makeFolder(`${dataset.folder}/${naming.split}`);
  }
  await onFirstProcess(
    hooks.cluster,
    () => writeManifest(storage, dataset.folder, manifest),
  );
  const outcome = await visitFiles(
    planVisit(described, options.force ? "rewrite" : "complete", {
      threads: options.threads,
      visitCount: fileCountOf(splits),
      cluster: hooks.cluster,
    }),
    hooks,
  );
  if (outcome.error === null) {
    const complete = { ...manifest, complete: true };
    await onFirstProcess(
      hooks.cluster,
      () => writeManifest(storage, dataset.folder, complete),
    );
  }
  return outcome;
}

/** Arguments of {@linkcode verifyDataset}. */
export interface VerifyOptions {
  readonly threads: number;
  /** Files to check, spread evenly; null: all. */
  readonly sampleCount: number | null;
}

/** What a verification found. */
export interface VerifyOutcome extends RunOutcome {
  /** Of those asked for, the missing ones included. */
  readonly checkedFiles: number;
  /** One entry per damaged file; of missing ones the first 1000. */
  readonly damages: readonly Damage[];
  /** Files that are damaged or missing. */
  readonly damagedCount: number;
}

/**
 * Reads a dataset back and compares every byte with what the seed gives.
 *
 * @param described The dataset as {@linkcode describeGenerated} found it.
 */
export async function verifyDataset(
  described: DescribedDataset & WantedFiles,
  hooks: RunHooks,
  options: VerifyOptions,
): Promise<VerifyOutcome> {
  const damages: Damage[] = [];
  const fileCount = fileCountOf(described.splits);
  const visitCount = Math.min(options.sampleCount ?? fileCount, fileCount);
  const plan = planVisit(described, "verify", {
    threads: options.threads,
    visitCount,
    cluster: hooks.cluster,
  });
  const onDamage = (damage: Damage) => damages.push(damage);
  const outcome = await visitFiles(plan, { ...hooks, onDamage });
  const { missing, missingCount } = described;
  const damagedFiles = new Set(damages.map(({ path }) => path)).size;
  damages.push(...missing);
  damages.sort((a, b) => a.path < b.path ? -1 : 1);
  return {
    ...outcome,
    checkedFiles: visitCount + missingCount,
    damages,
    damagedCount: damagedFiles + missingCount,
  };
}

/**
 * The files of the dataset in a folder that the settings ask for, under the
 * names of its manifest, for verifying them.
 *
 * @throws {DatasetError} If there is none, or its settings differ.
 */
export async function describeGenerated(
  described: DescribedDataset,
): Promise<DescribedDataset & WantedFiles> {
  const { dataset } = described;
  const storage = await connectStorage(dataset.storage);
  const manifest = await readManifest(storage, dataset.folder);
  if (manifest === null) {
    throw new DatasetError(
      `Cannot verify the dataset in "${dataset.folder}" as it must be one ` +
        `that Stoker made: there is no ${manifestPath(dataset.folder)}`,
    );
  }
  const prefix = described.splits[0]?.naming.prefix ?? "";
  const found = differences(manifest.dataset, identityOf(dataset, prefix));
  if (found.length > 0) throw anotherDataset(dataset.folder, found);
  const format = await formatOf(dataset);
  const listed = manifestSplits(manifest, format, dataset.folder);
  return {
    dataset,
    ...wantedFiles(listed, described.splits, dataset.folder),
  };
}

/**
 * Deletes the files that the manifest lists, and the manifest; nothing else.
 *
 * @returns Number of files that were listed.
 */
export async function removeDataset(
  described: DescribedDataset,
): Promise<number> {
  const { dataset } = described;
  const storage = await connectStorage(dataset.storage);
  const manifest = await readManifest(storage, dataset.folder);
  if (manifest === null) return 0;
  return await removeListed(described, { storage, manifest });
}

async function removeListed(
  described: DescribedDataset,
  where: { storage: Storage; manifest: Manifest },
): Promise<number> {
  const { dataset } = described;
  const { storage, manifest } = where;
  const format = await formatOfManifest(dataset, manifest);
  const splits = manifestSplits(manifest, format, dataset.folder);
  const files = new DatasetFiles(dataset, splits, format);
  const fileCount = fileCountOf(splits);
  await forEachFile(storage, fileCount, async (fileIndex) => {
    const relativePath = files.relativePath(fileIndex);
    await storage.remove(`${dataset.folder}/${relativePath}`);
    for (const companion of format.companions ?? []) {
      await storage.remove(
        `${dataset.folder}/${companion.path(relativePath)}`,
      );
    }
  });
  await storage.remove(manifestPath(dataset.folder));
  return fileCount;
}

/** The format of what is there, which may be another than is wanted. */
async function formatOfManifest(
  dataset: DatasetPlan,
  manifest: Manifest,
): Promise<Format> {
  const { format } = manifest.dataset;
  if (format === dataset.format) return await formatOf(dataset);
  const load = Object.hasOwn(FORMATS, format) ? FORMATS[format] : undefined;
  if (load !== undefined) return await load();
  throw new DatasetError(
    `Cannot remove the dataset in "${dataset.folder}" as its format must be ` +
      `one of Stoker's own or that of dataset.format_module: it is ` +
      `"${format}"; remove the folder by hand`,
  );
}

async function clearTheWay(
  described: DescribedDataset,
  where: {
    storage: Storage;
    manifest: Omit<Manifest, "stoker_manifest">;
    force: boolean;
  },
): Promise<void> {
  const { dataset, splits } = described;
  const { storage, manifest, force } = where;
  const there = await readManifest(storage, dataset.folder);
  if (there === null) {
    if (force || !await hasFiles(described, storage)) return;
    throw new DatasetError(
      `Cannot generate into "${dataset.folder}" as it must be empty or a ` +
        `dataset that Stoker made: it has files and no manifest; --force ` +
        `writes over files of the same names`,
    );
  }
  const found = differences(there.dataset, manifest.dataset);
  for (const split of splits) {
    const key = split.naming.split;
    const had = there[key];
    if (had.file_count !== split.fileCount) {
      found.push(
        `${had.file_count} files in ${key} there, ${split.fileCount} here`,
      );
    }
    if (had.subfolder_count !== manifest[key].subfolder_count) {
      found.push(
        `${had.subfolder_count} sub-folders in ${key} there, ` +
          `${manifest[key].subfolder_count} here`,
      );
    }
  }
  if (found.length === 0) return;
  if (!force) throw anotherDataset(dataset.folder, found);
  await removeListed(described, { storage, manifest: there });
}

async function hasFiles(
  described: DescribedDataset,
  storage: Storage,
): Promise<boolean> {
  for (const { naming } of described.splits) {
    const folder = `${described.dataset.folder}/${naming.split}`;
    for await (const _entry of storage.list(folder)) return true;
  }
  return false;
}

function anotherDataset(
  folder: string,
  found: readonly string[],
): DatasetError {
  return new DatasetError(
    `Cannot use "${folder}" as it must hold the dataset of these settings:\n` +
      found.map((difference) => `  ${difference}`).join("\n") +
      `\n"stoker generate --force" replaces it`,
  );
}

function manifestOf(
  described: DescribedDataset,
  stokerVersion: string,
): Omit<Manifest, "stoker_manifest"> {
  const { dataset, splits } = described;
  const countsOf = (split: string) => {
    const files = splits.find(({ naming }) => naming.split === split);
    return {
      file_count: files?.fileCount ?? 0,
      subfolder_count: files?.naming.subfolderCount ?? 0,
    };
  };
  return {
    stoker_version: stokerVersion,
    complete: false,
    dataset: identityOf(dataset, splits[0]?.naming.prefix ?? ""),
    train: countsOf("train"),
    valid: countsOf("valid"),
  };
}

function planVisit(
  described: DescribedDataset,
  task: FileTask,
  options: { threads: number; visitCount: number; cluster: Cluster },
): GeneratePlan {
  return {
    task,
    dataset: described.dataset,
    splits: described.splits,
    visitCount: options.visitCount,
    fileCount: fileCountOf(described.splits),
    cluster: options.cluster,
    threads: options.threads,
    pageBytes: PAGE_BYTES_PER_GENERATOR,
  };
}

/** Files of all splits. */
export function fileCountOf(splits: readonly SplitFiles[]): number {
  return splits.reduce((sum, { fileCount }) => sum + fileCount, 0);
}
