/**
 * The kinds of storage that Stoker has: one line each, by the name in
 * `storage.storage_type`. Look them up in `kinds.ts`.
 */
export { localKind as local_fs } from "./local/local.ts";
export { directKind as direct_fs } from "./direct/direct.ts";
export { s3Kind as s3 } from "./s3/s3_kind.ts";
export { aistoreKind as aistore } from "./aistore/aistore.ts";
export { nullKind as null } from "./null.ts";
