/**
 * The kinds of storage that Stoker has: one line each.
 */
import { aistoreKind } from "./aistore/aistore.ts";
import { directKind } from "./direct.ts";
import { localKind } from "./local.ts";
import { nullKind } from "./null.ts";
import { s3Kind } from "./s3/s3.ts";
import type { StorageKind } from "./storage.ts";

/** All kinds of storage by their name in `storage.storage_type`. */
export const STORAGE_KINDS: Readonly<Record<string, StorageKind>> = {
  [localKind.name]: localKind,
  [directKind.name]: directKind,
  [nullKind.name]: nullKind,
  [s3Kind.name]: s3Kind,
  [aistoreKind.name]: aistoreKind,
};
