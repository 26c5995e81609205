/**
 * Storage that does nothing, to measure Stoker itself: writes vanish, files
 * have every length that is expected of them, reads take no time and leave
 * the buffer as it is. As fio's engine of the same name.
 */
import { StorageError } from "../errors.ts";
import type {
  CreateOptions,
  FileWriter,
  FolderEntry,
  OpenedFile,
  ReadMeter,
  Storage,
  StorageKind,
} from "./storage.ts";

/** The storage that does nothing. */
export const nullKind: StorageKind = {
  name: "null",
  isSync: true,
  settlesAtOnce: true,
  options: {},
  problems: () => [],
  connect: () => new NullStorage(),
};

class NullStorage implements Storage {
  readonly isSync = true;
  readonly label = "null (nothing is stored)";
  readonly bypassesCache = false;
  readonly keepsNothing = true;

  open(path: string): OpenedFile {
    throw new StorageError(
      "open",
      path,
      "ENOENT",
      "null storage keeps nothing",
    );
  }

  drain(
    _path: string,
    expectedBytes: number,
    buffer: Uint8Array,
    meter: ReadMeter,
  ): number {
    meter.opened(meter.now());
    let totalBytes = 0;
    while (totalBytes < expectedBytes && !meter.isStopped()) {
      const byteCount = Math.min(buffer.length, expectedBytes - totalBytes);
      meter.read(meter.now(), byteCount);
      totalBytes += byteCount;
    }
    return totalBytes;
  }

  create(path: string, _options: CreateOptions): FileWriter {
    return {
      path,
      fsyncSeconds: 0,
      write: () => {},
      commit: () => {},
      abort: () => {},
    };
  }

  sizeOf(): null {
    return null;
  }

  async *list(): AsyncIterable<FolderEntry> {}

  remove(): void {}

  makeFolder(): void {}

  readText(): null {
    return null;
  }
}
