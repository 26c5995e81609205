/**
 * What reads through io_uring need to know of a storage of local files.
 */

/** How the files of a storage are opened, and what is said if they are not. */
export interface RingFiles {
  /** Of open(2), beside reading; without O_CLOEXEC, which they have anyway. */
  readonly openFlags: number;
  /** Where a path is on this host. */
  fullPath(path: string): string;
  /**
   * Offsets and lengths must be multiples of this; 1: no rule.
   *
   * @param fullPath A file that is about to be read.
   * @throws {StorageError} If it may not be read so.
   */
  blockBytes(fullPath: string): number;
  /** The error of a failed "open" or "read". */
  error(operation: "open" | "read", fullPath: string, errno: number): Error;
}
