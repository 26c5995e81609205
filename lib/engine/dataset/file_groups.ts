/**
 * Names of files as a walk meets them, by what their path says: a word for a
 * split, or none. Decides at the end which of them a run reads.
 *
 *    train    folders or files called "train"; if there are none, files that
 *             no word says anything of
 *    valid    the same with the first of validation, eval, dev, test that is
 *             there
 *    shared   if no word is there at all, the files are dealt: those for
 *             evaluation are spread evenly over all, by name
 */
import {
  nameAt,
  type NameTable,
  NameTableBuilder,
} from "../../sampling/name_table.ts";
import type { WantedCount } from "./found_dataset.ts";
import { EVALUATION_WORDS, type SplitWord } from "./split_words.ts";

/** Of files without a split every tenth is for evaluation. */
const FILES_PER_EVALUATION_FILE = 10;
/** Folders that are named one by one. */
const MAX_NAMED = 3;

/** Splits that are looked for, with the numbers of files wanted. */
export interface SearchedSplits {
  /** Null: not looked for. */
  readonly train: WantedCount | null;
  readonly valid: WantedCount | null;
}

/** What a split reads. */
export interface ChosenFiles {
  readonly names: NameTable;
  /** For people. */
  readonly where: string;
}

/** What became of all files. */
export interface Choice {
  readonly train: ChosenFiles | null;
  readonly valid: ChosenFiles | null;
  /** Files that neither reads, by what they are. */
  readonly unread: readonly ChosenFiles[];
}

/** Files of one word. */
class Group {
  readonly builder = new NameTableBuilder();
  /** Folders that said the word. */
  readonly folders = new Set<string>();

  /** For people: `"val"`. */
  where(word: SplitWord): string {
    const named = [...this.folders].sort();
    if (named.length === 0) return `files whose names say "${word}"`;
    const shown = named.slice(0, MAX_NAMED).map((path) => `"${path}"`);
    const more = named.length - shown.length;
    return shown.join(", ") + (more === 0 ? "" : ` and ${more} more folders`);
  }
}

/** Collects files. */
export class FileGroups {
  /** Whose folder says the word. */
  readonly #byFolder = new Map<SplitWord, Group>();
  /** Whose own name says it. */
  readonly #byName = new Map<SplitWord, Group>();
  #rest = new NameTableBuilder();
  /** A training folder was left aside, as nothing is to train. */
  #hasOtherTraining = false;

  /** Whether any file was taken. */
  get isEmpty(): boolean {
    return this.#rest.nameCount === 0 && this.#byFolder.size === 0 &&
      this.#byName.size === 0;
  }

  /** Adds a file below a folder that says a word. */
  addOfFolder(path: string, word: SplitWord, folder: string): void {
    const group = groupOf(this.#byFolder, word);
    group.builder.add(path);
    if (group.folders.size < 1000) group.folders.add(folder);
  }

  /** Adds a file whose own name says a word. */
  addOfName(path: string, word: SplitWord): void {
    groupOf(this.#byName, word).builder.add(path);
  }

  /** Adds a file of which nothing says what it is for. */
  addOther(path: string): void {
    this.#rest.add(path);
  }

  /** A folder of training files is there, and is not entered. */
  leaveTraining(): void {
    this.#hasOtherTraining = true;
  }

  /** Decides. @param searched Which splits are looked for. */
  choose(searched: SearchedSplits): Choice {
    // "ILSVRC2012_val_1.jpg" says nothing unless others say "train".
    if (searched.train !== null && !this.#byName.has("train")) {
      this.#forgetNames();
    }
    const train = searched.train === null ? null : this.#chosen(["train"]);
    const valid = searched.valid === null
      ? null
      : this.#chosen(EVALUATION_WORDS);
    const rest = this.#restChosen();
    if (rest === null) return { train, valid, unread: this.#unread() };
    const wantsTrain = searched.train !== null && train === null;
    const wantsValid = searched.valid !== null && valid === null;
    if (wantsTrain && wantsValid) {
      return { ...share(rest.names, searched), unread: this.#unread() };
    }
    if (wantsTrain) return { train: rest, valid, unread: this.#unread() };
    const isOnlyEvaluated = wantsValid && searched.train === null &&
      !this.#hasOtherTraining;
    if (isOnlyEvaluated) return { train, valid: rest, unread: this.#unread() };
    const neither = { ...rest, where: "files of neither split" };
    return { train, valid, unread: [...this.#unread(), neither] };
  }

  #forgetNames(): void {
    for (const { builder } of this.#byName.values()) {
      const names = builder.finish();
      for (let i = 0; i < names.nameCount; i++) {
        this.#rest.add(nameAt(names, i));
      }
    }
    this.#byName.clear();
  }

  /** The files of the first word that has some; they are then gone here. */
  #chosen(words: readonly SplitWord[]): ChosenFiles | null {
    for (const word of words) {
      const found = [this.#byFolder, this.#byName].flatMap((groups) => {
        const group = groups.get(word);
        groups.delete(word);
        return group === undefined ? [] : [group];
      });
      const [first, second] = found;
      if (first === undefined) continue;
      const names = first.builder.finish();
      return {
        names: second === undefined
          ? names
          : merged(names, second.builder.finish()),
        where: found.map((group) => group.where(word)).join(" and "),
      };
    }
    return null;
  }

  #restChosen(): ChosenFiles | null {
    const names = this.#rest.finish();
    return names.nameCount === 0 ? null : { names, where: "all of them" };
  }

  /** What nobody has taken. */
  #unread(): ChosenFiles[] {
    const groups = [...this.#byFolder, ...this.#byName];
    return groups.map(([word, group]) => ({
      names: group.builder.finish(),
      where: group.where(word),
    }));
  }
}

function groupOf(groups: Map<SplitWord, Group>, word: SplitWord): Group {
  const known = groups.get(word);
  if (known !== undefined) return known;
  const group = new Group();
  groups.set(word, group);
  return group;
}

function merged(one: NameTable, other: NameTable): NameTable {
  const builder = new NameTableBuilder();
  for (const table of [one, other]) {
    for (let i = 0; i < table.nameCount; i++) builder.add(nameAt(table, i));
  }
  return builder.finish();
}

/** Deals files that nothing divides. */
function share(
  names: NameTable,
  { train, valid }: SearchedSplits,
): Pick<Choice, "train" | "valid"> {
  const { nameCount } = names;
  const evaluated = Math.min(
    nameCount,
    typeof valid === "number"
      ? valid
      : typeof train === "number"
      ? Math.max(0, nameCount - train)
      : Math.ceil(nameCount / FILES_PER_EVALUATION_FILE),
  );
  const trainNames = new NameTableBuilder();
  const validNames = new NameTableBuilder();
  let dealt = 0;
  for (let i = 0; i < nameCount; i++) {
    // File floor(k × nameCount / evaluated), for k from 0.
    const isNext = dealt < evaluated &&
      i === Math.floor(dealt * nameCount / evaluated);
    if (isNext) dealt++;
    (isNext ? validNames : trainNames).add(nameAt(names, i));
  }
  const rule = `of the ${nameCount} files, which nothing divides`;
  return {
    train: trainNames.nameCount === 0 ? null : {
      names: trainNames.finish(),
      where: `the others ${rule}`,
    },
    valid: validNames.nameCount === 0 ? null : {
      names: validNames.finish(),
      where: `spread evenly by name over those ${rule}`,
    },
  };
}
