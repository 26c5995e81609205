/**
 * Holes of files: stretches without blocks, which read as zeros and never
 * reach the device, however cold the page cache is. Blocks that were reserved
 * but never written are holes too.
 *
 * Spec: lseek(2), SEEK_DATA and SEEK_HOLE. A file system that does not know
 * says that all is data.
 */
import { cPath, O_CLOEXEC, O_NONBLOCK, openLibc } from "../libc/libc.ts";
import type { Reading } from "../libc/reading.ts";

const SEEK_END = 2;
const SEEK_DATA = 3;
const SEEK_HOLE = 4;
/** A file in more pieces than this is looked at in part. */
const PIECES_MAX = 4096;

/** What was found in a file. */
export interface Holes {
  /** From its beginning, as far as it was looked at. */
  readonly lookedBytes: number;
  readonly holeBytes: number;
}

/**
 * Looks for holes in a file.
 *
 * @param path A path that can be opened.
 * @returns Sums, or why they are not known.
 */
export function readHoles(path: string): Reading<Holes> {
  const libc = openLibc();
  if (libc.value === null) return libc;
  const { open, lseek, close } = libc.value;
  // A pipe of that name would be waited for.
  const fd = open(cPath(path), O_CLOEXEC | O_NONBLOCK, 0);
  if (fd < 0) return { value: null, reason: `"${path}" cannot be opened` };
  try {
    const byteLength = Number(lseek(fd, 0n, SEEK_END));
    let at = 0;
    let holeBytes = 0;
    for (let piece = 0; piece < PIECES_MAX && at < byteLength; piece++) {
      // It fails where only a hole follows; then SEEK_HOLE finds that one.
      const found = Number(lseek(fd, BigInt(at), SEEK_DATA));
      if (found < 0 && Number(lseek(fd, BigInt(at), SEEK_HOLE)) !== at) {
        return notTold(path);
      }
      const dataAt = found < 0 ? byteLength : found;
      holeBytes += dataAt - at;
      at = dataAt;
      if (at >= byteLength) break;
      const holeAt = Number(lseek(fd, BigInt(at), SEEK_HOLE));
      if (holeAt < 0) return notTold(path);
      at = holeAt;
    }
    return { value: { lookedBytes: at, holeBytes }, reason: null };
  } finally {
    close(fd);
  }
}

function notTold(path: string): Reading<Holes> {
  return { value: null, reason: `"${path}" does not tell its holes` };
}
