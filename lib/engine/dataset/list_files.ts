/**
 * Lists the files of a split as a stream: sub-folders in parallel, names
 * straight into a compact table, never all of them as texts.
 *
 * On the way it counts the names that follow DLIO's pattern, by the number
 * of files that they speak of: a folder may hold several datasets. Hidden
 * names are passed over, see `hidden_names.ts`.
 */
import { LoopTurns } from "../../bytes/loop_turns.ts";
import type { NameTable } from "../../sampling/name_table.ts";
import { NameTableBuilder } from "../../sampling/name_table.ts";
import {
  type FileNaming,
  filePath,
  parseFileName,
} from "../../sampling/file_names.ts";
import type { FolderEntry, Storage } from "../../storage/storage.ts";
import { isHiddenName } from "./hidden_names.ts";

/** What a listing found. */
export interface ListedFiles {
  /** All files with the format's ending, by path. */
  readonly names: NameTable;
  /** Count in the name → files with it that are in use and where they belong. */
  readonly patternCounts: ReadonlyMap<number, number>;
  readonly passedOver: PassedOver;
  /** Files with the format's ending, or folders, that cannot be read. */
  readonly unusable: Unusable;
}

/** What has a hidden name. */
export interface PassedOver {
  /** With the format's ending. */
  readonly fileCount: number;
  readonly folderCount: number;
  /** Path of one of them; "" if there is none. */
  readonly example: string;
}

/** What cannot be read. */
export interface Unusable {
  readonly count: number;
  /** Path of one of them, and why: "it is a named pipe". */
  readonly example: string;
  readonly problem: string;
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
  let passedOver: PassedOver = { fileCount: 0, folderCount: 0, example: "" };
  let unusable: Unusable = { count: 0, example: "", problem: "" };
  /** Whether it is neither a folder nor a file of the dataset. */
  const isNoData = (entry: FolderEntry, path: string): boolean => {
    const { name, isFolder, problem } = entry;
    // DLIO's own names may begin with a dot, if the prefix does.
    if (isHiddenName(name) && !name.startsWith(patternStart)) {
      passedOver = {
        fileCount: passedOver.fileCount + (isFolder ? 0 : 1),
        folderCount: passedOver.folderCount + (isFolder ? 1 : 0),
        example: firstOf(passedOver.example, path),
      };
      return true;
    }
    if (problem === undefined) return false;
    const isFirst = firstOf(unusable.example, path) === path;
    unusable = {
      count: unusable.count + 1,
      ...(isFirst
        ? { example: path, problem }
        : { example: unusable.example, problem: unusable.problem }),
    };
    return true;
  };
  const listOne = async (relativeFolder: string): Promise<string[]> => {
    const subfolders: string[] = [];
    for await (const entry of storage.list(`${folder}/${relativeFolder}`)) {
      split.onEntry?.();
      const turn = turns.next();
      if (turn !== null) await turn;
      const { name, isFolder } = entry;
      if (!isFolder && !hasEnding(name)) continue;
      const path = `${relativeFolder}/${name}`;
      if (isNoData(entry, path)) continue;
      if (isFolder) subfolders.push(path);
      else addFile(path, name);
    }
    return subfolders;
  };
  await visitAll(naming.split, listOne);
  return { names: builder.finish(), patternCounts, passedOver, unusable };
}

/** The first by name, so that messages do not change; "" is none. */
function firstOf(known: string, path: string): string {
  return known !== "" && known < path ? known : path;
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
