/**
 * The numbers of failed system calls: the system's name and one clause each.
 *
 * Spec: errno(3); numbers of Linux, the same on every processor that Deno
 * runs on.
 */
import { StorageError } from "../errors.ts";

const ERRORS: Readonly<Record<number, readonly [string, string]>> = {
  1: ["EPERM", "operation not permitted"],
  2: ["ENOENT", "no such file or directory"],
  4: ["EINTR", "interrupted by a signal"],
  5: ["EIO", "input/output error"],
  7: ["E2BIG", "more than the call takes"],
  9: ["EBADF", "the file is not open for it"],
  11: ["EAGAIN", "not possible at the moment"],
  12: ["ENOMEM", "not enough memory"],
  13: ["EACCES", "permission denied"],
  16: ["EBUSY", "it is in use"],
  17: ["EEXIST", "it is there already"],
  20: ["ENOTDIR", "a part of the path is no folder"],
  21: ["EISDIR", "it is a folder"],
  22: ["EINVAL", "invalid argument"],
  23: ["ENFILE", "too many open files in the system"],
  24: ["EMFILE", "too many open files"],
  26: ["ETXTBSY", "it is being executed"],
  27: ["EFBIG", "it would be too large"],
  28: ["ENOSPC", "no space left on device"],
  30: ["EROFS", "read-only file system"],
  36: ["ENAMETOOLONG", "the name is too long"],
  38: ["ENOSYS", "the system has no such call"],
  40: ["ELOOP", "too many symbolic links"],
  62: ["ETIME", "the time is over"],
  95: ["EOPNOTSUPP", "the file system does not support it"],
  116: ["ESTALE", "stale file handle"],
  122: ["EDQUOT", "disk quota exceeded"],
  125: ["ECANCELED", "it was canceled"],
};

/** Failures that the code asks for by name. */
export const ERRNO = {
  EPERM: 1,
  EINTR: 4,
  EAGAIN: 11,
  ENOMEM: 12,
  EBUSY: 16,
  EISDIR: 21,
  EINVAL: 22,
  ENOSPC: 28,
  ENAMETOOLONG: 36,
  ENOSYS: 38,
  ETIME: 62,
  EOPNOTSUPP: 95,
  ECANCELED: 125,
} as const;

/** The system's name of a failure: "ENOENT", or "errno 200". */
export function errnoName(errno: number): string {
  return ERRORS[errno]?.[0] ?? `errno ${errno}`;
}

/**
 * The error of a system call.
 *
 * @param operation What was tried: "open", "write" ...
 * @param path The file it was tried on.
 * @param errno The system's number of the failure.
 * @param reason One clause, where more is known than the system says.
 */
export function errnoError(
  operation: string,
  path: string,
  errno: number,
  reason?: string,
): StorageError {
  return new StorageError(
    operation,
    path,
    errnoName(errno),
    reason ?? ERRORS[errno]?.[1] ?? "the system refused",
  );
}
