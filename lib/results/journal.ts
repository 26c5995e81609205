/**
 * The journal of a run: a line for its head, then one for each phase, so that
 * what was measured outlives a crash.
 *
 * A disk may be full, a folder may vanish or turn read-only while a run goes
 * on. A line that cannot be written is kept and tried again with the next
 * one, behind what is whole on disk, so the journal never has half a line in
 * its middle. A journal whose file is gone is written again from its
 * beginning.
 */
import { dirname } from "node:path";
import { jsonLinePieces } from "./json_pieces.ts";
import { appendPieces, resultsError } from "./results_file.ts";

/** A line that is made when it is written: phases are large as JSON. */
type Line = () => unknown;

/** A journal that is being written. */
export class Journal {
  readonly #path: string;
  /** The folder that is to hold it. */
  readonly #folder: string;
  readonly #lines: Line[];
  #file: Deno.FsFile;
  /** What was asked last ends before the next begins. */
  #last: Promise<unknown> = Promise.resolve();
  /** Lines that are whole on disk, and their bytes. */
  #savedCount = 0;
  #savedBytes = 0;

  private constructor(path: string, head: unknown, file: Deno.FsFile) {
    this.#path = path;
    this.#folder = dirname(path);
    this.#lines = [() => head];
    this.#file = file;
  }

  /**
   * Starts a journal.
   *
   * @param path Its file, which must not be there.
   * @param head Its first line, as plain data.
   * @throws {StorageError} If it cannot be made or written; then it is not
   *   there.
   */
  static async start(path: string, head: unknown): Promise<Journal> {
    const journal = new Journal(path, head, await createFile(path));
    try {
      await journal.#writePending();
      return journal;
    } catch (error) {
      await journal.remove();
      throw error;
    }
  }

  /**
   * Adds a line, and those that could not be written before.
   *
   * @param line Makes the line's plain data.
   * @throws {StorageError} If not all could be written. All that was added is
   *   tried again with the next line.
   */
  append(line: Line): Promise<void> {
    this.#lines.push(line);
    return this.flush();
  }

  /**
   * Writes what could not be written before, once what was asked before has
   * ended.
   *
   * @throws {StorageError} If it cannot be written now either.
   */
  flush(): Promise<void> {
    return this.#inTurn(async () => {
      if (!await this.#isInPlace()) await this.#startAgain();
      if (this.#savedCount < this.#lines.length) await this.#writePending();
    });
  }

  /** Lines that are whole on disk, the head's included. */
  savedCount(): Promise<number> {
    return this.#inTurn(async () =>
      await this.#isInPlace() ? this.#savedCount : 0
    );
  }

  /** Lets go of the file, which stays. */
  close(): void {
    this.#file.close();
  }

  /** Lets go of the file and removes it. */
  remove(): Promise<void> {
    return this.#inTurn(async () => {
      const isMine = await this.#isInPlace();
      this.#file.close();
      if (isMine) await Deno.remove(this.#path);
    });
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(act);
    this.#last = turn.catch(() => {});
    return turn;
  }

  async #writePending(): Promise<void> {
    try {
      await this.#file.truncate(this.#savedBytes);
      await this.#file.seek(this.#savedBytes, Deno.SeekMode.Start);
    } catch (error) {
      throw resultsError("write", this.#path, error);
    }
    while (this.#savedCount < this.#lines.length) {
      const line = this.#lines[this.#savedCount]!;
      await appendPieces(this.#file, jsonLinePieces(line()), {
        path: this.#path,
      });
      this.#savedCount++;
      this.#savedBytes = await this.#file.seek(0, Deno.SeekMode.Current);
    }
  }

  /** Whether the name still leads to the file that is open. */
  async #isInPlace(): Promise<boolean> {
    try {
      const there = await Deno.stat(this.#path);
      const open = await this.#file.stat();
      return there.ino === open.ino && there.dev === open.dev;
    } catch {
      return false;
    }
  }

  async #startAgain(): Promise<void> {
    try {
      await Deno.mkdir(this.#folder, { recursive: true });
    } catch (error) {
      throw resultsError("create", this.#folder, error);
    }
    const file = await createFile(this.#path);
    this.#file.close();
    this.#file = file;
    this.#savedCount = 0;
    this.#savedBytes = 0;
  }
}

async function createFile(path: string): Promise<Deno.FsFile> {
  try {
    return await Deno.open(path, { write: true, createNew: true });
  } catch (error) {
    throw resultsError("create", path, error);
  }
}
