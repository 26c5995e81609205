/**
 * What is inside of a Parquet file, by hyparquet: row groups, codecs, columns.
 */
import { parquetMetadataAsync } from "hyparquet";
import type { ByteSource } from "../../bytes/byte_source.ts";
import { FormatError } from "../../errors.ts";
import type { FileInside } from "./file_inside.ts";

type Metadata = Awaited<ReturnType<typeof parquetMetadataAsync>>;

/**
 * Reads the footer.
 *
 * @throws {FormatError} If it cannot be read.
 */
export async function parquetInside(source: ByteSource): Promise<FileInside> {
  const metadata = await readMetadata(source);
  const columns = new Map<string, { type: string; storedBytes: number }>();
  const codecs = new Set<string>();
  let rows = 0;
  for (const group of metadata.row_groups) {
    rows = Math.max(rows, Number(group.num_rows));
    for (const { meta_data: chunk } of group.columns) {
      if (chunk === undefined) continue;
      const name = chunk.path_in_schema.join(".");
      const column = columns.get(name) ?? { type: chunk.type, storedBytes: 0 };
      column.storedBytes += Number(chunk.total_compressed_size);
      columns.set(name, column);
      if (chunk.codec !== "UNCOMPRESSED") codecs.add(chunk.codec.toLowerCase());
    }
  }
  return {
    compression: [...codecs].sort(),
    groups: {
      name: "row groups",
      count: metadata.row_groups.length,
      samples: rows,
    },
    parts: [...columns].map(([name, column]) => ({
      name,
      ...column,
      shape: null,
    })),
  };
}

async function readMetadata(source: ByteSource): Promise<Metadata> {
  const { path, byteLength } = source;
  try {
    return await parquetMetadataAsync({
      byteLength,
      async slice(start: number, end: number = byteLength) {
        const bytes = new Uint8Array(end - start);
        await source.readInto(bytes, start);
        return bytes.buffer;
      },
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new FormatError(path, 0, `hyparquet must read its footer: ${reason}`);
  }
}
