/**
 * Text files of a results folder, written piece by piece: memory does not
 * grow with the run, and a name appears only when its file is whole.
 *
 * Synchronous on purpose: between two phases it keeps the next gate shut, so
 * that saving results never disturbs what is measured.
 */
import { StorageError } from "../errors.ts";

/** Characters that are gathered for one write. */
const CHARACTERS_PER_WRITE = 1 << 16;

/**
 * Writes a file under `{path}.partial`, then renames it.
 *
 * @param path The file.
 * @param pieces Its text, in order.
 * @throws {StorageError} If it cannot be written; the partial file is gone.
 */
export function writePieces(
  path: string,
  pieces: Iterable<string>,
): void {
  const file = new PartialFile(path);
  file.write(pieces);
  file.rename();
}

/** A file that is written under another name until it may be seen. */
export class PartialFile {
  readonly #path: string;
  readonly #partialPath: string;
  #isWhole = false;

  /** @param path The name that it is to have. */
  constructor(path: string) {
    this.#path = path;
    this.#partialPath = `${path}.partial`;
  }

  /** Whether it only has to be renamed. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /**
   * Writes it under its other name.
   *
   * @throws {StorageError} If it cannot be written; then it is gone.
   */
  write(pieces: Iterable<string>): void {
    let file: Deno.FsFile;
    try {
      file = Deno.openSync(this.#partialPath, {
        write: true,
        create: true,
        truncate: true,
      });
    } catch (error) {
      throw resultsError("create", this.#path, error);
    }
    try {
      try {
        appendPieces(file, this.#path, pieces);
      } finally {
        file.close();
      }
      this.#isWhole = true;
    } catch (error) {
      removeIfThere(this.#partialPath);
      throw resultsError("write", this.#path, error);
    }
  }

  /**
   * Gives it its name.
   *
   * @throws {StorageError} If it cannot be renamed; then it is gone.
   */
  rename(): void {
    try {
      Deno.renameSync(this.#partialPath, this.#path);
    } catch (error) {
      removeIfThere(this.#partialPath);
      throw resultsError("write", this.#path, error);
    }
  }
}

/**
 * Appends text to an open file and puts it on stable storage.
 *
 * @param file The open file.
 * @param path Its name, for errors.
 * @param pieces The text, in order.
 * @throws {StorageError} If not all of it could be written.
 */
export function appendPieces(
  file: Deno.FsFile,
  path: string,
  pieces: Iterable<string>,
): void {
  const encoder = new TextEncoder();
  let gathered = "";
  try {
    for (const piece of pieces) {
      gathered += piece;
      if (gathered.length < CHARACTERS_PER_WRITE) continue;
      writeAll(file, encoder.encode(gathered));
      gathered = "";
    }
    writeAll(file, encoder.encode(gathered));
    file.syncDataSync();
  } catch (error) {
    throw resultsError("write", path, error);
  }
}

/**
 * An error of the system as one that a user can act on.
 *
 * @param operation What was tried.
 * @param path The file or folder.
 * @param error What was thrown.
 * @returns A StorageError; defects of Stoker are returned as they are.
 */
export function resultsError(
  operation: string,
  path: string,
  error: unknown,
): unknown {
  if (!(error instanceof Error) || error instanceof StorageError) return error;
  const code = (error as Error & { code?: unknown }).code;
  const isSystem = typeof code === "string" ||
    Object.values(Deno.errors).some((kind) => error instanceof kind);
  if (!isSystem) return error;
  // Deno: "Permission denied (os error 13): open '/x'".
  const reason = error.message.replace(/ \(os error \d+\).*$/s, "");
  return new StorageError(
    operation,
    path,
    typeof code === "string" ? code : error.name,
    reason.charAt(0).toLowerCase() + reason.slice(1),
  );
}

function writeAll(file: Deno.FsFile, bytes: Uint8Array): void {
  let written = 0;
  while (written < bytes.length) {
    written += file.writeSync(bytes.subarray(written));
  }
}

/** Tidies up after a failure, which is the one to be told. */
function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // Gone already, or refused as what came before was.
  }
}
