/**
 * Finds the files of a dataset that Stoker did not make, wherever they are.
 *
 *    1. Files that `dataset.files_train` and `dataset.files_eval` name.
 *    2. Else every file of the format (`file_endings.ts`) below the folder. The
 *       first part of its path that says a split decides (`split_words.ts`);
 *       `file_groups.ts` says what happens to the others.
 *
 * One walk does both. Folders of a split that is not asked for are not
 * entered; where folders say all splits that are asked for, those beside them
 * are not entered either. What is left out is counted and said.
 */
import { shownName } from "../../bytes/path_rules.ts";
import { DatasetError } from "../../errors.ts";
import { type NameTable, NameTableBuilder } from "../../sampling/name_table.ts";
import type { Split } from "../../sampling/file_names.ts";
import type { SplitFiles } from "../plan/visit_plan.ts";
import {
  FileGroups,
  type SearchedSplits,
  withoutNames,
} from "./file_groups.ts";
import type { FileEndings } from "./file_endings.ts";
import type { FoundDataset, FoundFiles, WantedCount } from "./found_dataset.ts";
import { isHiddenName } from "./hidden_names.ts";
import { leftOutNotes, readingNote } from "./left_out_notes.ts";
import type { FolderLister } from "./listed_folders.ts";
import type { NamedFiles } from "./named_files.ts";
import { PatternCounter } from "./pattern_counter.ts";
import { type SplitWord, splitWordOf } from "./split_words.ts";
import {
  type FoundFolder,
  leaveOut,
  NOTHING_LEFT_OUT,
  type Visitor,
  walkFolder,
} from "./walk_folder.ts";

/** What is looked for, by split; null: nothing. */
export interface DatasetQuery {
  readonly folder: string;
  readonly endings: FileEndings;
  readonly train: SplitQuery | null;
  readonly valid: SplitQuery | null;
  /** Called for every entry. */
  readonly onEntry?: () => void;
}

/** What is looked for of one split. */
export interface SplitQuery {
  readonly wanted: WantedCount;
  /** The files by name; null: they are searched. */
  readonly named: NamedFiles | null;
  /** How names would be that follow DLIO's pattern. */
  readonly naming: SplitFiles["naming"];
}

/** What the files of a folder are, as its path says. */
interface Place {
  /** Null: it says nothing. */
  readonly word: SplitWord | null;
  /** Path of the folder that said it. */
  readonly folder: string;
  /** Files here are only of interest where a pattern names them. */
  readonly isForPatterns: boolean;
}

/**
 * Finds a dataset.
 *
 * @param storage Where it is.
 * @param query What is looked for.
 * @throws {DatasetError} If files cannot be used, or one of the splits has
 *   none.
 * @throws {ConfigError} If a setting names files that are not there.
 * @throws {StorageError} If a folder cannot be listed.
 */
export async function findDataset(
  storage: FolderLister,
  query: DatasetQuery,
): Promise<FoundDataset> {
  const { folder } = query;
  const finder = new DatasetFinder(query);
  await finder.addPaths();
  const remains = finder.needsWalk
    ? await walkFolder(storage, folder, finder, finder.start)
    : null;
  if (remains !== null) {
    refuse(folder, remains.ownDatasets.example, remains.unusable);
  }
  const { train, valid, unread } = finder.finish();
  const found = { train, valid };
  for (const split of ["train", "valid"] as const) {
    if (query[split] !== null && found[split] === null) {
      throw nothingFound(query, split, {
        otherFiles: finder.otherFiles.fileCount,
        example: finder.otherFiles.example,
        unread: unread.map(({ where }) => where),
      });
    }
  }
  const notes = [
    ...readingNote(folder, found),
    ...leftOutNotes(folder, {
      remains,
      otherFiles: finder.otherFiles,
      endings: `${query.endings}`,
      besideFolders: finder.besideFolders,
      unread,
    }),
  ];
  return { folder, train, valid, notes };
}

/** Takes the files of one walk. */
class DatasetFinder implements Visitor<Place> {
  readonly dataStart: string;
  /** Of other endings. */
  otherFiles = NOTHING_LEFT_OUT;
  /** Beside those of the splits. */
  besideFolders = NOTHING_LEFT_OUT;
  readonly #query: DatasetQuery;
  readonly #searched: SearchedSplits;
  readonly #groups = new FileGroups();
  readonly #counters = new Map<Split, PatternCounter>();
  readonly #named = new Map<Split, NameTableBuilder>();

  constructor(query: DatasetQuery) {
    this.#query = query;
    this.dataStart = `${(query.train ?? query.valid)?.naming.prefix}_`;
    const searchedCount = (part: SplitQuery | null) =>
      part === null || part.named !== null ? null : part.wanted;
    this.#searched = {
      train: searchedCount(query.train),
      valid: searchedCount(query.valid),
    };
    for (const split of ["train", "valid"] as const) {
      const part = query[split];
      if (part === null) continue;
      this.#counters.set(split, new PatternCounter(part.naming, part.wanted));
      if (part.named !== null) this.#named.set(split, new NameTableBuilder());
    }
  }

  get start(): { readonly path: string; readonly place: Place } {
    const isForPatterns = !this.#isSearching;
    return { path: "", place: { word: null, folder: "", isForPatterns } };
  }

  get needsWalk(): boolean {
    return this.#isSearching ||
      this.#namedFiles().some(({ globs }) => globs.length > 0);
  }

  /** Adds the files that are given by their paths. */
  async addPaths(): Promise<void> {
    const { onEntry = () => {} } = this.#query;
    for (const [split, builder] of this.#named) {
      await this.#query[split]?.named?.addPaths(builder, onEntry);
    }
  }

  onEntry(): void {
    this.#query.onEntry?.();
  }

  isFile(name: string, path: string, place: Place): boolean {
    if (this.#splitNaming(path) !== null) return true;
    if (place.isForPatterns) return false;
    const { endings } = this.#query;
    if (endings.has(name)) return true;
    if (!isHiddenName(name) && !endings.isCompanion(name)) {
      this.otherFiles = leaveOut(this.otherFiles, path, false);
    }
    return false;
  }

  takeFile(path: string, name: string, { word, folder }: Place): void {
    const split = this.#splitNaming(path);
    if (split !== null) {
      this.#named.get(split)?.add(path);
      return;
    }
    if (word !== null) {
      this.#groups.addOfFolder(path, word, folder);
      if (folder === "train" || folder === "valid") {
        this.#counters.get(folder)?.add(path, name);
      }
      return;
    }
    const own = splitWordOf(name);
    if (own === null) this.#groups.addOther(path);
    else this.#groups.addOfName(path, own);
  }

  enter(folders: readonly FoundFolder[], place: Place) {
    const worded = folders.map(({ path, name }) => ({
      path,
      word: place.word ?? splitWordOf(name),
    }));
    const isAsked = (word: SplitWord) =>
      (word === "train" ? this.#searched.train : this.#searched.valid) !== null;
    const { train, valid } = this.#searched;
    const hasAll = place.word === null &&
      (train === null || worded.some(({ word }) => word === "train")) &&
      (valid === null ||
        worded.some(({ word }) => word !== null && word !== "train"));
    return worded.flatMap(({ path, word }) => {
      const isSearched = this.#isSearching && !place.isForPatterns &&
        (word === null ? !hasAll : isAsked(word));
      if (word === "train" && !isSearched) this.#groups.leaveTraining();
      const mayBeNamed = this.#namedFiles().some((each) => each.mayBeIn(path));
      if (word === null && !isSearched && !place.isForPatterns && !mayBeNamed) {
        this.besideFolders = leaveOut(this.besideFolders, path, true);
      }
      if (!isSearched && !mayBeNamed) return [];
      const said = place.word === null ? path : place.folder;
      const folder = word === null ? "" : said;
      return [{ path, place: { word, folder, isForPatterns: !isSearched } }];
    });
  }

  /** All that was taken, by split. */
  finish() {
    const choice = this.#groups.choose(this.#searched);
    const namedOf = (split: Split): FoundFiles | null => {
      const named = this.#query[split]?.named ?? null;
      return named === null ? null : this.#namedFound(split, named);
    };
    const named = { train: namedOf("train"), valid: namedOf("valid") };
    const searchedOf = (split: Split): FoundFiles | null => {
      const chosen = choice[split];
      if (chosen === null) return null;
      const patternCounts = this.#counters.get(split)?.counts ?? new Map();
      const other = named[split === "train" ? "valid" : "train"];
      const names = other === null
        ? chosen.names
        : withoutNames(chosen.names, other.names);
      if (names.nameCount === 0) return null;
      return names.nameCount === chosen.names.nameCount
        ? { ...chosen, patternCounts }
        : { ...chosen, names, patternCounts: new Map() };
    };
    return {
      train: named.train ?? searchedOf("train"),
      valid: named.valid ?? searchedOf("valid"),
      unread: choice.unread,
    };
  }

  #namedFound(split: Split, named: NamedFiles): FoundFiles {
    const names: NameTable = (this.#named.get(split) ?? new NameTableBuilder())
      .finish();
    named.check(names);
    return { names, where: named.key, patternCounts: new Map() };
  }

  get #isSearching(): boolean {
    return this.#searched.train !== null || this.#searched.valid !== null;
  }

  /** The split whose setting has a pattern of this path. */
  #splitNaming(path: string): Split | null {
    for (const split of this.#named.keys()) {
      if (this.#query[split]?.named?.takes(path) === true) return split;
    }
    return null;
  }

  #namedFiles(): NamedFiles[] {
    return [...this.#named.keys()].flatMap((split) =>
      this.#query[split]?.named ?? []
    );
  }
}

function refuse(
  folder: string,
  ownDataset: string,
  { count, example, problem }: {
    readonly count: number;
    readonly example: string;
    readonly problem: string;
  },
): void {
  if (ownDataset !== "") {
    const path = `${folder}/${shownName(ownDataset)}`;
    throw new DatasetError(
      `Cannot use the dataset in "${folder}" as it must be one dataset: ` +
        `"${path}" is one of Stoker's own; --data ${path} takes it`,
    );
  }
  if (count === 0) return;
  const others = count === 1 ? "" : `; and ${count - 1} more like it`;
  throw new DatasetError(
    `Cannot use the dataset in "${folder}" as each of its files must be a ` +
      `regular file with content and a name in UTF-8: ` +
      `"${shownName(example)}" is not, ` +
      `${problem}${others}`,
  );
}

function nothingFound(
  { folder, endings, train, valid }: DatasetQuery,
  split: Split,
  there: {
    readonly otherFiles: number;
    readonly example: string;
    readonly unread: readonly string[];
  },
): DatasetError {
  const naming = (split === "train" ? train : valid)?.naming;
  const key = split === "train" ? "dataset.files_train" : "dataset.files_eval";
  const purpose = split === "train" ? "training" : "evaluation";
  const have = there.unread.length > 0
    ? `there are none, only ${there.unread.join(" and ")}`
    : there.otherFiles === 0
    ? "there are none"
    : `there are none, but ${there.otherFiles} with other endings, such as ` +
      `${shownName(there.example)} (dataset.format says what is looked for)`;
  return new DatasetError(
    `Cannot find a dataset in "${folder}" as it must have files for ` +
      `${purpose} that end in ${endings}, such as ${naming?.split}/` +
      `${naming?.prefix}_<index>_of_<count>.${naming?.extension}: ${have}; ` +
      `${key} names them wherever they are, "stoker generate" makes them`,
  );
}
