/**
 * Removes a dataset: the files that its manifest lists, then the manifest;
 * nothing else.
 */
import { DatasetError } from "../../errors.ts";
import type { Format } from "../../formats/format.ts";
import { FORMATS } from "../../formats/registry.ts";
import { forEachFile } from "../../storage/lanes.ts";
import { DatasetFiles } from "../plan/dataset_files.ts";
import { fileCountOf } from "../plan/visit_plan.ts";
import { throwIfAborted } from "../run/abort_error.ts";
import type { PreparedDataset } from "../run/prepare_run.ts";
import {
  type Manifest,
  manifestPath,
  manifestSplits,
  readManifest,
} from "./manifest.ts";

/**
 * Removes the dataset that is in the folder of a prepared one, which may be
 * another. Does nothing where there is no manifest.
 *
 * @param prepared Where it is.
 * @param signal Aborting ends it between two files; the manifest stays, so
 *   that it can be continued.
 * @param onRemoved Called for each file that is gone.
 * @returns Number of files that were listed.
 * @throws {StorageError} If a file cannot be removed.
 * @throws {StokerError} The signal's reason, if it was aborted.
 */
export async function removeDataset(
  prepared: PreparedDataset,
  signal: AbortSignal,
  onRemoved: () => void = () => {},
): Promise<number> {
  const { storage, dataset: { dataset } } = prepared;
  const manifest = await readManifest(storage, dataset.folder);
  if (manifest === null) return 0;
  return await removeListed(prepared, manifest, { signal, onRemoved });
}

/**
 * Removes what a manifest lists, and the manifest.
 *
 * @param prepared Where it is.
 * @param manifest As it was read there.
 * @param options `signal`, `onRemoved`: as for {@linkcode removeDataset}.
 * @returns Number of files that were listed.
 */
export async function removeListed(
  prepared: PreparedDataset,
  manifest: Manifest,
  { signal, onRemoved }: {
    readonly signal: AbortSignal;
    readonly onRemoved: () => void;
  },
): Promise<number> {
  const { storage, dataset: { dataset } } = prepared;
  const format = await formatOfManifest(prepared, manifest);
  const splits = manifestSplits(manifest, format, dataset.folder);
  const files = new DatasetFiles(dataset, splits, format);
  const fileCount = fileCountOf(splits);
  await forEachFile(storage, fileCount, async (fileIndex) => {
    throwIfAborted(signal);
    await storage.remove(files.path(fileIndex));
    for (const { path } of files.beside(fileIndex)) {
      await storage.remove(path);
    }
    onRemoved();
  });
  await storage.remove(manifestPath(dataset.folder));
  return fileCount;
}

/** The format of what is there, which may be another than is wanted. */
async function formatOfManifest(
  { dataset: { dataset }, format: wanted }: PreparedDataset,
  manifest: Manifest,
): Promise<Format> {
  const { format } = manifest.dataset;
  if (format === dataset.format) return wanted;
  const entry = Object.hasOwn(FORMATS, format) ? FORMATS[format] : undefined;
  if (entry !== undefined) return await entry.part.load();
  throw new DatasetError(
    `Cannot remove the dataset in "${dataset.folder}" as its format must be ` +
      `one of Stoker's own or that of dataset.format_module: it is ` +
      `"${format}"; remove the folder by hand`,
  );
}
