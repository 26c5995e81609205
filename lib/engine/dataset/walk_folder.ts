/**
 * Walks through a folder and what is below it: sub-folders in parallel, each
 * as a stream, so that memory does not grow with the number of entries.
 *
 * Names that are no data (`hidden_names.ts`) are passed over, and so are links
 * that lead back to a folder above them. What can be neither read nor entered
 * is collected: a dataset with such files is refused.
 */
import { LoopTurns } from "../../bytes/loop_turns.ts";
import type { FolderEntry } from "../../storage/storage.ts";
import { isHiddenName } from "./hidden_names.ts";
import type { FolderLister } from "./listed_folders.ts";

/** Folders that are read at the same time. */
const FOLDERS_AT_ONCE = 16;

/** Entries of one kind that a walk left out. */
export interface LeftOut {
  readonly fileCount: number;
  readonly folderCount: number;
  /** Path of one of them, the first by name; "" if there is none. */
  readonly example: string;
}

/** Nothing was left out. */
export const NOTHING_LEFT_OUT: LeftOut = {
  fileCount: 0,
  folderCount: 0,
  example: "",
};

/** What cannot be read. */
export interface Unusable {
  readonly count: number;
  /** Path of one of them, and why: "it is a named pipe". */
  readonly example: string;
  readonly problem: string;
}

/** What whoever walks does with what it meets. */
export interface Visitor<Place> {
  /** Names that begin so are data, although they may look hidden. */
  readonly dataStart?: string;
  /** Called for every entry, whatever it is. */
  onEntry?(): void;
  /**
   * Whether a file is of interest at all: what has another ending is not
   * counted as hidden or unusable.
   */
  isFile(name: string, path: string, place: Place): boolean;
  /** A file of interest. @param path Below the folder that is walked. */
  takeFile(path: string, name: string, place: Place): void;
  /**
   * What is known of the folders in a folder, when all of it was read.
   *
   * @param folders Their paths below the folder that is walked, with names.
   * @returns Those to enter, each with what its files will be told.
   */
  enter(
    folders: readonly FoundFolder[],
    place: Place,
  ): readonly { readonly path: string; readonly place: Place }[];
}

/** A folder that a walk met. */
export interface FoundFolder {
  readonly path: string;
  readonly name: string;
}

/** What a walk left out. */
export interface WalkRemains {
  /** Hidden names. */
  readonly hidden: LeftOut;
  /** Links that lead back. */
  readonly loops: LeftOut;
  readonly unusable: Unusable;
  /** Folders below the first that hold a dataset of Stoker's own. */
  readonly ownDatasets: LeftOut;
}

/**
 * Walks through a folder.
 *
 * @param storage Where it is.
 * @param folder Where to begin.
 * @param visitor What is done.
 * @param start What the files of the first folder are told.
 * @throws {StorageError} If a folder cannot be listed.
 */
export async function walkFolder<Place>(
  storage: FolderLister,
  folder: string,
  visitor: Visitor<Place>,
  start: { readonly path: string; readonly place: Place },
): Promise<WalkRemains> {
  const turns = new LoopTurns();
  const remains = new Remains(visitor.dataStart);
  await visitAll(start, async ({ path: parent, place }) => {
    const folders: FoundFolder[] = [];
    const where = parent === "" ? folder : `${folder}/${parent}`;
    for await (const entry of storage.list(where)) {
      visitor.onEntry?.();
      const turn = turns.next();
      if (turn !== null) await turn;
      const { name, isFolder } = entry;
      const path = parent === "" ? name : `${parent}/${name}`;
      if (parent !== "" && isFolder && name === ".stoker") {
        remains.addOwnDataset(parent);
      }
      if (!isFolder && !visitor.isFile(name, path, place)) continue;
      if (remains.takes(entry, path)) continue;
      if (isFolder) folders.push({ path, name });
      else visitor.takeFile(path, name, place);
    }
    return folders.length === 0 ? [] : visitor.enter(folders, place);
  });
  return remains;
}

/** One more entry that was left out. */
export function leaveOut(
  { fileCount, folderCount, example }: LeftOut,
  path: string,
  isFolder: boolean,
): LeftOut {
  return {
    fileCount: fileCount + (isFolder ? 0 : 1),
    folderCount: folderCount + (isFolder ? 1 : 0),
    example: firstOf(example, path),
  };
}

/** Counts what is neither a folder nor a file of the dataset. */
class Remains implements WalkRemains {
  hidden = NOTHING_LEFT_OUT;
  loops = NOTHING_LEFT_OUT;
  ownDatasets = NOTHING_LEFT_OUT;
  unusable: Unusable = { count: 0, example: "", problem: "" };
  readonly #dataStart: string | undefined;

  constructor(dataStart: string | undefined) {
    this.#dataStart = dataStart;
  }

  addOwnDataset(path: string): void {
    this.ownDatasets = leaveOut(this.ownDatasets, path, true);
  }

  /** Whether it is none; then it is counted. */
  takes(entry: FolderEntry, path: string): boolean {
    const { name, isFolder, problem, leadsBack } = entry;
    const isData = this.#dataStart !== undefined &&
      name.startsWith(this.#dataStart);
    if (isHiddenName(name) && !isData) {
      this.hidden = leaveOut(this.hidden, path, isFolder);
      return true;
    }
    if (leadsBack === true) {
      this.loops = leaveOut(this.loops, path, true);
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

/** Visits a place and what it leads to, several at a time. */
async function visitAll<Place>(
  first: Place,
  visit: (place: Place) => Promise<readonly Place[]>,
): Promise<void> {
  const waiting = [first];
  const underWay = new Set<Promise<void>>();
  while (waiting.length > 0 || underWay.size > 0) {
    while (waiting.length > 0 && underWay.size < FOLDERS_AT_ONCE) {
      const place = waiting.pop();
      if (place === undefined) break;
      const done: Promise<void> = visit(place).then((further) => {
        for (const one of further) waiting.push(one);
        underWay.delete(done);
      });
      underWay.add(done);
    }
    await Promise.race(underWay);
  }
}
