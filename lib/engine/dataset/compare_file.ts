/**
 * Compares a stored file with the bytes that it should have.
 */
import { equalBytes } from "../../bytes/equal_bytes.ts";
import { StorageError } from "../../errors.ts";
import type { OpenedFile, Storage } from "../../storage/storage.ts";
import type { WorkerMeter } from "../threads/meter.ts";
import { Stopped } from "../threads/thread_sync.ts";
import type { Damage } from "../threads/worker_start.ts";

/**
 * Reads a file chunk by chunk beside its expected content.
 *
 * @param parts Where it is, what counts the reads, and a page-aligned buffer
 *   at least as long as the longest chunk.
 * @param file Its path, its expected bytes and its index for messages.
 * @returns The first damage, or null if every byte is as expected.
 * @throws {StorageError} If it cannot be read for another reason than not
 *   being there.
 */
export async function compareFile(
  parts: { storage: Storage; meter: WorkerMeter; readBuffer: Uint8Array },
  file: { path: string; chunks: Iterable<Uint8Array>; fileIndex: number },
): Promise<Damage | null> {
  const { meter } = parts;
  const { path } = file;
  meter.opening(file.fileIndex);
  const startMs = meter.now();
  let source: OpenedFile;
  try {
    source = await parts.storage.open(path);
  } catch (error) {
    if (!(error instanceof StorageError) || error.code !== "ENOENT") {
      throw error;
    }
    return { path, kind: "missing", offset: 0, detail: "there is no file" };
  }
  meter.opened(startMs);
  try {
    return await compareChunks(parts, source, file.chunks);
  } finally {
    await source.close();
  }
}

async function compareChunks(
  parts: { meter: WorkerMeter; readBuffer: Uint8Array },
  source: OpenedFile,
  chunks: Iterable<Uint8Array>,
): Promise<Damage | null> {
  const { meter } = parts;
  const { path } = source;
  let offset = 0;
  for (const expected of chunks) {
    if (meter.isStopped()) throw new Stopped();
    const view = parts.readBuffer.subarray(0, expected.length);
    const startMs = meter.now();
    const byteCount = await source.readInto(view, offset);
    meter.read(startMs, byteCount);
    const same = equalBytes(view, expected, byteCount);
    if (same < byteCount) {
      const detail = `byte is 0x${hex(view[same])}, should be ` +
        `0x${hex(expected[same])}`;
      return { path, kind: "different", offset: offset + same, detail };
    }
    if (byteCount < expected.length) {
      const endOffset = offset + byteCount;
      const detail = `the file ends after ${endOffset} bytes`;
      return { path, kind: "shorter", offset: endOffset, detail };
    }
    offset += byteCount;
  }
  if (source.byteLength > offset) {
    const detail = `the file has ${source.byteLength} bytes, should have ` +
      `${offset}`;
    return { path, kind: "longer", offset, detail };
  }
  return null;
}

function hex(byte: number | undefined): string {
  return (byte ?? 0).toString(16).padStart(2, "0");
}
