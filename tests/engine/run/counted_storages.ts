/**
 * Storages of the main thread that count how often they are connected and
 * closed.
 */
import { connectStorage } from "../../../lib/engine/plan/connect_storage.ts";
import type { ConnectStorage } from "../../../lib/engine/run/storage_connections.ts";
import type { Storage } from "../../../lib/storage/storage.ts";

/** Counts. */
export class CountedStorages {
  /** Kinds, in the order of connecting. */
  readonly connected: string[] = [];
  /** Kinds, in the order of closing. */
  readonly closed: string[] = [];

  /**
   * @param make Connects; what it throws is not counted.
   */
  constructor(make: ConnectStorage = connectStorage) {
    this.connect = async (settings) => {
      const storage: Storage = await make(settings);
      this.connected.push(settings.kind);
      storage.close = () => this.closed.push(settings.kind);
      return storage;
    };
  }

  /** To be given to the engine. */
  readonly connect: ConnectStorage;
}
