/**
 * The kinds of storage that Stoker has: one line each, by the name in
 * `storage.storage_type`. The main thread knows all of them (`kinds.ts`); a
 * worker gets the one that it uses (`engine/threads/thread_program.ts`), as each
 * further module takes memory in every thread.
 */
import { type LazyPart, lazyPart } from "../lazy_import.ts";
import type { StorageKind } from "./storage.ts";

/** Where each kind is. */
export const KIND_PARTS: Readonly<Record<string, LazyPart<StorageKind>>> = {
  aistore: lazyPart(import.meta.resolve("./aistore/aistore.ts"), "aistoreKind"),
  direct_fs: lazyPart(import.meta.resolve("./direct/direct.ts"), "directKind"),
  local_fs: lazyPart(import.meta.resolve("./local/local.ts"), "localKind"),
  null: lazyPart(import.meta.resolve("./null.ts"), "nullKind"),
  s3: lazyPart(import.meta.resolve("./s3/s3_kind.ts"), "s3Kind"),
};
