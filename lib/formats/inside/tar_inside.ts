/**
 * What is inside of a tar shard: the members of its first sample, by what
 * their names end with.
 */
import type { ByteSource } from "../../bytes/byte_source.ts";
import { sampleKey, walkShard } from "../counting/tar_count.ts";
import type { FileInside, FilePart } from "./file_inside.ts";

/** Walks to the second sample. */
export async function tarInside(source: ByteSource): Promise<FileInside> {
  const parts: FilePart[] = [];
  let firstKey: string | null = null;
  const isGzip = await walkShard(source, ({ name, type, byteCount }) => {
    const key = sampleKey(name, type);
    if (key === null) return true;
    firstKey ??= key;
    if (key !== firstKey) return false;
    parts.push({
      name: name.slice(key.length + 1),
      type: "member",
      shape: null,
      storedBytes: byteCount,
    });
    return true;
  });
  return { compression: isGzip ? ["gzip"] : [], groups: null, parts };
}
