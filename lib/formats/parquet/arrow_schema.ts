/**
 * The Arrow schema that a Parquet file carries as key-value metadata, without
 * which pyarrow would read a FixedSizeList back as a list of any length: the
 * schema message of Arrow's IPC, in base64.
 */
import { schemaMessage } from "../arrow/message.ts";
import type { Leaf } from "./leaf.ts";

/** Key of the metadata. */
export const ARROW_SCHEMA_KEY = "ARROW:schema";

/** The schema of a file's columns, in base64. */
export function arrowSchema(leaves: readonly Leaf[]): string {
  return toBase64(schemaMessage(leaves));
}

function toBase64(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}
