/**
 * Sets up the ring of a thread that reads or writes files.
 */
import { StorageError } from "../../errors.ts";
import { type Libc, openLibc } from "../../libc/libc.ts";
import { Ring } from "../../libc/uring/ring.ts";

/**
 * Opens a ring.
 *
 * @param entries Requests that may be prepared.
 * @throws {StorageError} If this host gives none.
 */
export function openRing(entries: number): { readonly libc: Libc; ring: Ring } {
  const libc = openLibc();
  if (libc.value === null) throw noRing(libc.reason);
  const ring = Ring.open(libc.value, entries);
  if (ring instanceof Ring) return { libc: libc.value, ring };
  throw noRing(ring.text);
}

/** What is said where io_uring cannot be used. @param reason One clause. */
export function noRing(reason: string): StorageError {
  return new StorageError("use", "io_uring", "ENOTSUP", reason);
}
