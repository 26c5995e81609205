/**
 * Entries of a folder as a stream, in constant memory, whatever their number.
 *
 * `Deno.readDir` reads a whole folder before it gives the first entry: a
 * million of them are 150 MB. Here getdents64(2) fills one buffer after
 * another, on a thread of its own, so that several folders can be read at
 * the same time.
 *
 *    d_ino u64 | d_off u64 | d_reclen u16 | d_type u8 | d_name … 0
 */
import { errnoError } from "./direct_calls.ts";
import type { FolderEntry } from "./storage.ts";

const SYMBOLS = {
  open: { parameters: ["buffer", "i32"], result: "i32", nonblocking: true },
  getdents64: {
    parameters: ["i32", "buffer", "usize"],
    result: "i32",
    nonblocking: true,
  },
  close: { parameters: ["i32"], result: "i32" },
} as const;

type Calls = Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];

const O_DIRECTORY_FLAGS = 0o200000 | 0o2000000; // O_DIRECTORY | O_CLOEXEC
/** O_DIRECTORY has another value there. */
const O_DIRECTORY_FLAGS_ARM = 0o40000 | 0o2000000;
const BUFFER_BYTES = 256 * 1024;
const TYPE_OFFSET = 18;
const NAME_OFFSET = 19;
const DT_DIR = 4;
const DT_UNKNOWN = 0;
const DT_LNK = 10;

/** Undefined: not tried yet; null: this process may not. */
let calls: Calls | null | undefined;

/**
 * Streams a folder's entries in no order, without "." and "..".
 *
 * @param path The folder.
 * @throws {StorageError} If it cannot be read.
 * @throws {Deno.errors.NotFound} If it is not there, and what else
 *   `Deno.readDir` throws.
 */
export async function* streamFolder(path: string): AsyncIterable<FolderEntry> {
  if (calls === undefined) calls = openCalls();
  const fd = calls === null ? -1 : await calls.open(
    new TextEncoder().encode(`${path}\0`),
    Deno.build.arch === "aarch64" ? O_DIRECTORY_FLAGS_ARM : O_DIRECTORY_FLAGS,
  );
  if (calls === null || fd < 0) {
    // Errors are told as everywhere; without FFI it also does the work.
    for await (const { name, isDirectory, isSymlink } of Deno.readDir(path)) {
      yield { name, isFolder: isSymlink ? isFolder(path, name) : isDirectory };
    }
    return;
  }
  const buffer = new Uint8Array(BUFFER_BYTES);
  try {
    for (;;) {
      const byteCount = await calls.getdents64(
        fd,
        buffer,
        BigInt(buffer.length),
      );
      // Its reason was left on another thread: EIO is what is left to tell,
      // since the folder was opened and the call is in order.
      if (byteCount < 0) throw errnoError("list", path, 5);
      if (byteCount === 0) return;
      yield* entriesOf(path, buffer.subarray(0, byteCount));
    }
  } finally {
    calls.close(fd);
  }
}

/** Windows-1252 gives every byte one character: offsets stay what they are. */
const BYTES_AS_TEXT = new TextDecoder("windows-1252");
const UTF8 = new TextDecoder();

function* entriesOf(path: string, buffer: Uint8Array): Iterable<FolderEntry> {
  const text = BYTES_AS_TEXT.decode(buffer);
  let offset = 0;
  while (offset < buffer.length) {
    const entryBytes = (buffer[offset + 16] ?? 0) +
      256 * (buffer[offset + 17] ?? 0);
    const start = offset + NAME_OFFSET;
    const end = text.indexOf("\0", start);
    let name = text.substring(start, end);
    // deno-lint-ignore no-control-regex -- NUL to DEL is what ASCII is.
    if (!/^[\x00-\x7f]*$/.test(name)) {
      name = UTF8.decode(buffer.subarray(start, end));
    }
    const type = buffer[offset + TYPE_OFFSET];
    offset += entryBytes;
    if (name === "." || name === "..") continue;
    yield {
      name,
      isFolder: type === DT_UNKNOWN || type === DT_LNK
        ? isFolder(path, name)
        : type === DT_DIR,
    };
  }
}

/** Where the folder itself does not tell, or tells of a link. */
function isFolder(path: string, name: string): boolean {
  try {
    return Deno.statSync(`${path}/${name}`).isDirectory;
  } catch (error) {
    // A link to nowhere, or removed meanwhile.
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function openCalls(): Calls | null {
  if (Deno.build.os !== "linux") return null;
  try {
    return Deno.dlopen("libc.so.6", SYMBOLS).symbols;
  } catch {
    // Without FFI, or another C library: `Deno.readDir` does it.
    return null;
  }
}
