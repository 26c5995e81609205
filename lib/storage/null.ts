/**
 * Storage that does nothing, to measure Stoker itself: writes vanish, files
 * have every length that is expected of them, reads leave the buffer as it is.
 * As fio's engine of the same name.
 *
 * Reads and writes take no time, or as long as its options say: a storage of
 * a known bandwidth, rate and latency, to try a search for its limit on.
 */
import { StorageError } from "../errors.ts";
import { type OptionRows, readOptions } from "./option_row.ts";
import {
  newPaceMemory,
  type PaceLimits,
  TransferPace,
} from "./transfer_pace.ts";
import type {
  ConnectOptions,
  CreateOptions,
  FileWriter,
  FolderEntry,
  OpenedFile,
  ReadMeter,
  Storage,
  StorageKind,
  StorageSettings,
} from "./storage.ts";

const NULL_OPTIONS = {
  bytes_per_second: {
    type: "bytes",
    fallback: null,
    min: 1,
    max: 2 ** 50,
    help: "Bytes that all threads of a process may read and write in a " +
      "second; null: as many as there are",
  },
  operations_per_second: {
    type: "count",
    fallback: null,
    min: 1,
    max: 1e9,
    help: "Reads and writes that all threads of a process may do in a " +
      "second; null: as many as there are",
  },
  latency: {
    type: "seconds",
    fallback: 0,
    min: 0,
    max: 3600,
    help: "What each read and write takes at least, beyond its wait for the " +
      "two above",
  },
} as const satisfies OptionRows;

/** The storage that does nothing. */
export const nullKind: StorageKind = {
  name: "null",
  isSync: true,
  settlesAtOnce: true,
  readsAtOnce: ({ options }) => isFree(limitsOf(options)),
  options: NULL_OPTIONS,
  problems: () => [],
  connect: (settings, options = {}) =>
    new NullStorage(paceOf(settings, options)),
};

/** Null where nothing takes time: then no clock is asked either. */
function paceOf(
  { options }: StorageSettings,
  { pace = newPaceMemory() }: ConnectOptions,
): TransferPace | null {
  const limits = limitsOf(options);
  return isFree(limits) ? null : new TransferPace(limits, pace);
}

function limitsOf(options: StorageSettings["options"]): PaceLimits {
  const values = readOptions(NULL_OPTIONS, options);
  return {
    bytesPerSecond: values.bytes_per_second,
    operationsPerSecond: values.operations_per_second,
    latencySeconds: values.latency,
  };
}

function isFree(limits: PaceLimits): boolean {
  return limits.bytesPerSecond === null &&
    limits.operationsPerSecond === null && limits.latencySeconds === 0;
}

const isNeverStopped = () => false;

class NullStorage implements Storage {
  readonly isSync = true;
  readonly label = "null (nothing is stored)";
  readonly bypassesCache = false;
  readonly keepsNothing = true;
  readonly #pace: TransferPace | null;

  constructor(pace: TransferPace | null) {
    this.#pace = pace;
  }

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
    const isStopped = () => meter.isStopped();
    let totalBytes = 0;
    while (totalBytes < expectedBytes && !meter.isStopped()) {
      const byteCount = Math.min(buffer.length, expectedBytes - totalBytes);
      const startMs = meter.now();
      this.#pace?.transfer(byteCount, isStopped);
      meter.read(startMs, byteCount);
      totalBytes += byteCount;
    }
    return totalBytes;
  }

  create(path: string, _options: CreateOptions): FileWriter {
    return {
      path,
      fsyncSeconds: 0,
      write: (view) => this.#pace?.transfer(view.length, isNeverStopped),
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
