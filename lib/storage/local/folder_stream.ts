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
import { errnoError } from "../../libc/errno.ts";
import { cPath, errnoOf, O_CLOEXEC, openLibc } from "../../libc/libc.ts";
import type { FolderEntry } from "../storage.ts";
import { toStorageError } from "../system_error.ts";

/** O_DIRECTORY differs between processors. */
const O_DIRECTORY = Deno.build.arch === "aarch64" ? 0o40000 : 0o200000;
const BUFFER_BYTES = 256 * 1024;
const TYPE_OFFSET = 18;
const NAME_OFFSET = 19;
const DT_DIR = 4;
const DT_UNKNOWN = 0;
const DT_LNK = 10;

/**
 * Streams a folder's entries in no order, without "." and "..".
 *
 * @param path The folder; one that is not there has no entries.
 */
export function streamFolder(path: string): AsyncIterable<FolderEntry> {
  return { [Symbol.asyncIterator]: () => new FolderReader(path) };
}

/**
 * Hands out one buffer's entries after another; not an async generator, so
 * that leaving early closes the folder and nothing is delegated.
 */
class FolderReader implements AsyncIterator<FolderEntry> {
  readonly #path: string;
  readonly #buffer = new Uint8Array(BUFFER_BYTES);
  #entries: readonly FolderEntry[] = [];
  #nextEntry = 0;
  #fd = -1;
  #isEnd = false;

  constructor(path: string) {
    this.#path = path;
  }

  next(): Promise<IteratorResult<FolderEntry>> {
    const value = this.#entries[this.#nextEntry];
    if (value === undefined) return this.#refill();
    this.#nextEntry++;
    return Promise.resolve({ value, done: false });
  }

  return(): Promise<IteratorResult<FolderEntry>> {
    this.#end();
    return Promise.resolve({ value: undefined, done: true });
  }

  async #refill(): Promise<IteratorResult<FolderEntry>> {
    try {
      while (!this.#isEnd) {
        this.#entries = await this.#read();
        this.#nextEntry = 1;
        const value = this.#entries[0];
        if (value !== undefined) return { value, done: false };
      }
    } catch (error) {
      this.#end();
      if (error instanceof Deno.errors.NotFound) {
        return { value: undefined, done: true };
      }
      throw toStorageError("list", this.#path, error);
    }
    return { value: undefined, done: true };
  }

  async #read(): Promise<readonly FolderEntry[]> {
    const calls = directoryCalls();
    if (calls !== null && this.#fd < 0) {
      this.#fd = await calls.libc.open_elsewhere(
        cPath(this.#path),
        O_DIRECTORY | O_CLOEXEC,
        0,
      );
    }
    if (calls === null || this.#fd < 0) {
      // Deno gives the usual errors; without FFI it also does the work.
      this.#isEnd = true;
      return await readWhole(this.#path);
    }
    const { libc, entries, entriesElsewhere } = calls;
    const size = BigInt(this.#buffer.length);
    let byteCount = await entriesElsewhere(this.#fd, this.#buffer, size);
    if (byteCount < 0) {
      // errno is of another thread: the call is repeated here to read it.
      byteCount = entries(this.#fd, this.#buffer, size);
      if (byteCount < 0) throw errnoError("list", this.#path, errnoOf(libc));
    }
    if (byteCount === 0) this.#end();
    return entriesOf(this.#path, this.#buffer.subarray(0, byteCount));
  }

  #end(): void {
    this.#isEnd = true;
    this.#entries = [];
    if (this.#fd >= 0) directoryCalls()?.libc.close(this.#fd);
    this.#fd = -1;
  }
}

async function readWhole(path: string): Promise<FolderEntry[]> {
  const entries: FolderEntry[] = [];
  for await (const { name, isDirectory, isSymlink } of Deno.readDir(path)) {
    entries.push({
      name,
      isFolder: isSymlink ? isFolder(path, name) : isDirectory,
    });
  }
  return entries;
}

/** Windows-1252 gives every byte one character: offsets stay what they are. */
const BYTES_AS_TEXT = new TextDecoder("windows-1252");
const UTF8 = new TextDecoder();

function entriesOf(path: string, buffer: Uint8Array): FolderEntry[] {
  const entries: FolderEntry[] = [];
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
    entries.push({
      name,
      isFolder: type === DT_UNKNOWN || type === DT_LNK
        ? isFolder(path, name)
        : type === DT_DIR,
    });
  }
  return entries;
}

/** For entries without a type in the folder, and for links. */
function isFolder(path: string, name: string): boolean {
  try {
    return Deno.statSync(`${path}/${name}`).isDirectory;
  } catch (error) {
    // A link without a target, or an entry that no longer exists.
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Null without FFI, or with another C library: `Deno.readDir` does it. */
function directoryCalls() {
  const libc = openLibc().value;
  const entries = libc?.getdents64 ?? null;
  const entriesElsewhere = libc?.getdents64_elsewhere ?? null;
  return libc === null || entries === null || entriesElsewhere === null
    ? null
    : { libc, entries, entriesElsewhere };
}
