/**
 * The kinds of storage that Stoker has: one line each, by the name in
 * `storage.storage_type`. The main thread knows all of them (`kinds.ts`); a
 * worker loads the one that it uses (`load_kind.ts`), as each further module
 * takes memory in every thread.
 */
import { lazyImport } from "../lazy_import.ts";
import type { StorageKind } from "./storage.ts";

/** How to get each kind. */
export const KIND_LOADERS: Readonly<
  Record<string, () => Promise<StorageKind>>
> = {
  aistore: async () =>
    (await lazyImport<typeof import("./aistore/aistore.ts")>(
      import.meta.resolve("./aistore/aistore.ts"),
    )).aistoreKind,
  direct_fs: async () =>
    (await lazyImport<typeof import("./direct/direct.ts")>(
      import.meta.resolve("./direct/direct.ts"),
    )).directKind,
  local_fs: async () =>
    (await lazyImport<typeof import("./local/local.ts")>(
      import.meta.resolve("./local/local.ts"),
    )).localKind,
  null: async () =>
    (await lazyImport<typeof import("./null.ts")>(
      import.meta.resolve("./null.ts"),
    )).nullKind,
  s3: async () =>
    (await lazyImport<typeof import("./s3/s3_kind.ts")>(
      import.meta.resolve("./s3/s3_kind.ts"),
    )).s3Kind,
};
