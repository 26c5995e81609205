/**
 * What is inside of a CSV file: whether it is compressed, and its columns.
 */
import type { ByteSource } from "../../bytes/byte_source.ts";
import { fileKind } from "../file_magic.ts";
import { firstRows } from "../counting/csv_count.ts";
import type { FileInside } from "./file_inside.ts";

/** Columns by the first row, which may be names. */
export async function csvInside(source: ByteSource): Promise<FileInside> {
  const head = new Uint8Array(Math.min(6, source.byteLength));
  await source.readInto(head, 0);
  const { cells, hasHeader } = await firstRows(source);
  return {
    compression: fileKind(head) === "gzip" ? ["gzip"] : [],
    groups: null,
    parts: cells.map((cell, index) => ({
      name: hasHeader ? cell : `column ${index}`,
      type: "text",
      shape: null,
      storedBytes: null,
    })),
  };
}
