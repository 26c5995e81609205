/**
 * The storages of the main thread: each is connected once, all are closed
 * together. Workers connect for themselves, since a connection cannot cross
 * threads.
 */
import type { Storage, StorageSettings } from "../../storage/storage.ts";

/** Connects a storage; `connectStorage`, or what a test counts with. */
export type ConnectStorage = (settings: StorageSettings) => Promise<Storage>;

/** Storages by their settings. */
export class StorageConnections {
  readonly #connect: ConnectStorage;
  /** By the text of their settings, in the order of connecting. */
  readonly #storages = new Map<string, Storage>();

  /** @param connect How a storage is connected. */
  constructor(connect: ConnectStorage) {
    this.#connect = connect;
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
  }
}
