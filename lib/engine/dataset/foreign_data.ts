/**
 * Data that Stoker did not make is never changed: nothing is generated into
 * its folder, over it, or removed from it, whatever flags say.
 *
 * A folder is somebody else's if it has no manifest and
 *
 *    - anything in its `train` or `valid`, or
 *    - a file with the ending of any format, itself or in folders below it.
 *
 * Folders with a manifest of their own are Stoker's. Of the rest 10,000
 * entries are looked at, the uppermost first.
 */
import { shownName } from "../../bytes/path_rules.ts";
import { DatasetError, StorageError } from "../../errors.ts";
import { loadFormats } from "../../formats/registry.ts";
import type { Storage } from "../../storage/storage.ts";
import type { PreparedDataset } from "../run/prepare_run.ts";
import { FileEndings } from "./file_endings.ts";
import { isHiddenName } from "./hidden_names.ts";
import { manifestPath, readManifest } from "./manifest.ts";

/** Entries that are looked at. */
const MAX_ENTRIES = 10_000;

/** What a run is about to do to a folder. */
export interface Changes {
  readonly generates: boolean;
  /** `dataset.keep_files` is false. */
  readonly removes: boolean;
}

/**
 * Refuses to change a folder with somebody else's data.
 *
 * @param prepared The dataset that is about to be written or removed.
 * @param changes What is about to be done.
 * @throws {DatasetError} If the folder has data that no manifest lists.
 */
export async function refuseForeignData(
  { storage, dataset: { dataset }, format }: PreparedDataset,
  { generates, removes }: Changes,
): Promise<void> {
  const { folder } = dataset;
  if (storage.keepsNothing === true || !generates && !removes) return;
  if (await readManifest(storage, folder) !== null) return;
  if (!generates) {
    throw new DatasetError(
      `Cannot delete the dataset in "${folder}" (dataset.keep_files = false) ` +
        `as it must be one that Stoker made: there is no ` +
        `${manifestPath(folder)}, and other data is never changed`,
    );
  }
  // To a format that takes any file everything would look like data.
  const formats = [...Object.values(await loadFormats()), format]
    .filter((each) => each.anyEnding !== true);
  const endings = formats.map((each) => new FileEndings(each, each.name));
  const file = await firstFile(
    storage,
    folder,
    (name) => endings.some((each) => each.has(name)),
  );
  if (file === null) return;
  throw new DatasetError(
    `Cannot generate into "${folder}" as it must be empty or a dataset that ` +
      `Stoker made: it has files and no manifest, such as ` +
      `${shownName(file)}; other data is never changed, nor with --force: ` +
      `give another folder (--data), or read what is there ` +
      `(workflow.generate_data=false)`,
  );
}

/** Path of a file that is data; null: there is none. */
async function firstFile(
  storage: Storage,
  folder: string,
  isData: (name: string) => boolean,
): Promise<string | null> {
  const waiting = [""];
  let entryCount = 0;
  for (const parent of waiting) {
    const isSplit = /^(train|valid)(\/|$)/.test(parent);
    const where = parent === "" ? folder : `${folder}/${parent}`;
    const below: string[] = [];
    let found: string | null = null;
    let isOwn = false;
    try {
      for await (const { name, isFolder, leadsBack } of storage.list(where)) {
        const path = parent === "" ? name : `${parent}/${name}`;
        if (isFolder && name === ".stoker" && parent !== "") isOwn = true;
        if (isHiddenName(name)) continue;
        if (isFolder) {
          if (leadsBack !== true) below.push(path);
        } else if (isSplit || isData(name)) found ??= path;
        if (++entryCount === MAX_ENTRIES) break;
      }
    } catch (error) {
      const code = error instanceof StorageError ? error.code : null;
      // A bucket that is made when it is first written to has no files.
      if (code === "ENOENT") continue;
      // What may not be read here will not be written to either.
      if (code !== "EACCES" || parent === "") throw error;
    }
    if (isOwn) continue;
    if (found !== null || entryCount === MAX_ENTRIES) return found;
    waiting.push(...below);
  }
  return null;
}
