/**
 * Generates a dataset: clears the way, writes its manifest and its files.
 */
import { processOfShare, type Share } from "../../cluster/share.ts";
import {
  asGenerated,
  checkFormat,
  type DescribedDataset,
} from "../plan/describe_dataset.ts";
import { emptyFolders } from "../../sampling/file_names.ts";
import type { DescribedRun } from "../plan/describe_run.ts";
import { fileCountOf, planVisit } from "../plan/visit_plan.ts";
import type { PreparedDataset } from "../run/prepare_run.ts";
import { during } from "../run/during.ts";
import type { RunHooks, RunOutcome } from "../run/run_hooks.ts";
import { asError } from "../run/abort_error.ts";
import { inEveryProcess, onFirstTogether } from "../run/together.ts";
import { refuseForeignData } from "./foreign_data.ts";
import {
  anotherDataset,
  differences,
  identityOf,
  type Manifest,
  readManifest,
  writeManifest,
} from "./manifest.ts";
import { preflightFolder } from "./preflight_folder.ts";
import { removeListed } from "./remove_dataset.ts";
import { runFileWorkers } from "./run_file_workers.ts";

/** Arguments of {@linkcode generateDataset}. */
export interface GenerateOptions {
  readonly threads: number;
  /** Rewrites what is there, also another dataset that Stoker made. */
  readonly force: boolean;
  readonly stokerVersion: string;
  /**
   * Which files are written; absent: those of this process. A share does not
   * know of the others' files: the manifest stays incomplete, unless it was
   * complete before.
   */
  readonly share?: Share;
}

/**
 * Writes the dataset that the settings describe; files that are there in full
 * length are kept, so an interrupted generation continues.
 *
 * @param asked The dataset, the storage that it is written to, and how.
 * @param hooks Who listens, and the signal that stops it.
 * @param options How it is written.
 * @returns What was written. Rejects only before the first file.
 * @throws {ConfigError} If the format cannot make the files.
 * @throws {DatasetError} If another dataset is in the way.
 */
export async function generateDataset(
  asked: PreparedDataset & Pick<DescribedRun, "generateQueue">,
  hooks: RunHooks,
  options: GenerateOptions,
): Promise<RunOutcome> {
  const prepared = { ...asked, dataset: asGenerated(asked.dataset) };
  const { dataset: described, format, storage } = prepared;
  const { dataset, splits } = described;
  const { share } = options;
  const { link: { cluster }, signal } = hooks;
  checkFormat(described, format);
  const manifest = manifestOf(described, options.stokerVersion);
  await onFirstTogether(
    hooks,
    "process 0 clears the way",
    () =>
      during(
        hooks,
        `clearing the way in ${dataset.folder}`,
        (tick) =>
          clearTheWay(prepared, manifest, {
            force: options.force,
            signal,
            onRemoved: tick,
          }),
      ),
  );
  await inEveryProcess(
    hooks,
    "they try the dataset's folder",
    () =>
      during(
        hooks,
        `trying ${dataset.folder}`,
        () => preflightFolder(storage, dataset.folder),
      ),
  );
  await onFirstTogether(hooks, "process 0 writes the manifest", async () => {
    // All, also those that stay empty: DLIO makes and lists them.
    for (const { naming, fileCount } of splits) {
      for (const folder of emptyFolders(naming, fileCount)) {
        await storage.makeFolder(`${dataset.folder}/${folder}`);
      }
    }
    const isDone = share !== undefined && !options.force &&
      (await readManifest(storage, dataset.folder))?.complete === true;
    if (!isDone) await writeManifest(storage, dataset.folder, manifest);
  });
  const plan = planVisit(described, options.force ? "rewrite" : "complete", {
    threads: options.threads,
    visitCount: fileCountOf(splits),
    cluster: share === undefined ? cluster : processOfShare(share),
    queue: asked.generateQueue,
  });
  const outcome = await runFileWorkers(plan, prepared, hooks);
  if (outcome.error !== null || share !== undefined) return outcome;
  const complete = { ...manifest, complete: true };
  try {
    await onFirstTogether(
      hooks,
      "process 0 completes the manifest",
      () => writeManifest(storage, dataset.folder, complete),
    );
    return outcome;
  } catch (error) {
    // What was written has been measured: it is not lost.
    return { ...outcome, error: asError(error) };
  }
}

type NewManifest = Omit<Manifest, "stoker_manifest">;

async function clearTheWay(
  prepared: PreparedDataset,
  manifest: NewManifest,
  options: {
    readonly force: boolean;
    readonly signal: AbortSignal;
    readonly onRemoved: () => void;
  },
): Promise<void> {
  const { dataset: { dataset, splits }, storage } = prepared;
  const there = await readManifest(storage, dataset.folder);
  if (there === null) {
    await refuseForeignData(prepared, { generates: true, removes: false });
    return;
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
  if (!options.force) throw anotherDataset(dataset.folder, found);
  await removeListed(prepared, there, options);
}

function manifestOf(
  described: DescribedDataset,
  stokerVersion: string,
): NewManifest {
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
