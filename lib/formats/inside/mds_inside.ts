/**
 * What is inside of an MDS shard: its columns, by the JSON behind the table of
 * offsets.
 *
 * Source: https://github.com/mosaicml/streaming, `base/format/mds/writer.py`.
 */
import type { ByteSource } from "../../bytes/byte_source.ts";
import { runSteps } from "../../bytes/steps.ts";
import { FormatError } from "../../errors.ts";
import { readAt } from "../read_at.ts";
import type { FileInside, FilePart } from "./file_inside.ts";

const LENGTH_BYTES = 4;

/** Reads the columns. @throws {FormatError} If there is no such JSON. */
export async function mdsInside(source: ByteSource): Promise<FileInside> {
  const head = await runSteps(readAt(source, 0, 2 * LENGTH_BYTES));
  const view = new DataView(head.buffer);
  const configAt = (view.getUint32(0, true) + 2) * LENGTH_BYTES;
  const dataAt = view.getUint32(LENGTH_BYTES, true);
  const configBytes = Math.max(0, dataAt - configAt);
  const bytes = await runSteps(readAt(source, configAt, configBytes));
  return { compression: [], groups: null, parts: columnsOf(source, bytes) };
}

function columnsOf({ path }: ByteSource, bytes: Uint8Array): FilePart[] {
  const config = parsed(bytes);
  const names = config?.column_names;
  const encodings = config?.column_encodings;
  const sizes = config?.column_sizes;
  if (!Array.isArray(names) || !Array.isArray(encodings)) {
    throw new FormatError(
      path,
      0,
      "an MDS shard must have JSON with column_names and column_encodings " +
        "behind its offsets",
    );
  }
  return names.map((name, column): FilePart => {
    const size: unknown = Array.isArray(sizes) ? sizes[column] : null;
    const bytesText = typeof size === "number" ? `, ${size} bytes each` : "";
    return {
      name: String(name),
      type: `${encodings[column]}${bytesText}`,
      shape: null,
      storedBytes: null,
    };
  });
}

function parsed(bytes: Uint8Array): Readonly<Record<string, unknown>> | null {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
}
