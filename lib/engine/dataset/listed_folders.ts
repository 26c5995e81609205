/**
 * Folders that are listed once, although several walks go through them: what
 * a listing said is kept and given again.
 *
 * A name takes about its own length: names of a folder are one text, divided
 * by "/", which no name contains. What is not simply a file or a folder, such
 * as a pipe, is kept as it is.
 */
import type { FolderEntry, Storage } from "../../storage/storage.ts";

/** Lists folders: a storage, or one that remembers. */
export type FolderLister = Pick<Storage, "list">;

/** What a folder has, when all of it was listed. */
interface KeptFolder {
  readonly files: string;
  readonly folders: string;
  readonly others: readonly FolderEntry[];
}

/** Names that are joined at once. */
const BATCH_NAMES = 1024;
const DIVIDER = "/";

/** See the file header. */
export class ListedFolders implements FolderLister {
  readonly #storage: FolderLister;
  readonly #kept = new Map<string, KeptFolder>();

  /** @param storage Where the folders are. */
  constructor(storage: FolderLister) {
    this.#storage = storage;
  }

  list(folder: string): AsyncIterable<FolderEntry> {
    const kept = this.#kept.get(folder);
    return kept === undefined ? this.#listAndKeep(folder) : replay(kept);
  }

  async *#listAndKeep(folder: string): AsyncGenerator<FolderEntry, void> {
    const files = new JoinedNames();
    const folders = new JoinedNames();
    const others: FolderEntry[] = [];
    for await (const entry of this.#storage.list(folder)) {
      const { name, isFolder, problem, leadsBack } = entry;
      if (problem !== undefined || leadsBack === true) others.push(entry);
      else if (isFolder) folders.add(name);
      else files.add(name);
      yield entry;
    }
    // Whoever leaves early has not seen all: nothing is kept.
    this.#kept.set(folder, {
      files: files.text(),
      folders: folders.text(),
      others,
    });
  }
}

async function* replay(
  { files, folders, others }: KeptFolder,
): AsyncGenerator<FolderEntry, void> {
  for (const name of namesOf(files)) yield { name, isFolder: false };
  for (const name of namesOf(folders)) yield { name, isFolder: true };
  yield* others;
}

/** Names as one text: an array of them would take three times as much. */
class JoinedNames {
  #text = "";
  #batch: string[] = [];

  add(name: string): void {
    this.#batch.push(name);
    if (this.#batch.length === BATCH_NAMES) this.#join();
  }

  text(): string {
    this.#join();
    return this.#text;
  }

  #join(): void {
    if (this.#batch.length === 0) return;
    const joined = this.#batch.join(DIVIDER);
    this.#text = this.#text === "" ? joined : this.#text + DIVIDER + joined;
    this.#batch = [];
  }
}

function* namesOf(text: string): Generator<string, void> {
  for (let start = 0; start < text.length;) {
    const end = text.indexOf(DIVIDER, start);
    yield text.slice(start, end < 0 ? text.length : end);
    if (end < 0) return;
    start = end + 1;
  }
}
