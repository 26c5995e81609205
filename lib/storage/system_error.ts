/**
 * Errors of Deno's file system calls as {@linkcode StorageError}: operation,
 * file, the system's own code and one clause, never a stack.
 */
import { permissionReason } from "../bytes/permission_reason.ts";
import { StorageError } from "../errors.ts";

/**
 * Converts what a file system call threw.
 *
 * @param operation What was tried: "open", "write" ...
 * @param path The file it was tried on.
 */
export function toStorageError(
  operation: string,
  path: string,
  error: unknown,
): StorageError {
  if (error instanceof StorageError) return error;
  if (!(error instanceof Error)) {
    return new StorageError(operation, path, "UNKNOWN", String(error));
  }
  return new StorageError(
    operation,
    path,
    codeOf(error),
    reasonOf(error, path),
  );
}

/** The system's name of a failure: "ENOENT", or the error's class. */
export function codeOf(error: Error): string {
  const code = (error as Error & { code?: unknown }).code;
  return typeof code === "string" ? code : error.name;
}

function reasonOf(error: Error, path: string): string {
  if (error.name === "NotCapable") return permissionReason(path);
  // Deno: "No such file or directory (os error 2): open '/x'";
  // node:fs: "ENOENT: no such file or directory, open '/x'".
  const text = error.message
    .replace(/ \(os error \d+\).*$/s, "")
    .replace(/^E[A-Z0-9]+: /, "")
    .replace(/, \w+ '.*$/s, "");
  return text.charAt(0).toLowerCase() + text.slice(1);
}
