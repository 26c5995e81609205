/**
 * What a file thread does for the main thread: the calls of a storage whose
 * files are on this host, and those of {@linkcode HostCalls}. What is open has a
 * number, since objects cannot cross threads.
 */
import type {
  CreateOptions,
  FileWriter,
  FolderEntry,
  OpenedFile,
  Storage,
  StorageSettings,
} from "../../storage/storage.ts";
import { connectStorage } from "../plan/connect_storage.ts";
import { HostCalls } from "./host_calls.ts";

/** Entries of a folder in one answer. */
const ENTRIES_PER_ANSWER = 1000;

/** What a storage that is connected says of itself. */
export interface ConnectedStorage {
  readonly number: number;
  readonly label: string;
  readonly bypassesCache: boolean;
}

/** A file that was opened. */
export interface OpenFile {
  readonly number: number;
  readonly path: string;
  readonly byteLength: number;
}

/** Some entries of a folder. */
export interface FolderPart {
  readonly entries: readonly FolderEntry[];
  readonly isEnd: boolean;
}

/** See the file header. */
export class FileCalls extends HostCalls {
  readonly #storages = new Numbered<Storage>("storage");
  readonly #files = new Numbered<OpenedFile>("file");
  readonly #writers = new Numbered<FileWriter>("writer");
  readonly #listings = new Numbered<AsyncIterator<FolderEntry>>("listing");

  /** Connects a storage. */
  async connect(
    settings: StorageSettings,
    options: { readonly answerTimeoutMs?: number },
  ): Promise<ConnectedStorage> {
    const storage = await connectStorage(settings, options);
    const { label, bypassesCache } = storage;
    return { number: this.#storages.add(storage), label, bypassesCache };
  }

  /** {@linkcode Storage.sizeOf}. */
  async sizeOf(storage: number, path: string): Promise<number | null> {
    return await this.#storages.get(storage).sizeOf(path);
  }

  /** {@linkcode Storage.remove}. */
  async remove(storage: number, path: string): Promise<void> {
    await this.#storages.get(storage).remove(path);
  }

  /** {@linkcode Storage.makeFolder}. */
  async makeFolder(storage: number, path: string): Promise<void> {
    await this.#storages.get(storage).makeFolder(path);
  }

  /** {@linkcode Storage.readText}. */
  async readText(storage: number, path: string): Promise<string | null> {
    return await this.#storages.get(storage).readText(path);
  }

  /** Begins a listing. @returns Its number. */
  list(storage: number, folder: string): number {
    const entries = this.#storages.get(storage).list(folder);
    return this.#listings.add(entries[Symbol.asyncIterator]());
  }

  /** The next entries of a listing; after the last it is ended. */
  async nextEntries(listing: number): Promise<FolderPart> {
    const iterator = this.#listings.get(listing);
    const entries: FolderEntry[] = [];
    while (entries.length < ENTRIES_PER_ANSWER) {
      const { value, done } = await iterator.next();
      if (done === true) {
        this.#listings.take(listing);
        return { entries, isEnd: true };
      }
      entries.push(value);
    }
    return { entries, isEnd: false };
  }

  /** Ends a listing before its end. */
  async endListing(listing: number): Promise<void> {
    await this.#listings.take(listing).return?.();
  }

  /** {@linkcode Storage.open}. */
  async open(storage: number, path: string): Promise<OpenFile> {
    const file = await this.#storages.get(storage).open(path);
    return {
      number: this.#files.add(file),
      path: file.path,
      byteLength: file.byteLength,
    };
  }

  /** Bytes of an open file; fewer only at its end. */
  async readRange(
    file: number,
    offset: number,
    byteCount: number,
  ): Promise<Uint8Array> {
    const view = new Uint8Array(byteCount);
    const readBytes = await this.#files.get(file).readInto(view, offset);
    // A part of it would take all of it along.
    return readBytes === byteCount ? view : view.slice(0, readBytes);
  }

  /** Closes an open file. */
  async closeFile(file: number): Promise<void> {
    await this.#files.take(file).close();
  }

  /** {@linkcode Storage.create}. */
  async create(
    storage: number,
    path: string,
    options: CreateOptions,
  ): Promise<{ readonly number: number; readonly path: string }> {
    const writer = await this.#storages.get(storage).create(path, options);
    return { number: this.#writers.add(writer), path: writer.path };
  }

  /** Appends to a file that is being written. */
  async write(writer: number, bytes: Uint8Array): Promise<void> {
    await this.#writers.get(writer).write(bytes);
  }

  /** Ends a file and makes it visible. @returns Seconds spent in fsync. */
  async commit(writer: number): Promise<number> {
    const found = this.#writers.get(writer);
    await found.commit();
    // One that failed may still be given up.
    this.#writers.take(writer);
    return found.fsyncSeconds;
  }

  /** Gives up a file that is being written. */
  async abort(writer: number): Promise<void> {
    await this.#writers.take(writer).abort();
  }
}

/** Things by number. */
class Numbered<T> {
  readonly #what: string;
  readonly #things = new Map<number, T>();
  #next = 0;

  constructor(what: string) {
    this.#what = what;
  }

  add(thing: T): number {
    this.#things.set(this.#next, thing);
    return this.#next++;
  }

  get(number: number): T {
    const thing = this.#things.get(number);
    if (thing === undefined) throw new RangeError(`no ${this.#what} ${number}`);
    return thing;
  }

  take(number: number): T {
    const thing = this.get(number);
    this.#things.delete(number);
    return thing;
  }
}
