/**
 * The journal of a run: a line for its head, then one for each phase that has
 * ended. It is there from the beginning and is removed when the folder is
 * finished, so its presence says that the run is not complete.
 * `results_reader.ts` reads it.
 *
 * The file is open only while a line is written: nothing is left to close
 * when a run ends by an error.
 */
import { jsonLinePieces } from "./json_pieces.ts";
import { appendPieces, resultsError } from "./results_file.ts";

/** Name of the journal of a run that is not saved yet. */
export const JOURNAL_NAME = "stoker.incomplete.jsonl";

/** The journal of one results folder. */
export class Journal {
  readonly #path: string;

  /** {@linkcode Journal.create} makes one; nothing else should. */
  constructor(path: string) {
    this.#path = path;
  }

  /**
   * Creates the journal exclusively, so that two runs cannot take the same
   * folder.
   *
   * @param folder The results folder.
   * @returns An empty journal.
   * @throws {StorageError} If there is one already or none can be made.
   */
  static create(folder: string): Journal {
    const path = `${folder}/${JOURNAL_NAME}`;
    try {
      Deno.openSync(path, { write: true, createNew: true }).close();
    } catch (error) {
      throw resultsError("create", path, error);
    }
    return new Journal(path);
  }

  /**
   * Appends a line and puts it on stable storage.
   *
   * @param value Plain data.
   * @throws {StorageError} If not all of it could be written.
   */
  append(value: unknown): void {
    let file: Deno.FsFile;
    try {
      file = Deno.openSync(this.#path, { append: true });
    } catch (error) {
      throw resultsError("open", this.#path, error);
    }
    try {
      appendPieces(file, this.#path, jsonLinePieces(value));
    } finally {
      file.close();
    }
  }

  /**
   * Removes the journal: everything in it is saved elsewhere or worthless.
   *
   * @throws {StorageError} If it cannot be removed.
   */
  remove(): void {
    try {
      Deno.removeSync(this.#path);
    } catch (error) {
      throw resultsError("remove", this.#path, error);
    }
  }
}
