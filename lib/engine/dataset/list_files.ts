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
 *   are wanted, and the format's further endings or that any ending will do.
 * @throws {StorageError} If a folder cannot be listed.
 */
export async function listFiles(
  storage: Storage,
  folder: string,
  split: {
    readonly naming: FileNaming;
    readonly fileCount: number;
    readonly endings?: readonly string[];
    /** @default {false} */
    readonly anyEnding?: boolean;
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
    split.anyEnding === true ||
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
  const leftOut = new LeftOut(patternStart);
  const listOne = async (relativeFolder: string): Promise<string[]> => {
    const subfolders: string[] = [];
    for await (const entry of storage.list(`${folder}/${relativeFolder}`)) {
      split.onEntry?.();
      const turn = turns.next();
      if (turn !== null) await turn;
      const { name, isFolder } = entry;
      if (!isFolder && !hasEnding(name)) continue;
      const path = `${relativeFolder}/${name}`;
      if (leftOut.takes(entry, path)) continue;
      if (isFolder) subfolders.push(path);
      else addFile(path, name);
    }
    return subfolders;
  };
  await visitAll(naming.split, listOne);
  const { passedOver, unusable } = leftOut;
  return { names: builder.finish(), patternCounts, passedOver, unusable };
}

/** What is neither a folder nor a file of the dataset. */
class LeftOut {
  passedOver: PassedOver = { fileCount: 0, folderCount: 0, example: "" };
  unusable: Unusable = { count: 0, example: "", problem: "" };
  readonly #patternStart: string;

  /** @param patternStart How DLIO's names begin: a prefix may be a dot. */
  constructor(patternStart: string) {
    this.#patternStart = patternStart;
  }

  /** Whether it is none; then it is counted. */
  takes({ name, isFolder, problem }: FolderEntry, path: string): boolean {
    if (isHiddenName(name) && !name.startsWith(this.#patternStart)) {
      const { fileCount, folderCount, example } = this.passedOver;
      this.passedOver = {
        fileCount: fileCount + (isFolder ? 0 : 1),
        folderCount: folderCount + (isFolder ? 1 : 0),
        example: firstOf(example, path),
      };
      return true;
    }
    if (problem === undefined) return false;
    const { count, example } = this.unusable;
    const isFirst = firstOf(example, path) === path;
    this.unusable = {
      count: count + 1,
      example: isFirst ? path : example,
      problem: isFirst ? problem : this.unusable.problem,
    };
    return true;
  }
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
