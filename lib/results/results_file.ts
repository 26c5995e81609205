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
  const partialPath = `${path}.partial`;
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(partialPath, {
      write: true,
      create: true,
      truncate: true,
    });
  } catch (error) {
    throw resultsError("create", path, error);
  }
  try {
    try {
      appendPieces(file, path, pieces);
    } finally {
      file.close();
    }
    Deno.renameSync(partialPath, path);
  } catch (error) {
    removeIfThere(partialPath);
    throw resultsError("write", path, error);
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

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
