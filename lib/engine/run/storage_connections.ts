/**
 * The storages of the main thread: each is connected once, all are closed
 * together. Workers connect for themselves, since a connection cannot cross
 * threads. One whose files are on this host is used through a thread, so that
 * the main thread never waits in a call.
 */
import type {
  ConnectOptions,
  Storage,
  StorageSettings,
} from "../../storage/storage.ts";
import { STORAGE_KINDS } from "../../storage/kinds.ts";
import { FileThread } from "../files/file_thread.ts";
import { ThreadedStorage } from "../files/threaded_storage.ts";
import { connectStorage } from "../plan/connect_storage.ts";

/** Connects a storage, in place of the usual way: what a test counts with. */
export type ConnectStorage = (settings: StorageSettings) => Promise<Storage>;

/** How storages are connected. */
export interface ConnectionOptions
  extends Pick<ConnectOptions, "signal" | "answerTimeoutMs"> {
  /** @default {as the file header says} */
  readonly connect?: ConnectStorage | undefined;
}

/** Storages by their settings. */
export class StorageConnections {
  readonly #options: ConnectionOptions;
  readonly #thread = new FileThread();
  /** By the text of their settings, in the order of connecting. */
  readonly #storages = new Map<string, Storage>();

  /** @param options How storages are connected. */
  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  /**
   * The storage of these settings: a new connection, or the one that is there.
   *
   * @throws {ConfigError} If the settings cannot be used.
   */
  async connect(settings: StorageSettings): Promise<Storage> {
    const { kind, root, options } = settings;
    const key = JSON.stringify([kind, root, options]);
    const found = this.#storages.get(key);
    if (found !== undefined) return found;
    const storage = await this.#connect(settings);
    this.#storages.set(key, storage);
    return storage;
  }

  /** Closes all, the newest first; a second call does nothing. */
  close(): void {
    const storages = [...this.#storages.values()].reverse();
    this.#storages.clear();
    for (const storage of storages) storage.close?.();
    this.#thread[Symbol.dispose]();
  }

  #connect(settings: StorageSettings): Promise<Storage> {
    const { connect, signal, answerTimeoutMs } = this.#options;
    if (connect !== undefined) return connect(settings);
    const options = answerTimeoutMs === undefined ? {} : { answerTimeoutMs };
    return STORAGE_KINDS[settings.kind]?.isFiles === true
      ? ThreadedStorage.connect(this.#thread, settings, options)
      : connectStorage(settings, {
        ...options,
        ...(signal === undefined ? {} : { signal }),
      });
  }
}
