/**
 * The kinds of storage that Stoker has: one line each.
 *
 * A line says how to load its kind: a reader thread that loaded the client of
 * an object store to read files would take 5 MB more.
 */
import type { StorageKind } from "./storage.ts";

/** How to load each kind, by its name in `storage.storage_type`. */
export const STORAGE_KINDS: Readonly<
  Record<string, () => Promise<StorageKind>>
> = {
  local_fs: async () => (await import("./local/local.ts")).localKind,
  direct_fs: async () => (await import("./direct/direct.ts")).directKind,
  null: async () => (await import("./null.ts")).nullKind,
  s3: async () => (await import("./s3/s3.ts")).s3Kind,
  aistore: async () => (await import("./aistore/aistore.ts")).aistoreKind,
};
