/**
 * Makes files that are to be written: folders on the way when one is missing;
 * what has the name is emptied if it is a regular file. A file that was never
 * completed is removed instead: writes of an interrupted run that are still on
 * the way then reach the removed file, not the new one.
 */
import { notAFile } from "../../bytes/small_file.ts";
import { StorageError } from "../../errors.ts";
import { toStorageError } from "../system_error.ts";
import { parentOf } from "./local_path.ts";

/** Ending of a file that is not complete yet. */
export const PARTIAL_SUFFIX = ".stoker-partial";

/** Flags of open(2) for a file that is written. */
export const O_WRITE_NEW = 0o1 | 0o100 | 0o200; // O_WRONLY | O_CREAT | O_EXCL
const O_WRITE_OLD = 0o1 | 0o100 | 0o1000; // O_WRONLY | O_CREAT | O_TRUNC

/** An empty file. */
export interface NewFile {
  readonly fd: number;
  /** False: it replaces what had its name. */
  readonly isNew: boolean;
}

/**
 * Makes an empty file.
 *
 * @param workPath Its path on this host.
 * @param open Opens it with flags; throws a StorageError if it cannot.
 * @throws {StorageError} If it cannot be made.
 */
export function makeFile(
  workPath: string,
  open: (flags: number) => number,
): NewFile {
  try {
    return { fd: open(O_WRITE_NEW), isNew: true };
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    if (error.code === "EEXIST") {
      const isGone = giveWay(workPath);
      return { fd: open(O_WRITE_OLD), isNew: isGone };
    }
    // Linux may make the file before it refuses a flag.
    if (error.code === "EINVAL") removeIfThere(workPath);
    if (error.code !== "ENOENT") throw error;
  }
  makeFolders(parentOf(workPath));
  return { fd: open(O_WRITE_OLD), isNew: true };
}

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // The refusal is the error to tell.
  }
}

/**
 * Checks what has a name that is to be written, and removes it if it is the
 * part of a file that was never completed.
 *
 * @returns Whether the name is free now.
 * @throws {StorageError} If it is no regular file, or cannot be removed.
 */
export function giveWay(workPath: string): boolean {
  checkReplaceable(workPath);
  if (!workPath.endsWith(PARTIAL_SUFFIX)) return false;
  try {
    Deno.removeSync(workPath);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) {
      throw toStorageError("remove", workPath, error);
    }
  }
  return true;
}

/**
 * Checks that what is there may be written over: a regular file or a link to
 * one. Opening a pipe would wait for ever, a device takes every byte.
 *
 * @throws {StorageError} If it is something else.
 */
function checkReplaceable(fullPath: string): void {
  let facts: Deno.FileInfo;
  try {
    facts = Deno.statSync(fullPath);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) {
      throw toStorageError("create", fullPath, error);
    }
    throw notRegular("create", fullPath, "a link to a file that is not there");
  }
  if (facts.isDirectory) {
    throw new StorageError("create", fullPath, "EISDIR", "it is a folder");
  }
  const other = notAFile(facts);
  if (other !== null) throw notRegular("create", fullPath, other);
}

/** What is said of a pipe, a device ... @param other "a named pipe". */
export function notRegular(
  operation: string,
  path: string,
  other: string,
): StorageError {
  return new StorageError(
    operation,
    path,
    "EINVAL",
    `it must be a regular file: it is ${other}`,
  );
}

/**
 * Makes a folder and its parents.
 *
 * @throws {StorageError} If one cannot be made.
 */
export function makeFolders(fullPath: string): void {
  try {
    Deno.mkdirSync(fullPath, { recursive: true });
  } catch (error) {
    throw toStorageError("make the folder", fullPath, error);
  }
}
