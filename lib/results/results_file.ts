/**
 * Text files of a results folder, written piece by piece: memory does not
 * grow with the run, and a name appears only when its file is whole.
 *
 * Nothing here keeps the thread: a disk may not answer, and whoever waits for
 * it must hear signals.
 */
import { StorageError } from "../errors.ts";

/** Characters that are gathered for one write. */
const CHARACTERS_PER_WRITE = 1 << 16;

/**
 * Writes a file under `{path}.partial`, then renames it.
 *
 * @param path The file.
 * @param pieces Its text, in order.
 * @param onMove Called whenever the disk has taken some of it.
 * @throws {StorageError} If it cannot be written; the partial file is gone.
 */
export async function writePieces(
  path: string,
  pieces: Iterable<string>,
  onMove?: () => void,
): Promise<void> {
  const file = new PartialFile(path);
  await file.write(pieces, onMove);
  await file.rename();
}

/** A file that is written under another name until it may be seen. */
export class PartialFile {
  readonly #path: string;
  readonly #partialPath: string;
  #isWhole = false;

  /** @param path The name that it is to have. */
  constructor(path: string) {
    this.#path = path;
    this.#partialPath = `${path}.partial`;
  }

  /** Whether it only has to be renamed. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /**
   * Writes it under its other name.
   *
   * @param onMove Called whenever the disk has taken some of it.
   * @throws {StorageError} If it cannot be written; then it is gone.
   */
  async write(
    pieces: Iterable<string>,
    onMove?: () => void,
  ): Promise<void> {
    let file: Deno.FsFile;
    try {
      file = await Deno.open(this.#partialPath, {
        write: true,
        create: true,
        truncate: true,
      });
    } catch (error) {
      throw resultsError("create", this.#path, error);
    }
    try {
      try {
        await appendPieces(file, pieces, { path: this.#path, onMove });
      } finally {
        file.close();
      }
      this.#isWhole = true;
    } catch (error) {
      await removeIfThere(this.#partialPath);
      throw resultsError("write", this.#path, error);
    }
  }

  /**
   * Gives it its name.
   *
   * @throws {StorageError} If it cannot be renamed; then it is gone.
   */
  async rename(): Promise<void> {
    try {
      await Deno.rename(this.#partialPath, this.#path);
    } catch (error) {
      await removeIfThere(this.#partialPath);
      throw resultsError("write", this.#path, error);
    }
  }
}

/**
 * Appends text to an open file and puts it on stable storage.
 *
 * @param file The open file.
 * @param pieces The text, in order.
 * @param options `path`: its name, for errors. `onMove`: called whenever the
 *   disk has taken some of it.
 * @throws {StorageError} If not all of it could be written.
 */
export async function appendPieces(
  file: Deno.FsFile,
  pieces: Iterable<string>,
  { path, onMove }: {
    readonly path: string;
    readonly onMove?: (() => void) | undefined;
  },
): Promise<void> {
  const encoder = new TextEncoder();
  let gathered = "";
  try {
    for (const piece of pieces) {
      gathered += piece;
      if (gathered.length < CHARACTERS_PER_WRITE) continue;
      await writeAll(file, encoder.encode(gathered));
      onMove?.();
      gathered = "";
    }
    await writeAll(file, encoder.encode(gathered));
    await file.syncData();
    onMove?.();
  } catch (error) {
    throw resultsError("write", path, error);
  }
}

/**
 * An error of the system as one that a user can act on.
 *
 * @param operation What was tried.
 * @param path The file or folder.
 * @param error What was thrown.
 * @returns A StorageError; defects of Stoker are returned as they are.
 */
export function resultsError(
  operation: string,
  path: string,
  error: unknown,
): unknown {
  if (!(error instanceof Error) || error instanceof StorageError) return error;
  const code = (error as Error & { code?: unknown }).code;
  const isSystem = typeof code === "string" ||
    Object.values(Deno.errors).some((kind) => error instanceof kind);
  if (!isSystem) return error;
  // Deno: "Permission denied (os error 13): open '/x'".
  const reason = error.message.replace(/ \(os error \d+\).*$/s, "");
  return new StorageError(
    operation,
    path,
    typeof code === "string" ? code : error.name,
    reason.charAt(0).toLowerCase() + reason.slice(1),
  );
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    written += await file.write(bytes.subarray(written));
  }
}

/** Tidies up after a failure, which is the one to be told. */
async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch {
    // Gone already, or refused as what came before was.
  }
}
