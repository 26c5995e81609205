/** A folder of a storage: where a run reads or writes. */
import type { Storage } from "../../storage/storage.ts";

/** See the file header. */
export interface StoragePlace {
  readonly storage: Pick<Storage, "hostPath">;
  /** The storage's own name of it. */
  readonly folder: string;
}
