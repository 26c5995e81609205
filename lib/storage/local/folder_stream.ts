/**
 * Entries of a folder as a stream, in constant memory, whatever their number.
 *
 * `Deno.readDir` reads a whole folder before it gives the first entry: a
 * million of them are 150 MB. Here getdents64(2) fills one buffer after
 * another, on a thread of its own, so that several folders can be read at
 * the same time.
 *
 *    d_ino u64 | d_off u64 | d_reclen u16 | d_type u8 | d_name ... 0
 */
import { notAFile } from "../../bytes/small_file.ts";
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
const DT_REG = 8;

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
  for await (const { name, isDirectory, isFile } of Deno.readDir(path)) {
    // Where a name is not UTF-8 Deno says U+FFFD, so that nothing is there.
    const mayBeWrong = name.includes("\ufffd");
    entries.push(
      (isFile || isDirectory) && !mayBeWrong
        ? { name, isFolder: isDirectory }
        : { ...lookUp(path, name), ...(isDirectory ? { isFolder: true } : {}) },
    );
  }
  return entries;
}

/** Windows-1252 gives every byte one character: offsets stay what they are. */
const BYTES_AS_TEXT = new TextDecoder("windows-1252");
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function entriesOf(path: string, buffer: Uint8Array): FolderEntry[] {
  const entries: FolderEntry[] = [];
  const text = BYTES_AS_TEXT.decode(buffer);
  let offset = 0;
  while (offset < buffer.length) {
    const entryBytes = (buffer[offset + 16] ?? 0) +
      256 * (buffer[offset + 17] ?? 0);
    const start = offset + NAME_OFFSET;
    const end = text.indexOf("\0", start);
    let name: string | null = text.substring(start, end);
    // deno-lint-ignore no-control-regex -- NUL to DEL is what ASCII is.
    if (!/^[\x00-\x7f]*$/.test(name)) {
      name = utf8Name(buffer.subarray(start, end));
    }
    const type = buffer[offset + TYPE_OFFSET];
    offset += entryBytes;
    if (name === "." || name === "..") continue;
    if (name === null) {
      entries.push(unnamed(buffer.subarray(start, end), type === DT_DIR));
    } else if (type === DT_REG || type === DT_DIR) {
      entries.push({ name, isFolder: type === DT_DIR });
    } else {
      entries.push(lookUp(path, name));
    }
  }
  return entries;
}

/** A name as text; null if it is none, so that nothing opens it. */
function utf8Name(bytes: Uint8Array): string | null {
  try {
    return UTF8.decode(bytes);
  } catch {
    return null;
  }
}

/** An entry whose name is shown with \xNN for what is not ASCII. */
function unnamed(bytes: Uint8Array, isFolder: boolean): FolderEntry {
  const name = Array.from(
    bytes,
    (byte) =>
      byte < 0x80
        ? String.fromCharCode(byte)
        : `\\x${byte.toString(16).padStart(2, "0")}`,
  ).join("");
  return { name, isFolder, problem: "its name is not UTF-8" };
}

/** Where the folder itself does not tell, or tells of no regular file. */
function lookUp(path: string, name: string): FolderEntry {
  try {
    const facts = Deno.statSync(`${path}/${name}`);
    if (facts.isDirectory) {
      return leadsBack(path, name)
        ? { name, isFolder: true, leadsBack: true }
        : { name, isFolder: true };
    }
    const other = notAFile(facts);
    return other === null
      ? { name, isFolder: false }
      : { name, isFolder: false, problem: `it is ${other}` };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    const problem = name.includes("\ufffd")
      ? "its name is not UTF-8"
      : "it is a link to a file that is not there";
    return { name, isFolder: false, problem };
  }
}

/** Whether a link leads to a folder on the way to it. */
function leadsBack(path: string, name: string): boolean {
  const target = Deno.realPathSync(`${path}/${name}`);
  for (let above = path; above !== ""; above = parentOf(above)) {
    if (Deno.realPathSync(above) === target) return true;
  }
  return target === "/";
}

/** "a/b" -> "a" -> ""; "/a" -> "". */
function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
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
