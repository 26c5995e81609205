/**
 * The file of a trace while it grows: gzip members one behind the other,
 * which is a gzip file whatever there is of it. It gets its name at the end.
 *
 * Spec: RFC 1952, 2.2: a file is a series of members.
 */
import { concatBytes } from "../../bytes/concat_bytes.ts";
import { zlib } from "../../deps/zlib.ts";
import { toStorageError } from "../../storage/system_error.ts";

/** The fastest: the text is regular, and the run needs its processors. */
const LEVEL = 1;

/** A trace that is written; synchronous, on a thread of its own. */
export class TraceFile {
  readonly #path: string;
  readonly #file: Deno.FsFile;
  #savedBytes = 0;

  /**
   * Starts it as `{path}.partial`.
   *
   * @throws {StorageError} If it cannot be made or is there already.
   */
  constructor(path: string) {
    this.#path = path;
    try {
      this.#file = Deno.openSync(partialPath(path), {
        write: true,
        createNew: true,
      });
    } catch (error) {
      throw toStorageError("create", path, error);
    }
  }

  /** Bytes that are whole members. */
  get byteCount(): number {
    return this.#savedBytes;
  }

  /**
   * Appends a text as one member.
   *
   * @throws {StorageError} If it cannot be written; what was there stays
   *   whole.
   */
  append(pieces: readonly Uint8Array[]): void {
    const member = zlib().gzipSync(concatBytes(pieces), { level: LEVEL });
    let written = 0;
    try {
      while (written < member.length) {
        written += this.#file.writeSync(member.subarray(written));
      }
      this.#savedBytes += member.length;
    } catch (error) {
      this.#file.truncateSync(this.#savedBytes);
      throw toStorageError("write", this.#path, error);
    }
  }

  /**
   * Gives it its name.
   *
   * @throws {StorageError} If it cannot be renamed.
   */
  finish(): void {
    this.#file.close();
    try {
      Deno.renameSync(partialPath(this.#path), this.#path);
    } catch (error) {
      throw toStorageError("write", this.#path, error);
    }
  }
}

/** The name of a trace that is not finished. */
export function partialPath(path: string): string {
  return `${path}.partial`;
}
