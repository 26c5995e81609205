/**
 * Lists the files of a split as a stream: sub-folders in parallel, names
 * straight into a compact table, never all of them as texts.
 *
 * On the way it counts the names that follow DLIO's pattern, by the number
 * of files that they speak of: a folder may hold several datasets.
 */
import { LoopTurns } from "../../bytes/loop_turns.ts";
import type { NameTable } from "../../sampling/name_table.ts";
import { NameTableBuilder } from "../../sampling/name_table.ts";
import {
  type FileNaming,
  filePath,
  parseFileName,
} from "../../sampling/file_names.ts";
import type { Storage } from "../../storage/storage.ts";

/** What a listing found. */
export interface ListedFiles {
  /** All files with the format's ending, by path. */
  readonly names: NameTable;
  /** Count in the name → files with it that are in use and where they belong. */
  readonly patternCounts: ReadonlyMap<number, number>;
}

/** Folders that are read at the same time. */
const FOLDERS_AT_ONCE = 16;

/**
 * Lists a split.
 *
 * @param storage Where it is.
 * @param folder The dataset folder.
 * @param split How names would be that follow the pattern, how many of them
 *   are wanted, and the format's further endings.
 * @throws {StorageError} If a folder cannot be listed.
 */
export async function listFiles(
  storage: Storage,
  folder: string,
  split: {
    readonly naming: FileNaming;
    readonly fileCount: number;
    readonly endings?: readonly string[];
    /** Called for every entry. */
    readonly onEntry?: () => void;
  },
): Promise<ListedFiles> {
  const { naming, fileCount } = split;
  const builder = new NameTableBuilder();
  const turns = new LoopTurns();
  const patternCounts = new Map<number, number>();
  const endings = [naming.extension, ...split.endings ?? []]
    .flatMap((one) => [`.${one}`, `.${one.toUpperCase()}`]);
  const hasEnding = (name: string) =>
    endings.some((ending) => name.endsWith(ending));
  const patternStart = `${naming.prefix}_`;

  const addFile = (relativePath: string, name: string): void => {
    builder.add(relativePath);
    if (!name.startsWith(patternStart)) return;
    const parsed = parseFileName(name);
    if (parsed === null || parsed.prefix !== naming.prefix) return;
    const isPlaced = relativePath ===
      filePath({ ...naming, fileCount: parsed.fileCount }, parsed.fileIndex);
    if (!isPlaced) return;
    const before = patternCounts.get(parsed.fileCount) ?? 0;
    const isInUse = parsed.fileIndex < fileCount;
    patternCounts.set(parsed.fileCount, before + (isInUse ? 1 : 0));
  };
  const listOne = async (relativeFolder: string): Promise<string[]> => {
    const subfolders: string[] = [];
    for await (
      const { name, isFolder } of storage.list(`${folder}/${relativeFolder}`)
    ) {
      split.onEntry?.();
      const turn = turns.next();
      if (turn !== null) await turn;
      if (isFolder) subfolders.push(`${relativeFolder}/${name}`);
      else if (hasEnding(name)) addFile(`${relativeFolder}/${name}`, name);
    }
    return subfolders;
  };
  await visitAll(naming.split, listOne);
  return { names: builder.finish(), patternCounts };
}

/** Visits a folder and what it leads to, several at a time. */
async function visitAll(
  first: string,
  visit: (folder: string) => Promise<string[]>,
): Promise<void> {
  const waiting = [first];
  const underWay = new Set<Promise<void>>();
  while (waiting.length > 0 || underWay.size > 0) {
    while (waiting.length > 0 && underWay.size < FOLDERS_AT_ONCE) {
      const folder = waiting.pop();
      if (folder === undefined) break;
      const done: Promise<void> = visit(folder).then((further) => {
        for (const one of further) waiting.push(one);
        underWay.delete(done);
      });
      underWay.add(done);
    }
    await Promise.race(underWay);
  }
}
