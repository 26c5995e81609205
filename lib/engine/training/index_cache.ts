/**
 * Opens files together with what their format knows of them. The indexes of
 * the last files stay, so that a file that comes up again, in the next epoch
 * or after another one, is not parsed again; its length is checked each time.
 *
 * Answers at once where the storage does.
 */
import { type Awaitable, whenThere } from "../../bytes/awaitable.ts";
import type { ByteSource } from "../../bytes/byte_source.ts";
import type { FileIndex, Format } from "../../formats/format.ts";
import type { OpenedFile, Storage } from "../../storage/storage.ts";
import type { WorkerMeter } from "../threads/meter.ts";
import { openIndex } from "../plan/open_index.ts";
import { answersLater, opensLater } from "./read_faults.ts";
import type { SampleFiles } from "./sample_files.ts";

/**
 * Files whose index is kept at least; most have less than 1 MB. Where samples
 * of more files are mixed, those of all that are open are.
 */
const KEPT_INDEXES = 16;

/** A file that was opened, with what its format knows of it. */
export interface IndexedFile {
  readonly source: OpenedFile;
  readonly index: FileIndex;
}

/** What an index cache works with. */
export interface IndexCacheParts {
  readonly files: SampleFiles;
  readonly format: Format;
  readonly storage: Storage;
  readonly meter: WorkerMeter;
  /** Files that are open at the same time. */
  readonly openedMax: number;
}

/** Opens the files of one split for one reader. */
export class IndexCache {
  readonly #parts: IndexCacheParts;
  /** By file, the one that was parsed first in front. */
  readonly #indexes = new Map<number, FileIndex>();

  constructor(parts: IndexCacheParts) {
    this.#parts = parts;
  }

  /**
   * Opens a file, checks its length, and reads its index if it is not known.
   *
   * @param file Its index in the split.
   * @returns The file; whoever gets it closes it.
   * @throws {StorageError} If it cannot be opened.
   * @throws {DatasetError} If it has another length than it must have.
   * @throws {FormatError} If it breaks the format's rules.
   */
  open(file: number): Awaitable<IndexedFile> {
    const { files } = this.#parts;
    const path = files.path(file);
    return whenThere(
      this.#openMetered(path),
      (source) => this.#withIndex(path, source, files.indexOf(file)),
    );
  }

  /** Closes what it cannot use. */
  #withIndex(
    path: string,
    source: OpenedFile,
    fileIndex: number,
  ): Awaitable<IndexedFile> {
    try {
      this.#parts.files.checkLength(source.path, fileIndex, source.byteLength);
      const index = this.#indexOf(path, source, fileIndex);
      if (!(index instanceof Promise)) return { source, index };
      return index.then((index) => ({ source, index }), async (error) => {
        await source.close();
        throw error;
      });
    } catch (error) {
      source.close();
      throw error;
    }
  }

  #openMetered(path: string): Awaitable<OpenedFile> {
    const { meter, storage } = this.#parts;
    const startMs = meter.now();
    const opening = storage.open(path);
    if (opening instanceof Promise && storage.isSync) throw answersLater(path);
    return whenThere(opening, (source) => {
      meter.opened(startMs);
      return source;
    });
  }

  #indexOf(
    path: string,
    source: OpenedFile,
    fileIndex: number,
  ): Awaitable<FileIndex> {
    const known = this.#indexes.get(fileIndex);
    if (known !== undefined) return known;
    const { files, format, meter, storage } = this.#parts;
    const index = openIndex(path, source, {
      format,
      spec: files.spec(fileIndex),
      storage,
      open: (path) => this.#openMetered(path),
      through: (file) => new MeteredSource(file, meter),
    });
    if (index instanceof Promise && storage.isSync) {
      // It is dropped: what it may end with has no more to say.
      index.catch(() => {});
      throw opensLater(source.path);
    }
    return whenThere(index, (index) => {
      this.#keep(fileIndex, index);
      return index;
    });
  }

  #keep(fileIndex: number, index: FileIndex): void {
    for (const oldest of this.#indexes.keys()) {
      const keptCount = Math.max(KEPT_INDEXES, this.#parts.openedMax);
      if (this.#indexes.size < keptCount) break;
      this.#indexes.delete(oldest);
    }
    this.#indexes.set(fileIndex, index);
  }
}

/** A file whose every read is counted, for a format that reads its index. */
class MeteredSource implements ByteSource {
  readonly path: string;
  readonly byteLength: number;
  readonly #file: OpenedFile;
  readonly #meter: WorkerMeter;

  constructor(file: OpenedFile, meter: WorkerMeter) {
    this.path = file.path;
    this.byteLength = file.byteLength;
    this.#file = file;
    this.#meter = meter;
  }

  readInto(view: Uint8Array, offset: number): Awaitable<number> {
    const startMs = this.#meter.now();
    return whenThere(this.#file.readInto(view, offset), (byteCount) => {
      this.#meter.read(startMs, byteCount);
      return byteCount;
    });
  }
}
