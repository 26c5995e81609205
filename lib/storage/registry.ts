/**
 * The kinds of storage that Stoker has: one line each, by the name in
 * `storage.storage_type`. The main thread knows all of them (`kinds.ts`); a
 * worker loads the one that it uses (`load_kind.ts`), as each further module
 * takes memory in every thread.
 */
import type { StorageKind } from "./storage.ts";

/** How to get each kind. */
export const KIND_LOADERS: Readonly<
  Record<string, () => Promise<StorageKind>>
> = {
  aistore: async () => (await import("./aistore/aistore.ts")).aistoreKind,
  direct_fs: async () => (await import("./direct/direct.ts")).directKind,
  local_fs: async () => (await import("./local/local.ts")).localKind,
  null: async () => (await import("./null.ts")).nullKind,
  s3: async () => (await import("./s3/s3_kind.ts")).s3Kind,
};
