/**
 * What a format knows of an opened file: read from the file itself, and from
 * the file beside it where its format has one.
 *
 * Answers at once where the storage does.
 */
import type { Awaitable } from "../../bytes/awaitable.ts";
import type { ByteSource } from "../../bytes/byte_source.ts";
import { runSteps, type Steps } from "../../bytes/steps.ts";
import type { FileIndex, FileSpec, Format } from "../../formats/format.ts";
import type { OpenedFile, Storage } from "../../storage/storage.ts";

/** What a file is opened with. */
export interface OpenIndexParts {
  readonly format: Format;
  readonly spec: FileSpec;
  readonly storage: Storage;
  /** Opens a file of the storage. @default {storage.open} */
  readonly open?: (path: string) => Awaitable<OpenedFile>;
  /** Gives what a file's bytes are read through; absent: the file itself. */
  readonly through?: (file: OpenedFile) => ByteSource;
}

/**
 * Opens what tells where the samples of a file are.
 *
 * @param path Of the file in the storage.
 * @param source The file, opened.
 * @throws {StorageError} If the file beside it cannot be opened.
 * @throws {FormatError} If one of them breaks the format's rules.
 */
export function openIndex(
  path: string,
  source: OpenedFile,
  parts: OpenIndexParts,
): Awaitable<FileIndex> {
  return runSteps(openSteps(path, source, parts));
}

function* openSteps(
  path: string,
  source: OpenedFile,
  parts: OpenIndexParts,
): Steps<unknown, FileIndex> {
  const { format, spec, storage } = parts;
  const open = parts.open ?? ((path: string) => storage.open(path));
  const through = parts.through ?? ((file: OpenedFile): ByteSource => file);
  if (format.open === undefined) return {};
  const own = through(source);
  if (format.indexPath === undefined) {
    return (yield format.open(own, spec)) as FileIndex;
  }
  const beside = (yield open(format.indexPath(path))) as OpenedFile;
  try {
    return (yield format.open(own, spec, through(beside))) as FileIndex;
  } finally {
    yield beside.close();
  }
}
