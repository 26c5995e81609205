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
  /** Lines that are whole on disk, and their bytes. */
  #savedCount = 0;
  #savedBytes = 0;

  /**
   * Starts a journal.
   *
   * @param path Its file, which must not be there.
   * @param head Its first line, as plain data.
   * @throws {StorageError} If it cannot be made or written; then it is not
   *   there.
   */
  constructor(path: string, head: unknown) {
    this.#path = path;
    this.#folder = dirname(path);
    this.#lines = [() => head];
    this.#file = createFile(path);
    try {
      this.#writePending();
    } catch (error) {
      this.remove();
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
  append(line: Line): void {
    this.hold(line);
    this.flush();
  }

  /** Adds a line that is written with the next one. */
  hold(line: Line): void {
    this.#lines.push(line);
  }

  /**
   * Writes what could not be written before.
   *
   * @throws {StorageError} If it cannot be written now either.
   */
  flush(): void {
    if (!this.#isInPlace()) this.#startAgain();
    if (this.#savedCount < this.#lines.length) this.#writePending();
  }

  /** Lines that are whole on disk, the head's included. */
  get savedCount(): number {
    return this.#isInPlace() ? this.#savedCount : 0;
  }

  /** Lets go of the file, which stays. */
  close(): void {
    this.#file.close();
  }

  /** Lets go of the file and removes it. */
  remove(): void {
    const isMine = this.#isInPlace();
    this.#file.close();
    if (isMine) Deno.removeSync(this.#path);
  }

  #writePending(): void {
    try {
      this.#file.truncateSync(this.#savedBytes);
      this.#file.seekSync(this.#savedBytes, Deno.SeekMode.Start);
    } catch (error) {
      throw resultsError("write", this.#path, error);
    }
    while (this.#savedCount < this.#lines.length) {
      const line = this.#lines[this.#savedCount]!;
      appendPieces(this.#file, this.#path, jsonLinePieces(line()));
      this.#savedCount++;
      this.#savedBytes = this.#file.seekSync(0, Deno.SeekMode.Current);
    }
  }

  /** Whether the name still leads to the file that is open. */
  #isInPlace(): boolean {
    try {
      const there = Deno.statSync(this.#path);
      const open = this.#file.statSync();
      return there.ino === open.ino && there.dev === open.dev;
    } catch {
      return false;
    }
  }

  #startAgain(): void {
    try {
      Deno.mkdirSync(this.#folder, { recursive: true });
    } catch (error) {
      throw resultsError("create", this.#folder, error);
    }
    const file = createFile(this.#path);
    this.#file.close();
    this.#file = file;
    this.#savedCount = 0;
    this.#savedBytes = 0;
  }
}

function createFile(path: string): Deno.FsFile {
  try {
    return Deno.openSync(path, { write: true, createNew: true });
  } catch (error) {
    throw resultsError("create", path, error);
  }
}
