/**
 * The C library through FFI, for the one thing Deno refuses without
 * `--allow-all`: reading files below `/proc`.
 *
 * Where FFI is not permitted or the system has no glibc, the answer is a
 * reason instead of a text.
 */

/** A fact that may be unknown on this host: its value, or the reason. */
export type Reading<T> =
  | { readonly value: T; readonly reason: null }
  | { readonly value: null; readonly reason: string };

/** The library by its name, so that the system's own search finds it. */
const LIBC_NAME = "libc.so.6";
/** `O_RDONLY | O_CLOEXEC` of Linux. */
const OPEN_FLAGS = 0o2000000;
/** One read; a file of /proc may give less and continue. */
const READ_BYTES = 64 * 1024;

const SYMBOLS = {
  open: { parameters: ["buffer", "i32"], result: "i32" },
  read: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  close: { parameters: ["i32"], result: "i32" },
} as const;

type Libc = Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];

/** Opened at the first use and kept: a process has one C library. */
let libc: Reading<Libc> | undefined;
/** What is read into; nothing is left there for anybody. */
let chunk: Uint8Array<ArrayBuffer> | undefined;

/**
 * Reads a whole file of `/proc` or `/sys`.
 *
 * @param path An absolute path.
 * @returns Its text, or why it cannot be read.
 */
export function readSystemFile(path: string): Reading<string> {
  libc ??= openLibc();
  if (libc.value === null) return libc;
  const { open, read, close } = libc.value;
  const fd = open(new TextEncoder().encode(`${path}\0`), OPEN_FLAGS);
  if (fd < 0) return { value: null, reason: `${path} cannot be opened` };
  try {
    const decoder = new TextDecoder();
    chunk ??= new Uint8Array(READ_BYTES);
    let text = "";
    for (;;) {
      const byteCount = Number(read(fd, chunk, BigInt(chunk.length)));
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

function openLibc(): Reading<Libc> {
  if (Deno.build.os !== "linux") {
    return { value: null, reason: `${Deno.build.os} has no /proc` };
  }
  try {
    return { value: Deno.dlopen(LIBC_NAME, SYMBOLS).symbols, reason: null };
  } catch (error) {
    const isDenied = error instanceof Deno.errors.NotCapable;
    return {
      value: null,
      reason: isDenied
        ? "FFI is not permitted (--allow-ffi)"
        : `${LIBC_NAME} cannot be loaded`,
    };
  }
}
