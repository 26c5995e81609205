/**
 * Files below `/proc` and `/sys`, which Deno refuses without `--allow-all`:
 * read through the C library.
 *
 * Where that is not to be had, the answer is a reason instead of a text.
 */
import { cPath, O_CLOEXEC, openLibc } from "../libc/libc.ts";
import type { Reading } from "../libc/reading.ts";

/** What reading such a file gives. */
export type { Reading } from "../libc/reading.ts";

/** One read; a file of /proc may answer with less and go on. */
const READ_BYTES = 64 * 1024;

/** What is read into; nothing is left there for anybody. */
let chunk: Uint8Array<ArrayBuffer> | undefined;

/**
 * Reads a whole file of `/proc` or `/sys`.
 *
 * @param path An absolute path.
 * @returns Its text, or why it cannot be read.
 */
export function readSystemFile(path: string): Reading<string> {
  const libc = openLibc();
  if (libc.value === null) return libc;
  const { open, read, close } = libc.value;
  const fd = open(cPath(path), O_CLOEXEC, 0);
  if (fd < 0) return { value: null, reason: `${path} cannot be opened` };
  try {
    const decoder = new TextDecoder();
    chunk ??= new Uint8Array(READ_BYTES);
    let text = "";
    for (;;) {
      const byteCount = read(fd, chunk, BigInt(chunk.length));
      if (byteCount < 0) {
        return { value: null, reason: `${path} cannot be read` };
      }
      if (byteCount === 0) return { value: text, reason: null };
      text += decoder.decode(chunk.subarray(0, byteCount), { stream: true });
    }
  } finally {
    close(fd);
  }
}
