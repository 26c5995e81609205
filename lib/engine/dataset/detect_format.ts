/**
 * Which format the files of a folder have, by how their names end.
 */
import { fileExtension, type Format } from "../../formats/format.ts";
import { loadFormats } from "../../formats/registry.ts";
import { FileEndings } from "./file_endings.ts";
import type { FolderLister } from "./listed_folders.ts";
import { walkFolder } from "./walk_folder.ts";

/** Files of one format. */
export interface FormatTally {
  readonly format: Format;
  readonly fileCount: number;
  /** Path below the folder of one of them, the first by name. */
  readonly example: string;
}

/** What a folder has. */
export interface FolderTally {
  /** Formats with files, that with the most in front. */
  readonly formats: readonly FormatTally[];
  /** Files of no format known. */
  readonly otherCount: number;
  readonly otherExample: string;
}

/**
 * Counts the files of each format in a folder and below it.
 *
 * @param storage Where it is.
 * @param folder Which one.
 * @param onEntry Called for every entry.
 * @throws {StorageError} If a folder cannot be listed.
 */
export async function tallyFormats(
  storage: FolderLister,
  folder: string,
  onEntry: () => void,
): Promise<FolderTally> {
  const formats = Object.values(await loadFormats())
    .filter(({ reading }) => reading !== "nothing");
  // A format that takes any name is what is left when no other does.
  const last = formats.find(({ anyEnding }) => anyEnding === true);
  const known = formats.filter((format) => format !== last)
    .map((format) => ({
      format,
      endings: new FileEndings(format, fileExtension(format, "none")),
    }));
  const tallies = new Map<Format, { fileCount: number; example: string }>();
  let otherCount = 0;
  let otherExample = "";
  const take = (path: string, name: string) => {
    if (known.some(({ endings }) => endings.isCompanion(name))) return;
    const format = known.find(({ endings }) => endings.has(name))?.format;
    if (format === undefined) {
      otherCount++;
      otherExample = firstOf(otherExample, path);
      return;
    }
    const { fileCount, example } = tallies.get(format) ??
      { fileCount: 0, example: "" };
    tallies.set(format, {
      fileCount: fileCount + 1,
      example: firstOf(example, path),
    });
  };
  await walkFolder<null>(storage, folder, {
    onEntry,
    isFile: () => true,
    takeFile: (path, name) => take(path, name),
    enter: (folders) => folders.map(({ path }) => ({ path, place: null })),
  }, { path: "", place: null });
  const found = [...tallies].map(([format, tally]) => ({ format, ...tally }))
    .toSorted((a, b) => b.fileCount - a.fileCount);
  if (last === undefined || otherCount === 0) {
    return { formats: found, otherCount, otherExample };
  }
  const rest = { format: last, fileCount: otherCount, example: otherExample };
  return { formats: [...found, rest], otherCount: 0, otherExample: "" };
}

function firstOf(known: string, path: string): string {
  return known !== "" && known < path ? known : path;
}
